// SPDX-License-Identifier: Apache-2.0
// store ls: what is in a bucket, or below a prefix or a folder.
#include "commands/command.hpp"
#include "commands/remote_options.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "storage/object_store.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string url = "s3://";
  bool recursive = false;
  bool human = false;
};

/// Lines as they come for a person; everything at once for a program.
class Listing {
public:
  Listing(const Options& o, const Context& ctx) : o_(o), ctx_(ctx) {}

  void add(const storage::ObjectInfo& object) {
    const bool is_folder = object.name.ends_with('/');
    bytes_ += object.size_bytes;
    if (ctx_.options.json) {
      Value entry = Value::object();
      entry["name"] = printable(object.name);
      if (!is_folder) {
        entry["size_bytes"] = static_cast<std::int64_t>(object.size_bytes);
        entry["modified"] = utc_text(object.modified_s);
      }
      if (!object.etag.empty())
        entry["etag"] = object.etag;
      (is_folder ? folders_ : objects_).push(std::move(entry));
      return;
    }
    const std::string size = is_folder  ? ""
                             : o_.human ? bytes_for_people(object.size_bytes)
                                        : std::to_string(object.size_bytes);
    const std::string time = is_folder ? "" : utc_text(object.modified_s);
    ctx_.say(pad(time, 20) + "  " + std::string(size.size() < 12 ? 12 - size.size() : 0, ' ') +
             size + "  " + object.name);
  }
  void finish() {
    if (!ctx_.options.json)
      return;
    Value document = Value::object();
    document["schema"] = "mlopsctl.store.ls/1";
    document["url"] = o_.url;
    document["folders"] = std::move(folders_);
    document["objects"] = std::move(objects_);
    document["bytes"] = static_cast<std::int64_t>(bytes_);
    ctx_.print(document);
  }

private:
  static std::string pad(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
  }

  const Options& o_;
  const Context& ctx_;
  Value folders_ = Value::array();
  Value objects_ = Value::array();
  std::uint64_t bytes_ = 0;
};

int run(const Options& o, Context& ctx) {
  Listing listing(o, ctx);
  storage::list_place(o.url, o.recursive, [&](const auto& entry) { listing.add(entry); });
  listing.finish();
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("URL", o->url, "s3://BUCKET[/PREFIX] or a folder; without it, the buckets");
  args.flag("--recursive", o->recursive, "Also what is in folders further down");
  args.flag("--human", o->human, "Sizes as 1.5 MiB instead of bytes");
  add_remote_options(args);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command store_ls;
const Command store_ls{"store ls", "List the objects of a bucket or a folder", declare};
} // namespace mlopsctl::commands
