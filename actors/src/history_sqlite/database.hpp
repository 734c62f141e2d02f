#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace actornet::rooms {

/// What SQLite says went wrong, in its words.
class database_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A prepared statement. Parameters and columns count from 1 and 0, as in SQLite.
class statement {
 public:
  statement(sqlite3* in, const char* sql);
  ~statement();
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  /// Begins anew with these parameters: integers, texts, bytes. They must live until it ended.
  template <class... Values>
  statement& with(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }

  bool next();                  ///< true: a row; false: the end
  void run() { (void)next(); }  ///< one that has no rows
  void reset() noexcept;

  std::int64_t integer(int column) const noexcept;
  std::string text(int column) const;
  std::span<const std::byte> bytes(int column) const noexcept;  ///< until `next`

 private:
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);
  void bind(int index, std::span<const std::byte> value);
  void check(int code) const;

  sqlite3* in_;
  sqlite3_stmt* compiled_ = nullptr;
};

/// One connection to a file, for one thread at a time. Everything throws `database_error`.
class database {
 public:
  explicit database(const std::string& file);
  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  void execute(const std::string& sql);
  std::int64_t integer(const std::string& sql);  ///< the first column of its only row
  std::string text(const std::string& sql);
  sqlite3* handle() noexcept { return open_; }

 private:
  sqlite3* open_ = nullptr;
};

/// Everything until `commit` happens, or nothing of it.
class transaction {
 public:
  explicit transaction(database& in) : in_(in) { in_.execute("begin immediate"); }
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  void commit();

 private:
  database& in_;
  bool over_ = false;
};

}  // namespace actornet::rooms
