#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <system_error>

#include "actornet/cluster/client_options.hpp"
#include "actornet/cluster/detail/service_wire.hpp"
#include "actornet/flow/detail/waiter.hpp"
#include "actornet/flow/task.hpp"
#include "actornet/net/timer_wheel.hpp"
#include "actornet/result.hpp"

namespace actornet::cluster::detail {

/// What a stream of replies needs of the client that opened it.
class inlet_owner {
 public:
  virtual void publish(const std::string& subject, const v1::StreamControl& control) = 0;
  virtual void remove(std::uint64_t stream) = 0;

 protected:
  ~inlet_owner() = default;
};

class inlet_wait;

/// A stream of replies at its asker: what has come and was not taken yet, at most as much as was
/// granted. Loop-bound.
class stream_inlet {
 public:
  stream_inlet(std::shared_ptr<inlet_owner> owner, net::loop& home, std::uint64_t id,
               const service_shape& shape, const client_options& options, net::time_point deadline);
  ~stream_inlet();
  stream_inlet(const stream_inlet&) = delete;
  stream_inlet& operator=(const stream_inlet&) = delete;

  std::uint64_t id() const noexcept { return id_; }
  std::uint32_t window() const noexcept { return window_; }

  /// The server has begun it, and hears @p control.
  void opened(std::string control);

  /// False: it is not what may come next, and the stream has failed.
  bool on_item(v1::StreamItem item);

  /// No more comes; what has come can still be taken. The first call counts.
  void end(std::error_code why, std::string text = {});

  /// Tells the server to stop, too.
  void fail(std::error_code why);

  /// An item that was taken is none: `message_malformed` from here on.
  void spoil();

  bool ready() const noexcept { return !items_.empty() || ended_; }

  /// @pre ready()
  result<std::string> take();

  const std::string& text() const noexcept { return text_; }

 private:
  friend class inlet_wait;

  void tell_server(bool cancel);
  void grant();
  void tick();
  void arm();

  const std::shared_ptr<inlet_owner> owner_;
  net::loop& home_;
  const std::uint64_t id_;
  const service_shape shape_;
  const std::uint32_t window_;
  const net::duration heartbeat_;
  const net::duration silence_max_;
  const net::time_point deadline_;
  std::string control_;  // empty before it is opened
  std::deque<std::string> items_;
  std::uint64_t received_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t granted_;
  net::time_point heard_at_;
  bool ended_ = false;
  std::error_code why_;
  std::string text_;
  inlet_wait* waiting_ = nullptr;
  net::timer timer_{net::entry_of<&stream_inlet::tick>(*this)};
};

/// The wait for the next item, alone or as an alternative of a select.
class inlet_wait : public wait_point {
 public:
  explicit inlet_wait(stream_inlet& of) noexcept : of_(&of) {}

  bool await_ready();
  void await_suspend(std::coroutine_handle<> task);

  bool look_as_alternative(actornet::detail::wake_list&) const noexcept { return of_->ready(); }
  void enlist_as_alternative(wait_point& whole, actornet::detail::claim_word& claim,
                             std::uint32_t number) noexcept;
  void withdraw_alternative() noexcept { of_->waiting_ = nullptr; }

 protected:
  ~inlet_wait() = default;
  result<std::string> take();

  stream_inlet* of_;

 private:
  friend class stream_inlet;
  void abandon(errc reason) override;
  void on_ready();

  wait_point* whole_ = nullptr;
  actornet::detail::claim_word* claim_ = nullptr;
  std::uint32_t number_ = 0;
  errc refused_{};
};

}  // namespace actornet::cluster::detail
