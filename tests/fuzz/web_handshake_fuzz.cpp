// A listener of the web, with anything as a peer: requests, handshakes and frames get the same
// answers however they arrive.
//
// Input: a byte that chooses what is offered, one that chooses where the stream is cut, then the
// stream.

#include <memory>
#include <vector>

#include "actornet/web/web_filter.hpp"
#include "fuzz_support.hpp"

namespace actornet::fuzz {
namespace {

using net::filter;
using bytes = std::vector<std::byte>;

std::unique_ptr<filter> server(std::uint8_t choices) {
  web::web_options options;
  options.on_request = [](const web::http_request& request) -> web::http_response {
    return {200, {{"X", request.target}}, request.body};
  };
  options.header_bytes_max = 1000;
  options.body_bytes_max = 1000;
  options.answers_bytes_max = 1'000'000;  // who is cut off there depends on how bytes arrive
  options.websocket.emplace();
  options.websocket->message_bytes_max = 1000;
  options.websocket->protocols = {{"v1", net::websocket_rules::data::text}, {"v2"}};
  if (choices & 1)
    options.websocket->deflate = {.context_takeover = (choices & 2) != 0};
  return web::web_filter(std::move(options))();
}

struct transcript {
  filter::outcome last;
  bytes plain;
  bytes wire;
  bool open = false;
};

transcript listen(std::uint8_t choices, std::span<const std::byte> stream, std::uint32_t cuts) {
  const auto here = server(choices);
  number_sequence numbers(cuts);
  transcript all;
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
  require(whole.open || whole.plain.empty(), "a request is no message");
  return 0;
}
