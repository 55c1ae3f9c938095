// SPDX-License-Identifier: Apache-2.0
// proc(5): boot_id, ns/pid, and field 22 of stat.
#include "core/owner.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "core/value.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace mlopsctl {
namespace {

constexpr const char* k_schema = "mlopsctl.folder/1";

std::int64_t now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// One line; empty where /proc does not say.
std::string read_proc(const std::string& path) {
  std::ifstream file(path); // such files have no size, so they cannot be mapped
  std::string line;
  std::getline(file, line);
  return line;
}

/// Field 22; the second one, the name in brackets, may hold anything. 0: there is no such process.
std::int64_t start_ticks_of(std::int64_t pid) {
  const std::string stat = read_proc("/proc/" + std::to_string(pid) + "/stat");
  const auto bracket = stat.rfind(") ");
  if (bracket == std::string::npos)
    return 0;
  constexpr std::size_t k_field = 22 - 3;
  const auto fields = split(std::string_view(stat).substr(bracket + 2), ' ');
  return fields.size() > k_field ? parse_int(fields[k_field]).value_or(0) : 0;
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

} // namespace

Owner this_process() {
  std::error_code ignored;
  Owner owner;
  owner.host = host_name();
  owner.boot_id = read_proc("/proc/sys/kernel/random/boot_id");
  owner.pid_namespace = std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
  owner.pid = ::getpid();
  owner.start_ticks = start_ticks_of(owner.pid);
  owner.heartbeat_s = now_s();
  return owner;
}

std::string to_text(const Owner& owner) {
  Value document = Value::object();
  document["schema"] = k_schema;
  document["host"] = owner.host;
  document["boot_id"] = owner.boot_id;
  document["pid_namespace"] = owner.pid_namespace;
  document["pid"] = owner.pid;
  document["start_ticks"] = owner.start_ticks;
  document["heartbeat"] = utc_text(owner.heartbeat_s);
  document["heartbeat_s"] = owner.heartbeat_s;
  return to_json(document) + "\n";
}

std::optional<Owner> parse_owner(std::string_view text) {
  try {
    const Value document = parse_json(text, "owner");
    ObjectReader reader(document, "owner");
    Owner owner;
    owner.host = reader.text("host");
    owner.boot_id = reader.text("boot_id");
    owner.pid_namespace = reader.text("pid_namespace", "");
    owner.pid = reader.integer("pid");
    owner.start_ticks = reader.integer("start_ticks", 0);
    owner.heartbeat_s = reader.integer("heartbeat_s");
    return owner;
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool is_gone(const Owner& owner) {
  const Owner here = this_process();
  if (owner.host == here.host && owner.boot_id == here.boot_id &&
      owner.pid_namespace == here.pid_namespace && !here.boot_id.empty())
    return start_ticks_of(owner.pid) != owner.start_ticks || owner.start_ticks == 0;
  return here.heartbeat_s - owner.heartbeat_s > k_owner_stale_s;
}

std::string describe(const Owner& owner) {
  return "process " + std::to_string(owner.pid) + " on " + printable(owner.host) +
         " (last sign of life " +
         std::to_string(std::max<std::int64_t>(0, now_s() - owner.heartbeat_s)) + " s ago)";
}

Heartbeat::Heartbeat(std::function<void()> beat, double every_s)
    : thread_([this, beat = std::move(beat), every_s] {
        std::unique_lock lock(mutex_);
        while (!changed_.wait_for(lock, std::chrono::duration<double>(every_s),
                                  [this] { return is_done_; })) {
          lock.unlock();
          beat();
          lock.lock();
        }
      }) {}

Heartbeat::~Heartbeat() {
  {
    const std::lock_guard lock(mutex_);
    is_done_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

} // namespace mlopsctl
