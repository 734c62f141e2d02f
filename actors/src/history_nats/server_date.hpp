#pragma once

#include <cstdint>
#include <string>

#include "actornet/nats/connection.hpp"
#include "actornet/net/timer_wheel.hpp"

namespace actornet::nats::detail {

/// The date by the servers' clocks: a message is stored now and then, and the date that it got says
/// what the time was between the question and its answer. On the connection's loop.
class server_date {
 public:
  static constexpr net::duration ask_every = std::chrono::seconds(60);
  static constexpr net::duration try_again = std::chrono::seconds(1);
  static constexpr net::duration timeout = std::chrono::seconds(2);

  /// Stores at @p subject, which is of @p stream.
  server_date(connection& over, std::string stream, std::string subject)
      : over_(over), stream_(std::move(stream)), subject_(std::move(subject)) {}
  server_date(const server_date&) = delete;
  server_date& operator=(const server_date&) = delete;

  /// The stream is there.
  void start() { ask(); }

  /// Unix time in milliseconds; before the first answer by this machine's clock.
  std::int64_t now_ms() const;
  bool known() const noexcept { return known_; }

 private:
  void ask();
  void look_up(std::uint64_t number);
  void take(std::string_view answer);
  void again(net::duration wait);

  connection& over_;
  const std::string stream_;
  const std::string subject_;
  bool known_ = false;
  bool asking_ = false;
  std::int64_t offset_ms_ = 0;  // of the date from the loop's monotonic clock
  net::time_point stored_after_;
  net::time_point stored_before_;
  net::timer again_{net::entry_of<&server_date::ask>(*this)};
  cluster::operation asked_;
};

}  // namespace actornet::nats::detail
