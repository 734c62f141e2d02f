#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

#include "actornet/cluster/bus.hpp"
#include "actornet/cluster/detail/mailbox.hpp"
#include "actornet/cluster/detail/requests.hpp"
#include "actornet/cluster/memory_bus.hpp"

namespace actornet::cluster::detail {

/// What every bus refuses.
inline std::error_code flaw_of(std::string_view subject, const net::shared_bytes& payload) {
  if (subject.empty())
    return errc::name_invalid;
  if (subject.size() > bus::subject_bytes_max || payload.payload.size() > bus::payload_bytes_max)
    return errc::message_too_large;
  return {};
}

/// Brings payloads to a sink on its loop.
class listener : public std::enable_shared_from_this<listener> {
 public:
  listener(mailbox& box, bus_sink& sink) : box_(box), sink_(&sink) {}

  /// On the sink's loop.
  void end() noexcept { sink_ = nullptr; }

  void push(const net::shared_bytes& payload);

  /// So many more were lost before they came here.
  void lose(std::uint64_t more);

 private:
  void lose_locked(std::uint64_t more);
  void tell(const net::shared_bytes& payload);
  void tell_lag();

  mailbox& box_;
  bus_sink* sink_;  // its loop's
  std::mutex mutex_;
  std::size_t waiting_ = 0;
  std::uint64_t lost_ = 0;  // since it was last told
};

/// Brings requests to a server on its loop.
class memory_server : public std::enable_shared_from_this<memory_server> {
 public:
  memory_server(mailbox& box, bus_server& server) : box_(box), server_(&server) {}

  /// On the server's loop.
  void end() noexcept { server_ = nullptr; }

  /// Error: `mailbox_full`.
  result<void> push(const net::shared_bytes& payload, bus_reply reply);

 private:
  mailbox& box_;
  bus_server* server_;  // its loop's
  std::mutex mutex_;
  std::size_t waiting_ = 0;
};

/// Brings an answer to the loop that asked.
class memory_way final : public bus_reply::way {
 public:
  memory_way(std::shared_ptr<asker> who, std::uint64_t request) noexcept
      : who_(std::move(who)), request_(request) {}

  void answer(const net::shared_bytes& payload) override {
    if (payload.payload.size() <= bus::payload_bytes_max)
      who_->answer_later(request_, payload);
  }

 private:
  const std::shared_ptr<asker> who_;
  const std::uint64_t request_;
};

}  // namespace actornet::cluster::detail
