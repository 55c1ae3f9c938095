// SPDX-License-Identifier: Apache-2.0
#include "package/bundle_zip.hpp"

#include "core/error.hpp"
#include "core/program.hpp"
#include "package/inspect.hpp"
#include "package/runtime_bundle.hpp"
#include "package/sbom.hpp"
#include "package/verify.hpp"

namespace mlopsctl::package {
namespace {

[[noreturn]] void fail_no_runtime(const std::string& path, const std::string& missing) {
  throw Error(Fault::input, path + ": is no runtime bundle (it lacks " + missing + ")",
              "make one with 'mlopsctl package runtime -o runtime.tar.gz'");
}

bool is_program(const std::string& name) {
  return name.starts_with("bin/") || name == std::string("lib/") + k_dynamic_loader;
}

} // namespace

Value add_runtime_files(formats::ZipWriter& zip, const std::string& path,
                        const std::string& launcher, const ZipLimit& limit) {
  const std::string program = std::string("bin/") + k_runtime_program;
  const std::string launch = std::string("bin/") + k_bundle_launcher;
  std::string text_of_bill;
  bool has_program = false;
  bool has_launcher = false;
  visit_package(path, {}, [&](const PackageItem& item, ByteSource& bytes) {
    auto text = read_all(bytes, limit.file_bytes);
    if (item.name == k_sbom) {
      text_of_bill = std::move(text);
      return;
    }
    has_program = has_program || item.name == program;
    has_launcher = has_launcher || item.name == launch;
    zip.add(item.name == launch ? launcher : item.name, text, is_program(item.name));
    limit.check();
  });
  if (text_of_bill.empty())
    fail_no_runtime(path, k_sbom);
  if (!has_program || !has_launcher)
    fail_no_runtime(path, has_program ? launch : program);
  auto bill = parse_json(text_of_bill, path + "/" + k_sbom);
  rename_in_sbom(bill, launch, launcher);
  return bill;
}

void refuse_model_folder(const std::string& path) {
  if (is_folder(path))
    throw Error(Fault::input, path + ": is a folder, and the archive of a model is put inside",
                "pack it first: mlopsctl package model " + path + " -o model.tar.gz");
}

void add_model_files(formats::ZipWriter& zip, const std::string& path, const std::string& prefix) {
  refuse_model_folder(path);
  refuse_errors(path, verify_package(path).findings);
  visit_package(path, {}, [&](const PackageItem& item, ByteSource& bytes) {
    zip.add(prefix + item.name, read_all(bytes, k_most_zip_bytes));
  });
}

} // namespace mlopsctl::package
