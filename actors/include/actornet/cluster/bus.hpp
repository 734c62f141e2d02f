#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "actornet/cluster/operation.hpp"
#include "actornet/cluster/subscription.hpp"
#include "actornet/net/clock.hpp"
#include "actornet/net/output_queue.hpp"
#include "actornet/result.hpp"

namespace actornet::cluster {

/// Hears a subject. Called on the loop that subscribed, never inside a call of the bus.
class bus_sink {
 public:
  virtual void on_published(const net::shared_bytes& payload) = 0;

  /// So many payloads were left out here: they came faster than this loop took them.
  virtual void on_lagged(std::uint64_t lost) = 0;

 protected:
  ~bus_sink() = default;
};

/// Where the answer to one request goes. Destroyed without an answer it says nothing: the request
/// times out. Move-only; on the loop that serves.
class [[nodiscard]] bus_reply {
 public:
  /// What an implementation keeps.
  class way {
   public:
    virtual ~way() = default;
    virtual void answer(const net::shared_bytes& payload) = 0;
  };

  bus_reply() noexcept = default;
  explicit bus_reply(std::unique_ptr<way> back) noexcept : back_(std::move(back)) {}

  /// Once. Over `bus::payload_bytes_max` is dropped, as is what the bus cannot take now.
  void answer(const net::shared_bytes& payload) {
    if (const auto back = std::move(back_))
      back->answer(payload);
  }

 private:
  std::unique_ptr<way> back_;
};

/// Serves requests to a subject. Called on the loop that serves, never inside a call of the bus.
class bus_server {
 public:
  virtual void on_request(const net::shared_bytes& payload, bus_reply reply) = 0;

 protected:
  ~bus_server() = default;
};

/// What a bus knows of its connection to the others.
enum class bus_state : std::uint8_t {
  up,
  down,  ///< not connected: publishes and requests fail with `disconnected`; it connects again
};

/// Hears of the state of a bus. Called on the loop that watches, never inside a call of the bus.
class bus_state_sink {
 public:
  /// First the state there is, then each change.
  virtual void on_state(bus_state now) = 0;

 protected:
  ~bus_state_sink() = default;
};

/// Payloads to whoever hears a subject now: at most once, in order for one publisher (loop) and
/// subject, nothing is kept. Thread-safe: every call from the turn of any loop; answers come there.
///
/// A subject is any text; subjects that differ in a byte are apart.
class bus {
 public:
  using request_done = std::function<void(result<net::shared_bytes>)>;

  static constexpr std::size_t subject_bytes_max = 1024;
  static constexpr std::size_t payload_bytes_max = 64 * 1024;

  virtual ~bus() = default;

  /// Errors: `message_too_large` (either limit), `name_invalid`, `mailbox_full` (the bus cannot
  /// take more now), `disconnected`. Success says nothing about who hears it.
  virtual result<void> publish(std::string_view subject, const net::shared_bytes& payload) = 0;

  /// Has @p sink hear @p subject until the subscription is destroyed.
  virtual subscription subscribe(std::string_view subject, bus_sink& sink) = 0;

  /// Has @p server serve requests to @p subject until the subscription is destroyed. Each request
  /// goes to one of those that serve the subject at that moment.
  virtual subscription serve(std::string_view subject, bus_server& server) = 0;

  /// Hands @p payload to one server of @p subject; its answer comes once, or an error: `timed_out`
  /// (after @p deadline; it may have been served), `unavailable` (at once: nobody serves it),
  /// `disconnected` (it may have been served), `message_too_large`, `name_invalid`,
  /// `mailbox_full`.
  virtual operation request(std::string_view subject, const net::shared_bytes& payload,
                            net::duration deadline, request_done done) = 0;

  /// Has @p sink hear of the bus's state until the subscription is destroyed.
  virtual subscription watch_state(bus_state_sink& sink) = 0;
};

}  // namespace actornet::cluster
