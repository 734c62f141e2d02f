#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "actornet/net/output_queue.hpp"
#include "actornet/rooms/position.hpp"
#include "actornet/rooms/renderable.hpp"

namespace actornet::rooms {

/// What a publisher hands in. Rooms and histories do not look into the body.
struct draft {
  std::string user;
  std::string id;  ///< the publisher's; the same again is a retry. Empty: retries are not noticed
  net::shared_bytes body;

  std::size_t bytes() const noexcept { return user.size() + id.size() + body.payload.size(); }
};

/// A message that has its place in a channel. Immutable; shared by all who have it; thread-safe.
class message final : public renderable {
 public:
  message(position at, std::int64_t time_ms, draft what)
      : at_(at), time_ms_(time_ms), what_(std::move(what)) {}

  const position& at() const noexcept { return at_; }
  std::int64_t time_ms() const noexcept { return time_ms_; }  ///< Unix time of its acceptance
  const std::string& user() const noexcept { return what_.user; }
  const std::string& id() const noexcept { return what_.id; }
  std::span<const std::byte> body() const noexcept { return what_.body.payload; }

  /// What it counts for in limits: user, id and body.
  std::size_t bytes() const noexcept { return what_.bytes(); }

 private:
  const position at_;
  const std::int64_t time_ms_;
  const draft what_;
};

using message_ref = std::shared_ptr<const message>;

}  // namespace actornet::rooms
