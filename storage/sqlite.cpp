// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/log.hpp"

#include <sqlite3.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <thread>

namespace fs = std::filesystem;

namespace mlopsctl::storage {
namespace {

constexpr int k_wait_ms = 30'000; ///< for other writers; each holds the lock for milliseconds

std::string hint_for(int code) {
  switch (code & 0xFF) {
  case SQLITE_NOTADB:
  case SQLITE_CORRUPT: return "give another --table, or put this file aside";
  case SQLITE_BUSY:
  case SQLITE_LOCKED: return "another process holds it; try again when it is done";
  case SQLITE_FULL: return "free some space; what was in the table is still there";
  case SQLITE_READONLY:
  case SQLITE_PERM:
  case SQLITE_CANTOPEN: return "check the permissions of the file and of its folder";
  default: return "what was in the table is still there";
  }
}

/// '%' and what ends a path in a URI are escaped; '/' stays.
std::string file_uri(const std::string& path, const char* query) {
  static const char* const hex = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : fs::absolute(path).string()) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' || c == '?' || c == '#')
      uri += {'%', hex[byte >> 4], hex[byte & 15]};
    else
      uri += c;
  }
  return uri + query;
}

/// A log or journal with something in it: another process is at work, or was killed at it.
bool has_journal(const std::string& path) {
  std::error_code ignored;
  for (const char* ending : {"-wal", "-journal"})
    if (const auto size = fs::file_size(path + ending, ignored); !ignored && size > 0)
      return true;
  return false;
}

/// Changes with every write to the file.
std::string fingerprint_of(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0)
    return "gone";
  std::string out;
  for (const auto part :
       {static_cast<std::int64_t>(status.st_ino), static_cast<std::int64_t>(status.st_size),
        static_cast<std::int64_t>(status.st_mtim.tv_sec),
        static_cast<std::int64_t>(status.st_mtim.tv_nsec),
        static_cast<std::int64_t>(status.st_ctim.tv_nsec)})
    out += std::to_string(part) + " ";
  return out;
}

void remove_folder(const std::string& folder) {
  std::error_code ignored;
  if (!folder.empty())
    fs::remove_all(folder, ignored);
}

int flags_for(Sqlite::Mode mode) {
  switch (mode) {
  case Sqlite::Mode::read: return SQLITE_OPEN_READONLY;
  case Sqlite::Mode::write: return SQLITE_OPEN_READWRITE;
  case Sqlite::Mode::create: return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return SQLITE_OPEN_READONLY;
}

} // namespace

Sqlite::Sqlite(std::string path, Mode mode) : path_(std::move(path)) {
  try {
    if (mode == Mode::read)
      open_to_read();
    else
      open(mode, path_, false);
  } catch (...) {
    sqlite3_close_v2(db_);
    remove_folder(scratch_);
    throw;
  }
}

