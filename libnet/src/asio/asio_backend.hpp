#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <random>
#include <type_traits>

#include "actornet/net/backend.hpp"
#include "actornet/net/process_clock.hpp"

namespace actornet::net {

namespace asio = boost::asio;
using any_socket = asio::generic::stream_protocol::socket;

/// A poller of our own, where a platform has one that is better for connections than Asio's. It is
/// what a loop sleeps in, so it is told of everything else, too: wake-ups, and what happens at the
/// descriptors at which Asio has something under way (listeners, connects).
class readiness_source {
 public:
  virtual ~readiness_source() = default;

  /// Waits for something to happen, at most for @p patience (`duration::max()`: for ever), then
  /// puts the owners of ready transports into the run queue. True when something happened at a
  /// watched descriptor.
  virtual bool collect(duration patience) = 0;

  /// Ends the current or the next `collect`. Callable from any thread.
  virtual void wake() noexcept = 0;

  /// From now on `collect` tells of the descriptor of an Asio object, until that closes it. Edges
  /// only: what is there stays untold. False when the system cannot.
  virtual bool watch(any_socket::native_handle_type handle) noexcept = 0;
  virtual void unwatch(any_socket::native_handle_type handle) noexcept = 0;

  virtual std::unique_ptr<transport> make_transport(any_socket::native_handle_type handle) = 0;
  virtual std::unique_ptr<descriptor_watch> make_watch(descriptor watched,
                                                       descriptor_listener& told) = 0;
};

/// The platform's own source; null where Asio's `async_wait` is the best.
std::unique_ptr<readiness_source> make_native_readiness(loop& owner);

/// A transport on Asio's `async_wait`, for every platform.
std::unique_ptr<transport> make_portable_transport(any_socket socket, loop& owner);

/// A watch on Asio's `async_wait`. Error: `unavailable`, where Asio waits for sockets only.
result<std::unique_ptr<descriptor_watch>> make_portable_watch(asio::io_context& io, loop& owner,
                                                              descriptor watched,
                                                              descriptor_listener& told);

/// Closes a socket that no Asio object owns.
void close_socket(any_socket::native_handle_type handle) noexcept;

class asio_backend final : public backend {
 public:
  explicit asio_backend(poller kind) : kind_(kind) {}

  time_point now() override;
  wall_time wall_now() override { return system_wall_time(); }
  std::uint64_t random() override { return random_(); }
  void poll() override;
  void wait(time_point deadline) override;
  void wake() override;
  result<std::unique_ptr<listening_socket>> listen(const endpoint& where,
                                                   const socket_options& options) override;
  std::unique_ptr<connecting_socket> connect(const endpoint& where, const socket_options& options,
                                             connecting_socket::connected handler) override;
  result<std::vector<endpoint>> resolve(const endpoint& name) override;
  result<std::unique_ptr<descriptor_watch>> watch_descriptor(descriptor watched,
                                                             descriptor_listener& told) override;
  void bind(loop& owner) override;

  /// Handlers of Asio that run at a time before the loop's own work goes on.
  static constexpr std::size_t handlers_per_look = 64;

  /// An operation of Asio was begun: it may be over at once, without an event.
  void expect_handlers() noexcept { handlers_expected_ = true; }

  /// Has the loop wake up for what happens at the descriptor of an Asio object, until that closes
  /// it or `unwatch`. False when the system cannot.
  template <class Handle>
  bool watch(const Handle& handle) noexcept {
    if constexpr (std::is_same_v<Handle, any_socket::native_handle_type>)
      return !native_ || native_->watch(handle);
    else  // Windows has a type of handle for each protocol, and no source of its own
      return true;
  }
  void unwatch(any_socket::native_handle_type handle) noexcept {
    if (native_)
      native_->unwatch(handle);
  }

  /// Takes over a connected socket that no io_context knows. One that cannot be watched becomes a
  /// transport whose first read fails.
  std::unique_ptr<transport> adopt(const any_socket::protocol_type& protocol,
                                   any_socket::native_handle_type handle);

 private:
  void set_alarm(time_point deadline);
  void collect(duration patience);
  void run_handlers();

  const poller kind_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::steady_timer alarm_{io_};  // without a native source
  time_point alarm_at_ = never;
  std::unique_ptr<readiness_source> native_;
  bool handlers_expected_ = false;
  std::mt19937_64 random_{std::random_device{}()};
  loop* owner_ = nullptr;
};

}  // namespace actornet::net
