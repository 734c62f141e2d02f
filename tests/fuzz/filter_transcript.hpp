#pragma once

// What a filter makes of a stream, in one piece and in many.

#include <algorithm>
#include <span>
#include <vector>

#include "actornet/net/filter.hpp"
#include "fuzz_support.hpp"

namespace actornet::fuzz {

struct transcript {
  net::filter::outcome last;
  std::vector<std::byte> plain;
  std::vector<std::byte> wire;
  bool open = false;  ///< the handshake is over
};

/// Lets @p here hear @p stream; @p cuts: how it is cut, 0 not at all.
inline transcript hear(net::filter& here, std::span<const std::byte> stream, std::uint32_t cuts) {
  number_sequence numbers(cuts);
  transcript all;
  while ((!stream.empty() || here.has_more()) && all.last.state == net::filter::status::ok) {
    const std::size_t next = cuts == 0 ? stream.size() : std::min(numbers.up_to(20), stream.size());
    all.last = here.received(stream.first(next), all.plain, all.wire);
    stream = stream.subspan(next);
  }
  all.open = !here.handshaking();
  return all;
}

inline bool undecided(const transcript& all) {
  return !all.open && all.last.state == net::filter::status::ok;
}

/// What is heard must be the same however it arrives. Beast's parser may see what is wrong with the
/// fields of an unfinished header later or earlier, as it comes in pieces or in one: who has not
/// decided yet is not compared. False: nothing was compared.
inline bool require_same(const transcript& whole, const transcript& cut) {
  if (undecided(whole) || undecided(cut))
    return false;
  require(whole.open == cut.open, "the handshake does not depend on how the bytes arrive");
  require(whole.last.state == cut.last.state && whole.last.error == cut.last.error,
          "nor does the verdict");
  require(whole.wire == cut.wire, "nor do the answers");
  return true;
}

}  // namespace actornet::fuzz
