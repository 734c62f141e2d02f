#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <random>

#include "actornet/net/backend.hpp"
#include "actornet/net/process_clock.hpp"

namespace actornet::net {

namespace asio = boost::asio;
using any_socket = asio::generic::stream_protocol::socket;

/// Readiness outside of Asio's own, where a platform has something better. Asio waits for the
/// source (`wait_for_any`), the source is asked by `collect`.
class readiness_source {
 public:
  virtual ~readiness_source() = default;

  /// Puts the owners of ready transports into the run queue; never waits. Returns how many.
  virtual std::size_t collect() = 0;

  /// Makes `io_context::run_one` return when there is something to collect.
  virtual void wait_for_any() = 0;

  virtual std::unique_ptr<transport> make_transport(any_socket::native_handle_type handle) = 0;
};

/// The platform's own source; null where Asio's `async_wait` is the best.
std::unique_ptr<readiness_source> make_native_readiness(asio::io_context& io, loop& owner);

/// A transport on Asio's `async_wait`, for every platform.
std::unique_ptr<transport> make_portable_transport(any_socket socket, loop& owner);

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
  void bind(loop& owner) override;

  /// Handlers of Asio that run at a time before the loop's own work goes on.
  static constexpr std::size_t handlers_per_look = 64;

  /// Takes over a connected socket that no io_context knows. One that cannot be watched becomes a
  /// transport whose first read fails.
  std::unique_ptr<transport> adopt(const any_socket::protocol_type& protocol,
                                   any_socket::native_handle_type handle);

 private:
  void set_alarm(time_point deadline);
  bool asio_is_due() noexcept;
  void run_handlers();

  static constexpr unsigned looks_between_asio = 8;  // of a busy loop

  const poller kind_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::steady_timer alarm_{io_};
  time_point alarm_at_ = never;
  std::unique_ptr<readiness_source> native_;
  std::size_t last_collected_ = 0;
  unsigned looks_without_asio_ = 0;
  std::mt19937_64 random_{std::random_device{}()};
  loop* owner_ = nullptr;
};

}  // namespace actornet::net
