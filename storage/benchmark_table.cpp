// SPDX-License-Identifier: Apache-2.0
// The benchmark table by URL, and its SQLite form. The whole row is kept as one JSON document, with
// columns only for what rows are looked up by: a metric that a later version adds needs no change
// of the table, and an item of another kind of store is the same document. SQL reaches every number
// through the view "results", which also shows the layout of older tables as "benchmark".
#include "storage/benchmark_table.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "storage/dynamo_table.hpp"
#include "storage/remote.hpp"
#include "storage/sqlite.hpp"

#include <filesystem>

namespace fs = std::filesystem;

namespace mlopsctl::storage {
namespace {

constexpr std::int64_t k_application_id = 0x6D6C6F70; ///< "mlop", bytes 68-71 of the file
constexpr int k_most_tries = 100;                     ///< to read while others write
constexpr std::int64_t k_document_limit_bytes = 16 << 20;

constexpr const char* k_schema_sql = R"sql(
CREATE TABLE rows (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  time TEXT NOT NULL,
  tag TEXT NOT NULL,
  model TEXT NOT NULL,
  model_digest TEXT NOT NULL,
  dataset_digest TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE INDEX rows_by_tag ON rows (tag);
CREATE INDEX rows_by_model ON rows (model);
CREATE VIEW results AS SELECT
  number, id, time, tag, model, document ->> '$.model_version' AS model_version,
  document ->> '$.images' AS images, document ->> '$.objects' AS objects,
  document ->> '$.engine' AS engine, document ->> '$.threads' AS threads,
  document ->> '$.scenario' AS scenario, document ->> '$.protocol' AS protocol,
  document ->> '$.map_50_95' AS map_50_95, document ->> '$.map_50' AS map_50,
  document ->> '$.accuracy' AS accuracy,
  document ->> '$.p50_ms' AS p50_ms, document ->> '$.p90_ms' AS p90_ms,
  document ->> '$.p99_ms' AS p99_ms, document ->> '$.images_per_s' AS images_per_s
  FROM rows;
CREATE VIEW benchmark AS SELECT
  CAST(document ->> '$.objects' AS TEXT) AS size,
  CAST(document ->> '$.seconds' AS TEXT) AS time,
  CAST(100.0 * (document ->> '$.accuracy') AS TEXT) AS true_prediction
  FROM rows;
)sql";

class SqliteTable : public BenchmarkTable {
public:
  SqliteTable(const std::string& path, TableAccess access)
      : db_(std::make_unique<Sqlite>(path, access == TableAccess::append ? Sqlite::Mode::create
                                                                         : Sqlite::Mode::read)) {
    if (access == TableAccess::append)
      prepare();
    else
      undisturbed<int>([&] {
        check_version();
        return 0;
      });
  }

  std::int64_t append(const std::vector<BenchmarkRow>& rows) override {
    Transaction transaction(*db_);
    Statement insert(*db_, "INSERT INTO rows (id, time, tag, model, model_digest, dataset_digest, "
                           "document) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING");
    const auto before = db_->number("SELECT count(*) FROM rows");
    for (const auto& row : rows) {
      insert.bind(1, row.id);
      insert.bind(2, row.time);
      insert.bind(3, row.tag);
      insert.bind(4, row.model_name);
      insert.bind(5, row.model_digest);
      insert.bind(6, row.dataset_digest);
      insert.bind(7, to_json(to_value(row)));
      insert.step();
      insert.reset();
    }
    const auto added = db_->number("SELECT count(*) FROM rows") - before;
    transaction.commit();
    return added;
  }

  bool contains(const BenchmarkRow& row) override {
    Statement select(*db_, "SELECT 1 FROM rows WHERE id = ?");
    select.bind(1, row.id);
    return select.step();
  }

  std::vector<BenchmarkRow> rows(const BenchmarkQuery& query) override {
    return undisturbed<std::vector<BenchmarkRow>>([&] { return read_rows(query); });
  }

private:
  /// \return what \p read gives when no other process wrote meanwhile.
  template <class T, class Read> T undisturbed(const Read& read) {
    for (int tries = 0;; ++tries) {
      std::optional<T> result;
      try {
        result = read();
      } catch (const Error&) { // half of the old and half of the new may look like damage
        if (tries == k_most_tries || !db_->has_changed())
          throw;
      }
      if (result && !db_->has_changed())
        return std::move(*result);
      if (tries == k_most_tries)
        throw Error(Fault::input, db_->path() + ": other processes write to it all the time",
                    "try again when they are done");
      check_interrupt();
      db_ = std::make_unique<Sqlite>(db_->path(), Sqlite::Mode::read);
    }
  }

