// SPDX-License-Identifier: Apache-2.0
#include "storage/transfer.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"

#include <cerrno>
#include <map>
#include <semaphore>
#include <unistd.h>

namespace mlopsctl::storage {
namespace {

constexpr std::size_t k_most_objects = 10'000'000;
constexpr std::uint64_t k_large_bytes = std::uint64_t{8} << 20;
constexpr std::ptrdiff_t k_large_at_once = 2; ///< each has several pieces in memory
constexpr std::size_t k_buffer_bytes = std::size_t{1} << 20;

bool names_folder(const std::string& url) {
  return split_place(url).second.empty() || (!is_s3_url(url) && is_folder(url));
}

std::vector<ObjectInfo> list_all(ObjectStore& store) {
  std::vector<ObjectInfo> objects;
  store.list("", true, [&](const ObjectInfo& object) {
    objects.push_back(object);
    if (objects.size() > k_most_objects)
      throw Error(Fault::input,
                  store.url_of("") + ": more than " + std::to_string(k_most_objects) + " objects",
                  "name a folder further down");
  });
  return objects;
}

std::map<std::string, ObjectInfo> list_by_name(ObjectStore& store) {
  std::map<std::string, ObjectInfo> objects;
  for (auto& object : list_all(store)) {
    std::string name = object.name;
    objects.emplace(std::move(name), std::move(object));
  }
  return objects;
}

/// Names in buckets may be anything: "../x", or "a//b" beside "a/b".
std::string path_fault(const std::string& name) {
  for (const auto& part : split(name, '/'))
    if (part.empty() || part == "." || part == "..")
      return part.empty() ? "has an empty part" : "has the part '" + part + "'";
  return {};
}

void check_names(const TransferPlan& plan) {
  if (plan.to->is_remote())
    return;
  for (const auto& item : plan.items)
    if (const auto fault = path_fault(item.to); !fault.empty())
      throw Error(Fault::input,
                  plan.from->url_of(item.from.name) + ": cannot be the name of a file: it " + fault,
                  "copy it alone, to a name of your choice; nothing was copied");
}

std::vector<ObjectInfo> list_source(ObjectStore& store, const std::string& url) {
  auto objects = list_all(store);
  if (objects.empty())
    throw Error(Fault::input, url + ": there is nothing",
                is_s3_url(url) ? "'mlopsctl store ls' shows what is there"
                               : "name a folder with files in it");
  return objects;
}

void refuse_what_is_there(TransferPlan& plan) {
  const auto there = list_by_name(*plan.to);
  std::vector<std::string> found;
  for (const auto& item : plan.items)
    if (there.contains(item.to))
      found.push_back(plan.to->url_of(item.to));
  if (!found.empty())
    throw Error(Fault::usage,
                found.front() + ": already exists, as do " + std::to_string(found.size() - 1) +
                    " others of " + std::to_string(plan.items.size()),
                "pass --overwrite to replace them, or use 'store sync', which sends what differs");
}

enum class Same { yes, no, ask_the_bytes };

Same compare(const ObjectInfo& from, const ObjectInfo& to, bool bytes) {
  if (from.size_bytes != to.size_bytes)
    return Same::no;
  if (!from.etag.empty() && from.etag == to.etag)
    return Same::yes;
  return !bytes && from.modified_s < to.modified_s ? Same::yes : Same::ask_the_bytes;
}

/// One of the two stores has ETags, the other bytes.
bool has_same_bytes(const TransferPlan& plan, const ObjectInfo& from, const ObjectInfo& to) {
  if (plan.from->is_remote() == plan.to->is_remote())
    return false;
  if (plan.to->is_remote())
    return plan.to->has_same_bytes(to, *plan.from->open(from.name));
  return plan.from->has_same_bytes(from, *plan.to->open(to.name));
}

void copy_object(TransferPlan& plan, const TransferItem& item, Existing existing) {
  const std::string url = plan.from->url_of(item.from.name);
  if (plan.to->copy_there(url, item.from, item.to, existing))
    return;
  plan.to->put(item.to, *plan.from->open(item.from.name), existing);
}

} // namespace

TransferPlan plan_copy(const std::string& from, const std::string& to, bool recursive,
                       Existing existing) {
  TransferPlan plan;
  if (recursive) {
    plan.from = open_store(from);
    plan.to = open_store(to);
    for (auto& object : list_source(*plan.from, from)) {
      std::string name = object.name;
      plan.items.push_back({std::move(object), std::move(name)});
    }
    check_names(plan);
    if (existing == Existing::refuse)
      refuse_what_is_there(plan);
    return plan;
  }
  if (names_folder(from))
    throw Error(Fault::usage, from + ": is a folder", "pass --recursive to copy all of it");
  const auto [from_folder, from_name] = split_place(from);
  const auto [to_folder, to_name] = names_folder(to) ? std::pair(to, from_name) : split_place(to);
  plan.from = open_store(from_folder);
  plan.to = open_store(to_folder);
  const auto object = plan.from->find(from_name);
  if (!object)
    throw Error(Fault::input, from + ": there is no such object",
                is_s3_url(from) ? "'mlopsctl store ls' shows what is there, and --recursive "
                                  "copies what stands below a name"
                                : "check the name");
  plan.items.push_back({*object, to_name});
  return plan;
}

TransferPlan plan_sync(const std::string& from, const std::string& to, const SyncRules& rules) {
  TransferPlan plan;
  plan.from = open_store(from);
  plan.to = open_store(to);
  auto there = list_by_name(*plan.to);
  for (auto& object : list_source(*plan.from, from)) {
    check_interrupt();
    const auto found = there.find(object.name);
    Same same = found == there.end() ? Same::no : compare(object, found->second, rules.bytes);
    if (same == Same::ask_the_bytes)
      same = has_same_bytes(plan, object, found->second) ? Same::yes : Same::no;
    if (found != there.end())
      there.erase(found);
    if (same == Same::yes) {
      ++plan.same;
      continue;
    }
    std::string name = object.name;
    plan.items.push_back({std::move(object), std::move(name)});
  }
  if (rules.remove)
    for (const auto& [name, object] : there)
      plan.remove.push_back(name);
  check_names(plan);
  return plan;
}

TransferCount run_transfer(TransferPlan& plan, Existing existing, int at_once,
                           const std::function<void(const TransferItem&)>& done) {
  TransferCount count;
  std::counting_semaphore<> large(k_large_at_once);
  std::size_t next = 0;
  ordered_parallel<const TransferItem*, const TransferItem*>(
      at_once,
      [&]() -> std::optional<const TransferItem*> {
        check_interrupt();
        return next < plan.items.size() ? std::optional(&plan.items[next++]) : std::nullopt;
      },
      [&](const TransferItem*&& item) {
        const bool is_large = item->from.size_bytes > k_large_bytes;
        const struct Turn {
          std::counting_semaphore<>* semaphore;
          ~Turn() {
            if (semaphore != nullptr)
              semaphore->release();
          }
        } turn{is_large ? (large.acquire(), &large) : nullptr};
        copy_object(plan, *item, existing);
        return item;
      },
      [&](const TransferItem*&& item) {
        ++count.objects;
        count.bytes += item->from.size_bytes;
        done(*item);
      });
  if (!plan.remove.empty())
    plan.to->remove(plan.remove);
  return count;
}

std::uint64_t copy_stdin(const std::string& to, Existing existing) {
  std::uint64_t bytes = 0;
  const auto sink = create_sink(to, existing);
  std::vector<char> buffer(k_buffer_bytes);
  for (;;) {
    check_interrupt();
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      throw Error(Fault::input, "-: cannot read: " + system_error_text());
    if (count == 0)
      break;
    sink->write({buffer.data(), static_cast<std::size_t>(count)});
    bytes += static_cast<std::uint64_t>(count);
  }
  sink->finish();
  return bytes;
}

} // namespace mlopsctl::storage
