#pragma once

// What tests of the simulator need of a program: loops, listening, and a transport's owner that
// does as it is told.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "actornet/net/loop.hpp"
#include "actornet/sim/peer.hpp"
#include "actornet/sim/world.hpp"

namespace actornet::sim {

using namespace std::chrono_literals;

inline net::endpoint tcp(std::string host, std::uint16_t port) {
  return {net::endpoint::scheme::tcp, std::move(host), port};
}

inline net::endpoint unix_socket(std::string path) {
  return {net::endpoint::scheme::local, std::move(path), 0};
}

inline options calm() {
  return {.faults = faults::calm()};
}

/// Options with these buffers; 0 is the default.
inline net::socket_options buffers(std::size_t send_bytes, std::size_t receive_bytes) {
  net::socket_options how;
  how.send_buffer_bytes = send_bytes;
  how.receive_buffer_bytes = receive_bytes;
  return how;
}

/// A listening socket that must work.
inline std::unique_ptr<net::listening_socket> listen(net::loop& on,
                                                     const net::endpoint& where = tcp("127.0.0.1",
                                                                                      0),
                                                     const net::socket_options& how = {}) {
  auto opened = on.driver().listen(where, how);
  EXPECT_TRUE(opened) << opened.error();
  return opened ? *std::move(opened) : nullptr;
}

/// An end in a loop that reads all it can and writes what it is given.
class loop_end {
 public:
  loop_end(net::loop& on, std::unique_ptr<net::transport> connected)
      : loop_(on), transport_(std::move(connected)) {
    transport_->set_owner(net::entry_of<&loop_end::on_ready>(*this));
    transport_->arm_read();
  }

  net::transport& transport() { return *transport_; }

  /// Writes once. @p bytes must not be empty.
  net::io_result write(std::string_view bytes) {
    const auto part = std::as_bytes(std::span(bytes));
    return transport_->write_some(std::span(&part, 1));
  }

  std::string received;
  net::io_result last_read;
  bool reads = true;
  int runs = 0;           ///< of the entry
  int writable_runs = 0;  ///< of those, with room to write

 private:
  void on_ready() {
    transport_->leave_queue();
    ++runs;
    writable_runs += transport_->writable() ? 1 : 0;
    while (reads) {
      last_read = transport_->read_some(loop_.read_buffer());
      if (last_read.state != net::io_result::status::ok)
        break;
      received.append(reinterpret_cast<const char*>(loop_.read_buffer().data()), last_read.bytes);
    }
    if (reads && last_read.state == net::io_result::status::would_block)
      transport_->arm_read();
  }

  net::loop& loop_;
  std::unique_ptr<net::transport> transport_;
};

/// A loop with one connection between it and a peer, both ready.
struct pair_of_ends {
  explicit pair_of_ends(world& in, const net::socket_options& peer_how = {},
                        const net::socket_options& loop_how = {})
      : loop(in.make_backend()),
        listener(listen(loop, tcp("127.0.0.1", 0), loop_how)),
        peer(in, listener->local(), home_address, peer_how) {
    listener->accept([this](auto accepted) {
      EXPECT_TRUE(accepted);
      end = std::make_unique<loop_end>(loop, (*accepted)->attach(loop));
    });
    EXPECT_TRUE(in.run_until([this] { return end && peer.connected(); })) << in;
  }

  net::loop loop;
  std::unique_ptr<net::listening_socket> listener;
  sim::peer peer;
  std::unique_ptr<loop_end> end;
};

/// @p bytes of text that does not repeat soon.
inline std::string pattern(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i)
    text += std::to_string(i) + ',';
  text.resize(bytes);
  return text;
}

}  // namespace actornet::sim
