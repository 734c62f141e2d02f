#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "actornet/cluster/operation.hpp"
#include "actornet/cluster/subscription.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/result.hpp"

namespace actornet::cluster {

/// What a directory has under a key. Each change of a key gives it a greater revision.
struct directory_entry {
  std::string value;
  std::uint64_t revision = 0;
};

/// Hears of changes. Called on the loop that watches, never inside a call of the directory.
class directory_sink {
 public:
  /// First each entry that is there, then each change in order. A key that changes again before
  /// this is told may be told once.
  virtual void on_put(std::string_view key, const directory_entry& now) = 0;
  virtual void on_removed(std::string_view key) = 0;

 protected:
  ~directory_sink() = default;
};

/// Small and slowly changing facts under keys: who is there, who owns what. Thread-safe: every call
/// from the turn of any loop; answers come there. A key is any text.
///
/// One that is kept elsewhere also answers `disconnected`, `timed_out` (it may have been done) and
/// `unavailable`.
class directory {
 public:
  using put_done = std::function<void(result<std::uint64_t>)>;
  using get_done = std::function<void(result<directory_entry>)>;

  /// As `expected` of `put`: whatever there is.
  static constexpr std::uint64_t any_revision = ~std::uint64_t{0};
  static constexpr std::size_t key_bytes_max = 256;
  static constexpr std::size_t value_bytes_max = 4 * 1024;

  virtual ~directory() = default;

  /// Sets @p key if its revision is @p expected (0: it must not be there) and answers with the new
  /// revision. With a @p time_to_live other than zero the key is removed unless it is put again in
  /// that time: a lease. Errors: `wrong_revision`, `message_too_large`, `name_invalid` (an
  /// empty key), `unavailable` (no room for one more).
  virtual operation put(std::string_view key, std::string value, std::uint64_t expected,
                        net::duration time_to_live, put_done done) = 0;

  /// Removes @p key if its revision is @p expected. Answers with the revision it had. Errors:
  /// `wrong_revision`, `not_found`.
  virtual operation remove(std::string_view key, std::uint64_t expected, put_done done) = 0;

  /// Error: `not_found`.
  virtual operation get(std::string_view key, get_done done) = 0;

  /// Has @p sink hear of all keys that begin with @p prefix until the subscription is destroyed.
  virtual subscription watch(std::string_view prefix, directory_sink& sink) = 0;
};

}  // namespace actornet::cluster