  std::vector<BenchmarkRow> read_rows(const BenchmarkQuery& query) {
    Statement select(*db_, "SELECT number, document FROM (SELECT number, document FROM rows WHERE "
                           "(?1 = '' OR tag = ?1) AND (?2 = '' OR model = ?2) AND "
                           "(?3 = '' OR id = ?3 OR substr(id, 8, length(?3)) = ?3) "
                           "ORDER BY number DESC LIMIT ?4) ORDER BY number");
    select.bind(1, query.tag);
    select.bind(2, query.model_name);
    select.bind(3, query.id);
    select.bind(4, query.last.value_or(-1));
    std::vector<BenchmarkRow> found;
    while (select.step()) {
      const std::string name = db_->path() + ": row " + std::to_string(select.integer(0));
      const std::string document = select.text(1);
      if (document.size() > k_document_limit_bytes)
        throw Error(Fault::input, name + ": " + bytes_for_people(document.size()) + " long",
                    "no row of mlopsctl is");
      found.push_back(benchmark_row_from(parse_json(document, name), name));
    }
    return found;
  }

  void prepare() {
    if (db_->is_read_only())
      throw Error(Fault::input, db_->path() + ": is read-only, so no row can be added",
                  "check the permissions of the file and of its folder");
    if (is_empty())
      db_->use_write_ahead_log();
    // A commit must survive a power cut; rows are few, so that a sync for each is no matter.
    db_->run("PRAGMA synchronous=FULL");
    Transaction transaction(*db_);
    if (is_empty())
      db_->run("PRAGMA application_id=" + std::to_string(k_application_id) +
               ";PRAGMA user_version=" + std::to_string(k_benchmark_schema) + ";" + k_schema_sql);
    check_version();
    transaction.commit();
  }

  bool is_empty() {
    return db_->number("SELECT count(*) FROM sqlite_schema") == 0 &&
           db_->number("PRAGMA application_id") == 0;
  }

  void check_version() {
    if (is_empty())
      throw Error(Fault::input, db_->path() + ": is empty, no row was ever added",
                  "'mlopsctl bench run' adds one");
    if (db_->number("PRAGMA application_id") != k_application_id)
      throw Error(Fault::input, db_->path() + ": is an SQLite database, but not a benchmark table",
                  "give another --table");
    const auto version = db_->number("PRAGMA user_version");
    if (version > k_benchmark_schema)
      throw Error(Fault::input,
                  db_->path() + ": is a benchmark table of version " + std::to_string(version) +
                      ", and this program knows versions up to " +
                      std::to_string(k_benchmark_schema),
                  "use a newer mlopsctl, or another --table");
  }

  std::unique_ptr<Sqlite> db_;
};

std::string path_of(const std::string& url) {
  if (url.starts_with("sqlite:"))
    return url.substr(7);
  const auto scheme = url.find("://");
  if (scheme != std::string::npos)
    throw Error(Fault::usage,
                "--table: this build has no '" + printable(url.substr(0, scheme)) +
                    "' tables, only SQLite files and DynamoDB",
                "give a path such as bench.db, sqlite:PATH, or dynamodb://NAME");
  return url;
}

} // namespace

std::unique_ptr<BenchmarkTable> open_benchmark_table(const std::string& url, TableAccess access) {
  if (is_dynamo_url(url))
    return open_dynamo_table(url, remote_options());
  const std::string path = path_of(url);
  if (path.empty() || path == "-")
    throw Error(Fault::usage, "--table: '" + url + "' names no file",
                "give a path such as bench.db, or sqlite:PATH");
  std::error_code ignored;
  const fs::path folder = fs::absolute(path).parent_path();
  if (!fs::is_directory(folder, ignored))
    throw Error(Fault::input, path + ": there is no folder " + folder.string(),
                "make it first, or give another --table");
  if (fs::is_directory(path, ignored))
    throw Error(Fault::input, path + ": is a folder", "give the name of a file");
  if (access == TableAccess::read && !fs::exists(path, ignored))
    throw Error(Fault::input, path + ": there is no such table", "'mlopsctl bench run' makes it");
  return std::make_unique<SqliteTable>(path, access);
}

} // namespace mlopsctl::storage