void Sqlite::open_to_read() {
  if (!has_journal(path_)) {
    fingerprint_ = fingerprint_of(path_);
    open(Mode::read, path_, true);
    return;
  }
  open(Mode::read, path_, false);
  const int code =
      sqlite3_exec(db_, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
  switch (code & 0xFF) {
  case SQLITE_CANTOPEN:
  case SQLITE_READONLY:
  case SQLITE_FULL:
  case SQLITE_IOERR: open_copy(); break;
  default: check(code, "cannot be read");
  }
}

/// A log that a killed process left, and no place to make its index: it is read from a copy. The
/// file alone would lack the newest rows.
void Sqlite::open_copy() {
  sqlite3_close_v2(db_);
  db_ = nullptr;
  std::string folder = (fs::temp_directory_path() / "mlopsctl-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr)
    throw Error(Fault::input,
                path_ +
                    ": another process left a log beside it, which cannot be read here, nor "
                    "copied to " +
                    folder + ": " + system_error_text(),
                "set TMPDIR to a folder with space");
  scratch_ = folder;
  const std::string copy = folder + "/table.db";
  try {
    fs::copy_file(path_, copy);
    fs::copy_file(path_ + "-wal", copy + "-wal");
    fs::permissions(copy, fs::perms::owner_read | fs::perms::owner_write);
    fs::permissions(copy + "-wal", fs::perms::owner_read | fs::perms::owner_write);
  } catch (const fs::filesystem_error& error) {
    throw Error(Fault::input,
                path_ + ": cannot be copied to " + folder + ": " + error.code().message(),
                "set TMPDIR to a folder with space");
  }
  open(Mode::write, copy, false);
}

bool Sqlite::has_changed() const {
  return !fingerprint_.empty() && (has_journal(path_) || fingerprint_of(path_) != fingerprint_);
}

void Sqlite::open(Mode mode, const std::string& path, bool is_immutable) {
  const std::string uri = file_uri(path, is_immutable ? "?immutable=1" : "");
  check(sqlite3_open_v2(uri.c_str(), &db_, flags_for(mode) | SQLITE_OPEN_URI, nullptr),
        "cannot be opened");
  check(sqlite3_extended_result_codes(db_, 1), "cannot be opened");
  check(sqlite3_busy_timeout(db_, k_wait_ms), "cannot be opened");
}

Sqlite::~Sqlite() {
  if (sqlite3_close_v2(db_) != SQLITE_OK)
    log::warn(path_ + ": was not closed cleanly");
  remove_folder(scratch_);
}

void Sqlite::check(int code, const char* doing) const {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
    return;
  std::string words = db_ != nullptr ? sqlite3_errmsg(db_) : sqlite3_errstr(code);
  // "disk I/O error" alone does not say that the disk is full.
  const int system = db_ != nullptr ? sqlite3_system_errno(db_) : 0;
  if ((code & 0xFF) == SQLITE_IOERR && system != 0)
    words += " (" + std::generic_category().message(system) + ")";
  throw Error(Fault::input, path_ + ": " + doing + ": " + words, hint_for(code));
}

void Sqlite::run(const std::string& sql) {
  check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr), "cannot be changed");
}

std::int64_t Sqlite::number(const std::string& sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

bool Sqlite::is_read_only() const {
  return sqlite3_db_readonly(db_, "main") == 1;
}

void Sqlite::use_write_ahead_log() {
  // The busy timeout does not cover the change of the journal: two processes that make a table at
  // the same moment would both be told "locked" at once.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(k_wait_ms);
  for (;;) {
    const int code = sqlite3_exec(db_, "PRAGMA journal_mode=WAL", nullptr, nullptr, nullptr);
    const bool is_busy = (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED;
    if (!is_busy || std::chrono::steady_clock::now() > deadline) {
      check(code, "cannot be changed");
      return;
    }
    check_interrupt();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Statement::Statement(Sqlite& db, const std::string& sql) : db_(db) {
  db_.check(sqlite3_prepare_v2(db_.db_, sql.c_str(), -1, &statement_, nullptr), "cannot be read");
}

Statement::~Statement() {
  sqlite3_finalize(statement_); // repeats the code of the last step, which step() has thrown
}

void Statement::bind(int index, std::string_view text) {
  db_.check(sqlite3_bind_text64(statement_, index, text.data(), text.size(), SQLITE_TRANSIENT,
                                SQLITE_UTF8),
            "cannot take a value");
}

void Statement::bind(int index, std::int64_t value) {
  db_.check(sqlite3_bind_int64(statement_, index, value), "cannot take a value");
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  db_.check(code, "cannot be read or changed");
  return code == SQLITE_ROW;
}

void Statement::reset() {
  db_.check(sqlite3_reset(statement_), "cannot be changed");
}

std::string Statement::text(int column) const {
  const auto* bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes != nullptr ? std::string(static_cast<const char*>(bytes), size) : std::string{};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

Transaction::Transaction(Sqlite& db) : db_(db) {
  db_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!is_open_)
    return;
  try {
    db_.run("ROLLBACK");
  } catch (const Error& error) {
    // A full disk rolls back by itself; then there is nothing left to undo.
    log::verbose(error.what());
  }
}

void Transaction::commit() {
  db_.run("COMMIT");
  is_open_ = false;
}

} // namespace mlopsctl::storage
