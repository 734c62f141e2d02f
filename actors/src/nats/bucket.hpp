#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actornet/nats/connection.hpp"
#include "actornet/nats/nats_directory.hpp"

namespace actornet::nats {

/// What a bucket has under a key.
struct record {
  std::string key;
  std::string value;
  std::uint64_t revision = 0;
  net::duration lease{};  ///< zero: for good
  bool removed = false;   ///< a removal's mark
};

/// A key-value bucket by the messages of JetStream's API, none of which blocks. On the home loop;
/// nothing is told after it is destroyed. Errors are those of `connection::request`, and
/// `unavailable` for what the server refuses or is no answer.
class bucket {
 public:
  template <class T>
  using told = std::function<void(result<T>)>;

  bucket(connection& over, const nats_directory_options& how);

  /// Makes it unless it is there.
  void create(told<std::uint64_t> done);

  /// Writes @p what, whose revision is not looked at, and tells its new one. With @p expected it
  /// must be the key's last (a mark's, too; 0: none). Error: `wrong_revision`.
  void write(const record& what, std::optional<std::uint64_t> expected, told<std::uint64_t> done);

  /// The last under @p key, which may be a mark. Error: `not_found`.
  void last(std::string_view key, told<record> done);

  /// The first whose revision is @p from or later, of those that are the last of their keys. Error:
  /// `not_found`: there is none.
  void next(std::uint64_t from, told<record> done);

  /// Erases the mark with this revision.
  void erase(std::uint64_t revision);

  /// The greatest revision so far.
  void last_revision(told<std::uint64_t> done);

  /// Where what was written is published again.
  std::string changes() const { return "$KVR." + name_ + ".>"; }

  /// What a message of the stream holds; none when it is garbage.
  std::optional<record> record_of(const message& what) const;

 private:
  void ask(std::string subject, std::string_view text, told<message> done);
  void ask(message what, told<message> done);
  void look(std::string_view question, told<record> done);
  std::string subject_of(std::string_view key) const;
  std::string stream() const { return "KV_" + name_; }

  connection& over_;
  const nats_directory_options how_;
  const std::string name_;
  const std::shared_ptr<int> life_ = std::make_shared<int>();  // answers look whether it is there
};

}  // namespace actornet::nats
