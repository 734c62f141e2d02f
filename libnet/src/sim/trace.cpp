#include "trace.hpp"

#include <cstddef>
#include <ostream>
#include <string>

#include "clock_origin.hpp"

namespace actornet::sim {

const char* to_string(happening kind) noexcept {
  switch (kind) {
    case happening::turn:
      return "turn";
    case happening::choice:
      return "choice";
    case happening::time:
      return "time";
    case happening::connecting:
      return "connecting";
    case happening::connected:
      return "connected";
    case happening::refused:
      return "refused";
    case happening::accepted:
      return "accepted";
    case happening::failed:
      return "failed";
    case happening::written:
      return "written";
    case happening::landed:
      return "landed";
    case happening::read:
      return "read";
    case happening::end:
      return "end";
    case happening::reset:
      return "reset";
    case happening::closed:
      return "closed";
    case happening::cut:
      return "cut";
    case happening::healed:
      return "healed";
    case happening::spurious:
      return "spurious";
  }
  return "?";
}

void trace::fold(std::uint64_t word) noexcept {
  hash_ = (hash_ ^ word) * 0x9fb21c651e98df25u;
  hash_ ^= hash_ >> 35;
}

void trace::note(net::time_point when, happening kind, std::uint64_t id, std::uint64_t side,
                 std::uint64_t count, std::uint64_t content) {
  const net::duration elapsed = when - clock_origin;
  fold(static_cast<std::uint64_t>(elapsed.count()));
  fold(static_cast<std::uint64_t>(kind) | (side << 8));
  fold(id);
  fold(count);
  fold(content);
  if (!out_)
    return;
  write_seconds(*out_, elapsed);
  *out_ << ' ' << to_string(kind) << " #" << id << (side == 0 ? " client " : " server ") << count
        << ' ' << content << '\n';
}

std::uint64_t hash_bytes(std::span<const std::byte> bytes, std::uint64_t so_far) noexcept {
  for (const std::byte one : bytes)
    so_far = (so_far ^ static_cast<std::uint64_t>(one)) * 0x100000001b3u;
  return so_far;
}

void write_seconds(std::ostream& out, net::duration time) {
  constexpr net::duration::rep per_second = 1'000'000'000;
  const std::string fraction = std::to_string(time.count() % per_second);
  out << time.count() / per_second << '.' << std::string(9 - fraction.size(), '0') << fraction
      << " s";
}

}  // namespace actornet::sim
