#pragma once

#include <cstdint>
#include <iosfwd>
#include <span>

#include "actornet/net/clock.hpp"

namespace actornet::sim {

/// What happened in a world, as the trace knows it.
enum class happening : std::uint8_t {
  turn,        // id: backend, count: 1 when the turn may search for its siblings' work
  choice,      // id: backend, count: the choice, content: of how many
  time,        // count: nanoseconds that passed, content: those that were a clock jump
  connecting,  // id: connection, content: port
  connected,   // id: connection
  refused,     // id: connection
  accepted,    // id: connection
  failed,      // id: connection, an accept or connect that found no descriptor left
  written,     // id: connection, count: bytes, content: their hash
  landed,      // id: connection, count: bytes; they reached the receiver's buffer
  read,        // id: connection, count: bytes, content: their hash
  end,         // id: connection; an end of stream reached the receiver
  reset,       // id: connection, count: unread bytes that it took with it
  closed,      // id: connection, count: unread bytes that were discarded
  cut,         // id: connection, or 0: an address
  healed,      // id: connection, or 0: an address
  spurious,    // id: connection, count: which kind
};

const char* to_string(happening kind) noexcept;

/// Folds everything that happens into one number, and writes it down when asked to. Two runs of the
/// same program with the same seed have the same hash: nothing in it depends on addresses.
class trace {
 public:
  /// @p side: which end of connection @p id it happened at (0 the client's, 1 the server's).
  void note(net::time_point when, happening kind, std::uint64_t id, std::uint64_t side = 0,
            std::uint64_t count = 0, std::uint64_t content = 0);

  std::uint64_t hash() const noexcept { return hash_; }

  /// Null stops writing. @p out must outlive the trace.
  void write_to(std::ostream* out) noexcept { out_ = out; }

 private:
  void fold(std::uint64_t word) noexcept;

  std::uint64_t hash_ = 0x9ae16a3b2f90404fu;
  std::ostream* out_ = nullptr;
};

/// FNV-1a, 64 bits; @p so_far continues one.
std::uint64_t hash_bytes(std::span<const std::byte> bytes,
                         std::uint64_t so_far = 0xcbf29ce484222325u) noexcept;

/// Writes "1.234567890 s".
void write_seconds(std::ostream& out, net::duration time);

}  // namespace actornet::sim
