// A client's handshake, with anything as the server's answer: it says the same however the answer
// arrives, and nothing comes out before a good one.
//
// Input: a byte that chooses what is offered, one that chooses where the stream is cut, then the
// stream.

#include <memory>
#include <vector>

#include "actornet/web/websocket_client.hpp"
#include "fuzz_support.hpp"

namespace actornet::fuzz {
namespace {

using net::filter;
using bytes = std::vector<std::byte>;

std::uint64_t any_key(void*) {
  return 0x1234'5678;
}

std::unique_ptr<filter> client(std::uint8_t choices) {
  web::websocket_client_options options;
  options.host = "x";
  options.header_bytes_max = 1000;
  options.message_bytes_max = 1000;
  if (choices & 1)
    options.protocols = {{"v1", net::websocket_rules::data::text}, {"v2"}};
  if (choices & 2)
    options.deflate = {.context_takeover = (choices & 4) != 0};
  return web::websocket_client(std::move(options), any_key, nullptr);
}

struct transcript {
  filter::outcome last;
  bytes plain;
  bytes wire;
  bool open = false;
};

transcript listen(std::uint8_t choices, std::span<const std::byte> stream, std::uint32_t cuts) {
  const auto here = client(choices);
  number_sequence numbers(cuts);
  transcript all;
  bytes request;
  here->begin(request);
  while ((!stream.empty() || here->has_more()) && all.last.state == filter::status::ok) {
    const std::size_t next = cuts == 0 ? stream.size() : std::min(numbers.up_to(20), stream.size());
    all.last = here->received(stream.first(next), all.plain, all.wire);
    stream = stream.subspan(next);
  }
  all.open = !here->handshaking();
  return all;
}

bool undecided(const transcript& all) {
  return !all.open && all.last.state == filter::status::ok;
}

}  // namespace
}  // namespace actornet::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace actornet::fuzz;
  input_reader input(data, size);
  const std::uint8_t choices = input.byte();
  const std::uint32_t cuts = input.byte() + 1u;
  const transcript whole = listen(choices, input.rest(), 0);
  const transcript cut = listen(choices, input.rest(), cuts);
  // Beast's parser may see what is wrong with the fields of an unfinished header later or earlier,
  // as it comes in pieces or in one: who has not decided yet is not compared.
  if (undecided(whole) || undecided(cut))
    return 0;
  require(whole.open == cut.open, "the handshake does not depend on how the bytes arrive");
  require(whole.last.state == cut.last.state && whole.last.error == cut.last.error,
          "nor does the verdict");
  require(whole.wire == cut.wire, "nor do the answers");
  require(whole.open || (whole.plain.empty() && whole.wire.empty()),
          "nothing comes out before the handshake is over");
  return 0;
}
