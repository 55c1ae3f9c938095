// SPDX-License-Identifier: Apache-2.0
#include "serving/edge/queue.hpp"

#include "capture/spool_folder.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <set>

namespace fs = std::filesystem;

namespace mlopsctl::serving {
namespace {

constexpr std::int64_t k_remembered = 1000; ///< ids

std::size_t index_of(WorkKind kind) {
  return static_cast<std::size_t>(kind);
}

std::int64_t integer_of(WorkKind kind) {
  return static_cast<std::int64_t>(kind);
}

/// What is to be forgotten when the rows are gone for good.
struct Removed {
  WorkKind kind = WorkKind::message;
  std::uint64_t bytes = 0;
  std::string picture;
};

std::optional<Removed> remove_row(storage::Sqlite& db, std::int64_t number) {
  storage::Statement find(db, "SELECT kind, bytes, picture FROM work WHERE number = ?");
  find.bind(1, number);
  if (!find.step())
    return std::nullopt;
  Removed removed{static_cast<WorkKind>(find.integer(0)),
                  static_cast<std::uint64_t>(find.integer(1)), find.text(2)};
  find.reset();
  storage::Statement remove(db, "DELETE FROM work WHERE number = ?");
  remove.bind(1, number);
  remove.step();
  return removed;
}

bool is_named(storage::Sqlite& db, const std::string& picture) {
  storage::Statement find(db, "SELECT 1 FROM work WHERE picture = ? LIMIT 1");
  find.bind(1, picture);
  return find.step();
}

} // namespace

EdgeQueue::EdgeQueue(const fs::path& folder, const BufferRules& rules)
    : folder_(fs::absolute(folder)), rules_(rules) {
  capture::create_private_folder(folder_, "--buffer DIR");
  capture::create_private_folder(pictures(), "--buffer DIR");
  lock_.emplace(folder_ / ".lock", folder_.string());
  open();
  remove_strays();
}

void EdgeQueue::open() {
  db_.emplace((folder_ / ".queue.db").string(), storage::Sqlite::Mode::create);
  db_->use_write_ahead_log();
  db_->run("PRAGMA synchronous=NORMAL"); // sync() is called once a second
  db_->run("CREATE TABLE IF NOT EXISTS work (number INTEGER PRIMARY KEY AUTOINCREMENT, "
           "kind INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, topic TEXT NOT NULL, "
           "picture TEXT NOT NULL, bytes INTEGER NOT NULL, added_s INTEGER NOT NULL, UNIQUE (kind, "
           "id))");
  db_->run("CREATE INDEX IF NOT EXISTS by_picture ON work (picture)");
  db_->run("CREATE TABLE IF NOT EXISTS seen (number INTEGER PRIMARY KEY AUTOINCREMENT, "
           "id TEXT NOT NULL UNIQUE)");
  storage::Statement count(*db_, "SELECT kind, COUNT(*), SUM(bytes) FROM work GROUP BY kind");
  while (count.step()) {
    const auto kind = static_cast<std::size_t>(count.integer(0));
    if (kind >= k_work_kinds)
      throw Error(Fault::input, folder_.string() + ": is the buffer of a newer version",
                  "give another --buffer DIR");
    waiting_[kind] = count.integer(1);
    bytes_ += static_cast<std::uint64_t>(count.integer(2));
  }
}

/// Pictures that were written just before a kill, or whose work was done just before it.
void EdgeQueue::remove_strays() {
  std::set<std::string> named;
  storage::Statement all(*db_, "SELECT DISTINCT picture FROM work WHERE picture <> ''");
  while (all.step())
    named.insert(all.text(0));
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(pictures(), ignored))
    if (!named.contains(entry.path().filename().string()))
      fs::remove(entry.path(), ignored);
}

void EdgeQueue::step(std::int64_t done, const std::vector<Work>& next) {
  {
    const std::lock_guard lock(mutex_);
    change(done, next, 0);
  }
  notify(next);
}

bool EdgeQueue::add_picture(const std::string& name, std::string_view bytes, std::int64_t done,
                            const std::vector<Work>& next) {
  const auto path = (pictures() / name).string();
  write_file(path, bytes, Existing::replace);
  {
    const std::lock_guard lock(mutex_);
    const auto fits = [&] { return bytes_ + bytes.size() <= rules_.limit_bytes; };
    while (!fits() && rules_.when_full == WhenFull::drop_oldest && !waits_nothing())
      drop_oldest();
    if (!fits()) {
      std::error_code ignored;
      fs::remove(path, ignored);
      return false;
    }
    change(done, next, bytes.size());
  }
  notify(next);
  return true;
}

