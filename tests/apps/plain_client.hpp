#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace actornet::echo {

/// A connection made with nothing but system calls: what a stranger sees of the server.
class plain_client {
 public:
  /// Connects to @p port of 127.0.0.1. Not open when that was refused.
  explicit plain_client(std::uint16_t port);
  ~plain_client() { close(); }
  plain_client(plain_client&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  plain_client& operator=(plain_client&& other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
  }

  bool is_open() const noexcept { return socket_ >= 0; }
  int descriptor() const noexcept { return socket_; }
  void close() noexcept;

  /// Hands over as much of @p bytes as the socket takes; how much that was. 0 also on errors.
  std::size_t send_some(std::string_view bytes);

  /// Bytes that were sent and that the server's system has not acknowledged: it may not have them.
  std::size_t unacknowledged() const;

  /// Sends without reading, until neither system takes more.
  void stuff();

  enum class outcome { bytes, nothing_yet, end, reset };

  /// Appends what came to @p text.
  outcome receive_some(std::string& text);

  /// Whether something to receive, or the end, comes within @p patience_ms.
  bool readable_within(int patience_ms) const;

  /// Whether @p bytes are what comes next; waits for as many, but not longer than for a minute.
  bool receives(std::string_view bytes);

  /// Sends @p bytes; whether they come back.
  bool echoes(std::string_view bytes) {
    return send_some(bytes) == bytes.size() && receives(bytes);
  }

  /// Waits for the server's end of the connection, whatever comes before it. `nothing_yet` after a
  /// minute.
  outcome wait_for_end();

 private:
  int socket_;
};

/// Waits until some of @p sockets can be read; their indices. None after a minute.
std::vector<std::size_t> wait_for_readable(const std::vector<const plain_client*>& sockets);

/// @p payload as a frame with a varint's length.
std::string delimited(std::string_view payload);

/// The port in `listening tcp://127.0.0.1:4711`.
std::uint16_t port_of(const std::string& listening);

}  // namespace actornet::echo
