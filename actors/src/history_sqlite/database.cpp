#include "database.hpp"

#include <sqlite3.h>

namespace actornet::rooms {

// -- statement ------------------------------------------------------------------------------------

statement::statement(sqlite3* in, const char* sql) : in_(in) {
  check(sqlite3_prepare_v3(in, sql, -1, SQLITE_PREPARE_PERSISTENT, &compiled_, nullptr));
}

statement::~statement() {
  sqlite3_finalize(compiled_);
}

void statement::check(int code) const {
  if (code != SQLITE_OK)
    throw database_error(sqlite3_errmsg(in_));
}

bool statement::next() {
  const int code = sqlite3_step(compiled_);
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(compiled_);
    return false;
  }
  const std::string text = sqlite3_errmsg(in_);
  sqlite3_reset(compiled_);
  throw database_error(text);
}

void statement::reset() noexcept {
  sqlite3_reset(compiled_);
}

void statement::bind(int index, std::int64_t value) {
  check(sqlite3_bind_int64(compiled_, index, value));
}

void statement::bind(int index, std::string_view value) {
  const char* const data = value.empty() ? "" : value.data();
  check(sqlite3_bind_text64(compiled_, index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void statement::bind(int index, std::span<const std::byte> value) {
  if (value.empty())
    return check(sqlite3_bind_zeroblob(compiled_, index, 0));
  check(sqlite3_bind_blob64(compiled_, index, value.data(), value.size(), SQLITE_STATIC));
}

std::int64_t statement::integer(int column) const noexcept {
  return sqlite3_column_int64(compiled_, column);
}

std::string statement::text(int column) const {
  const auto found = bytes(column);
  return {reinterpret_cast<const char*>(found.data()), found.size()};
}

std::span<const std::byte> statement::bytes(int column) const noexcept {
  const void* const data = sqlite3_column_blob(compiled_, column);
  return {static_cast<const std::byte*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(compiled_, column))};
}

// -- database -------------------------------------------------------------------------------------

database::database(const std::string& file) {
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(file.c_str(), &open_, flags, nullptr) == SQLITE_OK)
    return;
  const std::string text = open_ ? sqlite3_errmsg(open_) : "out of memory";
  sqlite3_close(open_);
  throw database_error(text);
}

database::~database() {
  sqlite3_close(open_);
}

void database::execute(const std::string& sql) {
  if (sqlite3_exec(open_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw database_error(sqlite3_errmsg(open_));
}

std::int64_t database::integer(const std::string& sql) {
  statement asked(open_, sql.c_str());
  return asked.next() ? asked.integer(0) : 0;
}

std::string database::text(const std::string& sql) {
  statement asked(open_, sql.c_str());
  return asked.next() ? asked.text(0) : std::string();
}

// -- transaction ----------------------------------------------------------------------------------

void transaction::commit() {
  in_.execute("commit");
  over_ = true;
}

transaction::~transaction() {
  if (!over_)
    sqlite3_exec(in_.handle(), "rollback", nullptr, nullptr, nullptr);
}

}  // namespace actornet::rooms
