#pragma once

// Real sockets without threads: the test turns the loop itself.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "actornet/net/acceptor.hpp"
#include "actornet/net/loop.hpp"

namespace actornet::net {

/// A loop on Asio with one open door, which keeps what comes in.
struct real_loop {
  explicit real_loop(poller kind) : on(make_asio_backend(kind)) {}

  void open_door(const std::string& uri = "tcp://127.0.0.1:0") {
    auto opened = acceptor::open(on, *parse_endpoint(uri), {}, [this](auto socket, auto ticket) {
      accepted.push_back(socket->attach(on));
      tickets.push_back(std::move(ticket));
    });
    ASSERT_TRUE(opened) << opened.error();
    door = *std::move(opened);
    door->start();
  }

  /// Turns until @p done, which must come without waiting for long.
  template <class Condition>
  [[nodiscard]] bool turn_until(Condition done, int turns_max = 100'000) {
    for (int i = 0; i < turns_max && !done(); ++i)
      on.turn(false);
    return done();
  }

  /// Begins to connect to the door; the connection's other end goes to `connected`.
  void connect() {
    attempts.push_back(on.driver().connect(door->local(), {}, [this](auto made) {
      ASSERT_TRUE(made) << made.error();
      connected.push_back(*std::move(made));
    }));
  }

  loop on;
  std::unique_ptr<acceptor> door;
  std::vector<admission_ticket> tickets;
  std::vector<std::unique_ptr<connecting_socket>> attempts;
  std::vector<std::unique_ptr<transport>> connected;
  std::vector<std::unique_ptr<transport>> accepted;
};

inline std::string poller_name(const testing::TestParamInfo<poller>& kind) {
  return kind.param == poller::native ? "native" : "portable";
}

}  // namespace actornet::net
