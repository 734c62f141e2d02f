#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "actornet/net/loop.hpp"

namespace actornet::load {

/// Opens many connections, not too many at once. The first one goes alone and tries the target's
/// addresses in turn; the others follow to the address that answered. Loop-bound.
class connection_opener {
 public:
  static constexpr std::uint32_t pending_max = 512;
  static constexpr net::duration patience = std::chrono::seconds(10);

  /// Connection number @p index has a socket.
  using connected = std::function<void(std::uint32_t index, std::unique_ptr<net::transport>)>;

  /// There will be no further connection, because one could not be made; `timed_out`: because no
  /// connection was settled for as long as `patience`. Once.
  using failed = std::function<void(std::error_code why)>;

  /// @p addresses numeric and at least one.
  connection_opener(net::loop& on, std::vector<net::endpoint> addresses, std::uint32_t count,
                    connected on_connected, failed on_failed);

  /// Lets @p change change the options of each connection's socket. Before `start`.
  using tuning = std::function<void(std::uint32_t index, net::socket_options& options)>;
  void tune(tuning change) { tuning_ = std::move(change); }

  void start();

  /// Connection @p index proved that the server took it: another one may begin.
  void settle(std::uint32_t index);

  /// Gives up what is under way. Not inside a callback.
  void stop();

  std::uint32_t settled() const noexcept { return settled_; }
  bool all_settled() const noexcept { return settled_ == count_; }

 private:
  void open_more();
  void open(std::uint32_t index);
  void try_next_address();
  void fail(std::error_code why);
  void on_silence() { fail(errc::timed_out); }

  net::loop& loop_;
  const std::vector<net::endpoint> addresses_;
  const std::uint32_t count_;
  const connected on_connected_;
  const failed on_failed_;
  tuning tuning_;
  std::vector<std::unique_ptr<net::connecting_socket>> attempts_;
  std::size_t address_ = 0;  // of addresses_
  std::uint32_t begun_ = 0;
  std::uint32_t settled_ = 0;
  bool over_ = false;
  net::timer silence_{net::entry_of<&connection_opener::on_silence>(*this)};
};

}  // namespace actornet::load
