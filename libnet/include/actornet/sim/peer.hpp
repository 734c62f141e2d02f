#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "actornet/net/backend.hpp"
#include "actornet/net/endpoint.hpp"
#include "actornet/sim/world.hpp"

namespace actornet::sim {

class peer_state;

/// The other end of a connection in a test: raw bytes, without a loop. What it does is a script: a
/// queue of steps, each begun when the one before is done and the connection stands. It reads
/// whatever comes, at once.
///
/// Movable; destroying it closes. Must not outlive its world. Single-threaded.
class peer {
 public:
  /// Connects from the machine @p from; see `connected` and `connect_error`.
  peer(world& in, const net::endpoint& to, const std::string& from = home_address,
       const net::socket_options& how = {});
  ~peer();
  peer(peer&&) noexcept;
  peer& operator=(peer&&) noexcept;

  // -- script: steps in this order ----------------------------------------------------------------

  /// Done when all bytes are in the send buffer.
  peer& send(std::string_view bytes);
  peer& send(std::span<const std::byte> bytes);

  /// Sends @p bytes cut at @p offsets (ascending), pausing at each cut. A pause longer than
  /// `faults::delay_max` makes the receiver see the pieces apart.
  peer& send_in_pieces(std::string_view bytes, std::span<const std::size_t> offsets,
                       net::duration pause);
  peer& send_in_pieces(std::string_view bytes, std::initializer_list<std::size_t> offsets,
                       net::duration pause) {
    return send_in_pieces(bytes, std::span(offsets.begin(), offsets.size()), pause);
  }

  peer& wait(net::duration pause);
  peer& shutdown_write();  ///< an end of stream follows the bytes; reading goes on
  peer& close();           ///< as close(2): a reset when bytes are unread or still come

  // -- at once ------------------------------------------------------------------------------------

  /// Closes with a reset; what was not sent yet is dropped.
  void reset();

  /// A reset follows the @p bytes -th byte that it sends; the rest of the script is dropped.
  peer& reset_after(std::size_t bytes);

  void stop_reading();  ///< bytes stay in its receive buffer until that is full
  void resume_reading();

  /// Holds everything on this connection until `heal`.
  void partition();
  void heal();

  /// Called when bytes came, with them; may use the script.
  void on_received(std::function<void(std::string_view)> callback);

  // -- what it saw --------------------------------------------------------------------------------

  bool connected() const noexcept;                 ///< did connect, whatever came then
  std::error_code connect_error() const noexcept;  ///< connection_refused, connection_reset
  const std::string& received() const noexcept;    ///< since the last `take_received`
  std::string take_received();
  std::size_t received_bytes() const noexcept;  ///< in all
  std::size_t sent_bytes() const noexcept;      ///< that are in the send buffer or further
  bool script_done() const noexcept;
  bool saw_end_of_stream() const noexcept;
  bool saw_reset() const noexcept;

  /// Nothing more can happen here: it closed, was reset or did not connect.
  bool closed() const noexcept;

 private:
  friend class peer_listener;
  explicit peer(std::shared_ptr<peer_state> state) noexcept;

  std::shared_ptr<peer_state> state_;
};

/// A listening peer, for programs that connect. Must not outlive its world.
class peer_listener {
 public:
  /// Listens on the machine @p host. Throws std::system_error when it cannot.
  peer_listener(world& in, const net::endpoint& where, const std::string& host = home_address,
                const net::socket_options& how = {});
  ~peer_listener();  ///< resets what was not accepted
  peer_listener(peer_listener&&) noexcept;
  peer_listener& operator=(peer_listener&&) noexcept;

  const net::endpoint& local() const noexcept;
  std::size_t waiting() const noexcept;  ///< connections in the backlog
  peer accept();                         ///< @pre waiting() > 0

 private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

}  // namespace actornet::sim
