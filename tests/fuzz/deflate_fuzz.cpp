// permessage-deflate: what comes in expands to the same however it is cut, within the limit; what
// goes out can be expanded again.
//
// Input: a byte that chooses the windows and what is kept, one that chooses where it is cut, then
// the bytes.

#include <algorithm>
#include <vector>

#include "fuzz_support.hpp"
#include "web/deflate.hpp"

namespace actornet::fuzz {
namespace {

using net::websocket_compression;
using status = websocket_compression::status;
using bytes = std::vector<std::byte>;

constexpr std::size_t bytes_max = 10'000;

struct expanded {
  status last = status::ok;
  bytes out;
};

expanded expand(web::deflate& by, std::span<const std::byte> message, std::uint32_t cuts) {
  number_sequence numbers(cuts);
  expanded all;
  do {
    const std::size_t next =
        cuts == 0 ? message.size() : std::min(numbers.up_to(20), message.size());
    all.last =
        by.expand(message.first(next), next == message.size(), bytes_max - all.out.size(), all.out);
    message = message.subspan(next);
  } while (!message.empty() && all.last == status::ok);
  require(all.out.size() <= bytes_max + (all.last == status::too_large ? 1 : 0),
          "no more comes out than the limit");
  return all;
}

}  // namespace
}  // namespace actornet::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace actornet;
  using namespace actornet::fuzz;
  input_reader input(data, size);
  const std::uint8_t choices = input.byte();
  const std::uint32_t cuts = input.byte() + 1u;
  const unsigned bits = 9 + choices % 7;
  const bool keeps = choices >= 128;
  const web::deflate_agreement agreed{bits, bits, keeps, keeps};
  web::deflate one({}, agreed);
  web::deflate other({}, agreed);
  for (int message = 0; message < 2; ++message) {  // the second one in the context of the first
    const expanded whole = expand(one, input.rest(), 0);
    const expanded cut = expand(other, input.rest(), cuts);
    // zlib notices a distance beyond the window only as far as the output before is not at hand.
    if (whole.last == status::malformed || cut.last == status::malformed)
      break;
    require(whole.last == cut.last, "the verdict does not depend on how the bytes arrive");
    require(whole.last != status::ok || whole.out == cut.out, "nor does what comes out");
    if (whole.last != status::ok)
      break;
  }
  web::deflate from({}, agreed);
  web::deflate to({}, agreed);
  const auto said = input.rest().first(std::min(input.rest().size(), bytes_max));
  bytes wire;
  from.compress(said.first(said.size() / 2), false, wire);
  from.compress(said.subspan(said.size() / 2), true, wire);
  const expanded heard = expand(to, wire, cuts);
  require(said.empty() || (heard.last == status::ok && std::ranges::equal(heard.out, said)),
          "what was compressed expands to itself");
  return 0;
}
