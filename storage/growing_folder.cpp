// SPDX-License-Identifier: Apache-2.0
#include "storage/growing_folder.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "storage/remote.hpp"
#include "storage/s3_folder.hpp"
#include "storage/s3_object.hpp"

#include <optional>
#include <vector>

namespace mlopsctl::storage {
namespace {

std::string digest_of(ByteSource& source) {
  constexpr std::size_t k_buffer_bytes = std::size_t{1} << 20;
  Sha256 digest;
  std::vector<char> buffer(k_buffer_bytes);
  while (const std::size_t count = source.read(buffer))
    digest.update({buffer.data(), count});
  source.rewind();
  return digest.finish();
}

class S3GrowingFolder final : public GrowingFolder {
public:
  S3GrowingFolder(net::S3Client& client, net::S3Name folder, Growth growth)
      : client_(client), folder_(std::move(folder)), name_(to_url(folder_)) {
    const FolderNames there = list_s3_folder(client_, folder_);
    refuse_foreign_folder(there, name_,
                          growth == Growth::fresh ? Existing::refuse : Existing::replace);
    lock_.emplace(client_, folder_);
    if (growth != Growth::replace)
      return;
    remove_files(client_, folder_, {k_complete_name});
    remove_files(client_, folder_, there.files);
  }

  WrittenObject put(const std::string& name, const std::string& bytes) override {
    lock_->check();
    const net::S3Name object{folder_.bucket, folder_.key + name};
    try {
      client_.put(object, bytes, net::S3Existing::refuse);
    } catch (const Error& error) {
      // An earlier run stored it, and was ended before it could note that.
      if (error.fault() != Fault::usage)
        throw;
      if (client_.get(object, 0, net::k_s3_piece_limit_bytes).bytes != bytes)
        throw Error(Fault::input, to_url(object) + ": has other bytes than this frame",
                    "somebody else wrote it: capture to another -o, or with --overwrite");
    }
    return {bytes.size(), sha256(bytes)};
  }
  WrittenObject replace(const std::string& name, ByteSource& source) override {
    lock_->check();
    WrittenObject object{source.size_bytes().value_or(0), digest_of(source)};
    upload(client_, {folder_.bucket, folder_.key + name}, source, Existing::replace);
    return object;
  }
  void finish(const WrittenFiles& files) override {
    complete_s3_folder(client_, folder_, *lock_, files, list_s3_folder(client_, folder_).files);
  }
  const std::string& name() const override { return name_; }

private:
  net::S3Client& client_;
  net::S3Name folder_;
  std::string name_;
  std::optional<S3FolderLock> lock_;
};

} // namespace

std::unique_ptr<GrowingFolder> grow_folder(const std::string& url, Growth growth) {
  return std::make_unique<S3GrowingFolder>(s3_client(), folder_name(url), growth);
}

FolderState folder_state(const std::string& url) {
  const net::S3Name folder = folder_name(url);
  const FolderNames there = list_s3_folder(s3_client(), folder);
  FolderState state;
  if (const auto owner = find_lock_owner(s3_client(), folder))
    state.begun_by = describe(*owner);
  state.is_complete = there.is_complete && state.begun_by.empty();
  state.has_files = !there.files.empty();
  return state;
}

std::string folder_url(const std::string& url) {
  return to_url(folder_name(url));
}

} // namespace mlopsctl::storage