/// \param picture_bytes of a picture that is new; others keep what they had.
void EdgeQueue::change(std::int64_t done, const std::vector<Work>& next,
                       std::uint64_t picture_bytes) {
  storage::Transaction transaction(*db_);
  const auto removed = remove_row(*db_, done);
  std::uint64_t added_bytes = 0;
  auto waiting = waiting_;
  for (const auto& work : next) {
    std::uint64_t bytes = work.id.size() + work.body.size() + work.topic.size();
    if (!work.picture.empty()) {
      std::error_code ignored;
      const auto size = fs::file_size(pictures() / work.picture, ignored);
      bytes += picture_bytes > 0 ? picture_bytes : ignored ? 0 : size;
    }
    storage::Statement insert(
        *db_, "INSERT OR IGNORE INTO work (kind, id, body, topic, picture, "
              "bytes, added_s) VALUES (?, ?, ?, ?, ?, ?, unixepoch()) RETURNING number");
    insert.bind(1, integer_of(work.kind));
    insert.bind(2, work.id);
    insert.bind(3, work.body);
    insert.bind(4, work.topic);
    insert.bind(5, work.picture);
    insert.bind(6, static_cast<std::int64_t>(bytes));
    if (!insert.step())
      continue; // it waits already
    added_bytes += bytes;
    ++waiting[index_of(work.kind)];
  }
  const bool has_orphan = removed && !removed->picture.empty() && !is_named(*db_, removed->picture);
  transaction.commit();
  waiting_ = waiting;
  bytes_ += added_bytes;
  is_dirty_ = true;
  if (!removed)
    return;
  --waiting_[index_of(removed->kind)];
  bytes_ -= std::min(bytes_, removed->bytes);
  std::error_code ignored;
  if (has_orphan)
    fs::remove(pictures() / removed->picture, ignored);
}

void EdgeQueue::drop_oldest() {
  drop(db_->number("SELECT MIN(number) FROM work WHERE kind <> " +
                   std::to_string(integer_of(WorkKind::start))),
       "the buffer is full (" + bytes_for_people(rules_.limit_bytes) + ")");
}

void EdgeQueue::drop(std::int64_t number, const std::string& why) {
  change(number, {}, 0);
  if (dropped_++ == 0)
    log::warn(folder_.string() + ": " + why + ": the oldest goes from here on");
}

void EdgeQueue::drop_older(std::int64_t seconds) {
  const std::lock_guard lock(mutex_);
  for (;;) {
    const auto number = db_->number(
        "SELECT number FROM work WHERE kind <> " + std::to_string(integer_of(WorkKind::start)) +
        " AND added_s < unixepoch() - " + std::to_string(seconds) + " ORDER BY number LIMIT 1");
    if (number == 0)
      return;
    drop(number, "some of it is over its time");
  }
}

void EdgeQueue::notify(const std::vector<Work>& next) {
  changed_.notify_all();
  if (on_message_ && std::any_of(next.begin(), next.end(),
                                 [](const Work& work) { return work.kind == WorkKind::message; }))
    on_message_();
}

std::optional<Work> EdgeQueue::first(WorkKind kind, std::int64_t after) {
  const std::lock_guard lock(mutex_);
  if (waiting_[index_of(kind)] == 0)
    return std::nullopt;
  storage::Statement find(*db_, "SELECT number, id, body, topic, picture FROM work "
                                "WHERE kind = ? AND number > ? ORDER BY number LIMIT 1");
  find.bind(1, integer_of(kind));
  find.bind(2, after);
  if (!find.step())
    return std::nullopt;
  Work work{kind, find.text(1), find.text(2), find.text(3), find.text(4), find.integer(0)};
  return work;
}

bool EdgeQueue::contains(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  return db_->number("SELECT COUNT(*) FROM work WHERE number = " + std::to_string(number)) > 0;
}

bool EdgeQueue::is_new(const std::string& id) {
  const std::lock_guard lock(mutex_);
  storage::Statement insert(*db_, "INSERT OR IGNORE INTO seen (id) VALUES (?) RETURNING number");
  insert.bind(1, id);
  const bool is_inserted = insert.step();
  const auto number = is_inserted ? insert.integer(0) : 0;
  insert.reset();
  if (is_inserted)
    db_->run("DELETE FROM seen WHERE number <= " + std::to_string(number - k_remembered));
  is_dirty_ = true;
  return is_inserted;
}

bool EdgeQueue::waits_nothing() const {
  for (std::size_t kind = 0; kind < k_work_kinds; ++kind)
    if (kind != index_of(WorkKind::start) && waiting_[kind] > 0)
      return false;
  return true;
}

std::int64_t EdgeQueue::waiting(WorkKind kind) const {
  const std::lock_guard lock(mutex_);
  return waiting_[index_of(kind)];
}

bool EdgeQueue::is_empty() const {
  const std::lock_guard lock(mutex_);
  return waits_nothing();
}

std::int64_t EdgeQueue::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void EdgeQueue::wait(const std::function<bool()>& is_ready, std::chrono::milliseconds longest) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (!is_ready()) {
    Lock lock(mutex_);
    // What was added since is_ready() looked is found at the latest after this.
    constexpr auto k_look_every = std::chrono::milliseconds(50);
    const auto until = std::min(end, std::chrono::steady_clock::now() + k_look_every);
    changed_.wait_until(lock, until);
    if (std::chrono::steady_clock::now() >= end)
      return;
  }
}

void EdgeQueue::wake() {
  changed_.notify_all();
}

void EdgeQueue::sync() {
  const std::lock_guard lock(mutex_);
  if (!is_dirty_)
    return;
  is_dirty_ = false;
  db_->number("PRAGMA wal_checkpoint(PASSIVE)"); // writes the log out first
}

} // namespace mlopsctl::serving
