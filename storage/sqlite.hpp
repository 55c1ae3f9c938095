// SPDX-License-Identifier: Apache-2.0
// SQLite with every return code checked. The library's header is in sqlite.cpp only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace mlopsctl::storage {

/// An opened database file. Reading writes nothing: where no other process is at work, the file is
/// opened as one that does not change (has_changed() tells whether it did all the same), so that no
/// files of a log are made beside it, and a full or read-only disk is no matter.
class Sqlite {
public:
  enum class Mode { read, write, create };

  /// \throws Error(input) if it cannot be opened, naming \p path and SQLite's own words.
  Sqlite(std::string path, Mode mode);
  ~Sqlite();
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  void run(const std::string& sql);
  /// The first column of the first row, 0 if there is none.
  std::int64_t number(const std::string& sql);
  bool is_read_only() const;
  /// Readers and writers no longer stand in each other's way; waits for others that do the same.
  void use_write_ahead_log();
  /// Mode::read: another process wrote since the file was opened, so that what was read may be
  /// half of the old and half of the new: open it again.
  bool has_changed() const;
  const std::string& path() const { return path_; }

private:
  friend class Statement;
  void check(int code, const char* doing) const;
  void open(Mode mode, const std::string& path, bool is_immutable);
  void open_to_read();
  void open_copy();
  std::string path_;
  std::string scratch_;     ///< folder of a copy, removed at the end
  std::string fingerprint_; ///< of a file that is taken as one that does not change
  sqlite3* db_ = nullptr;
};

/// One prepared statement; parameters count from 1, columns from 0.
class Statement {
public:
  Statement(Sqlite& db, const std::string& sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int index, std::string_view text);
  void bind(int index, std::int64_t value);
  /// \return false at the end.
  bool step();
  void reset();
  std::string text(int column) const;
  std::int64_t integer(int column) const;

private:
  Sqlite& db_;
  sqlite3_stmt* statement_ = nullptr;
};

/// All or nothing; takes the write lock at once, so that two writers wait instead of failing.
class Transaction {
public:
  explicit Transaction(Sqlite& db);
  ~Transaction(); ///< without commit(): nothing happened
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

private:
  Sqlite& db_;
  bool is_open_ = true;
};

} // namespace mlopsctl::storage
