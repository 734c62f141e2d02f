// A client's handshake, with anything as the server's answer: it says the same however the answer
// arrives, and nothing comes out before a good one.
//
// Input: a byte that chooses what is offered, one that chooses where the stream is cut, then the
// stream.

#include <memory>
#include <vector>

#include "actornet/web/websocket_client.hpp"
#include "filter_transcript.hpp"

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

transcript listen(std::uint8_t choices, std::span<const std::byte> stream, std::uint32_t cuts) {
  const auto here = client(choices);
  bytes request;
  here->begin(request);
  return hear(*here, stream, cuts);
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
  if (!require_same(whole, cut))
    return 0;
  require(whole.open || (whole.plain.empty() && whole.wire.empty()),
          "nothing comes out before the handshake is over");
  return 0;
}
