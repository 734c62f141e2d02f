// A listener of the web, with anything as a peer: requests, handshakes and frames get the same
// answers however they arrive.
//
// Input: a byte that chooses what is offered, one that chooses where the stream is cut, then the
// stream.

#include <memory>
#include <vector>

#include "actornet/web/web_filter.hpp"
#include "filter_transcript.hpp"

namespace actornet::fuzz {
namespace {

using net::filter;

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

transcript listen(std::uint8_t choices, std::span<const std::byte> stream, std::uint32_t cuts) {
  const auto here = server(choices);
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
  require(whole.open || whole.plain.empty(), "a request is no message");
  return 0;
}
