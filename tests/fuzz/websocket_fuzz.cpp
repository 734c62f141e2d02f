// The frames of a WebSocket: however they are cut they mean the same, what comes out are messages
// within the limit (text is UTF-8), and what was understood can be said again.
//
// Input: a byte that chooses side and kind, one that chooses the limit, one that chooses where the
// stream is cut, then the stream.

#include <vector>

#include "actornet/net/framing.hpp"
#include "actornet/net/utf8.hpp"
#include "actornet/net/websocket_codec.hpp"
#include "fuzz_support.hpp"

namespace actornet::fuzz {
namespace {

using net::filter;
using net::websocket_codec;
using net::websocket_rules;
using bytes = std::vector<std::byte>;

constexpr std::uint32_t limits[] = {0, 1, 125, 126, 1000, 65536};

struct transcript {
  filter::outcome last;
  bytes plain;
  bytes wire;
  std::uint16_t close_code = 0;
};

std::uint64_t any_key(void*) {
  return 0x1234'5678;
}

transcript listen(const websocket_rules& rules, std::span<const std::byte> stream,
                  std::uint32_t cuts) {
  websocket_codec codec(rules);
  number_sequence numbers(cuts);
  transcript all;
  while (!stream.empty() && all.last.state == filter::status::ok) {
    const std::size_t next = cuts == 0 ? stream.size() : std::min(numbers.up_to(20), stream.size());
    const bytes piece(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(next));
    all.last = codec.received(piece, all.plain, all.wire);
    stream = stream.subspan(next);
  }
  all.close_code = codec.peer_close_code();
  return all;
}

// The whole messages in what came out, as they stand there.
bytes check_messages(const websocket_rules& rules, std::span<const std::byte> plain) {
  net::frame_decoder decoder(net::framing::delimited, rules.message_bytes_max);
  bytes whole;
  for (;;) {
    const auto got = decoder.decode(plain);
    require(got.state != net::frame_decoder::status::error, "what comes out is within the limit");
    if (got.state == net::frame_decoder::status::need_more)
      return whole;
    if (rules.kind == websocket_rules::data::text) {
      net::utf8_validator text;
      require(text.append(got.payload) && text.complete(), "text is UTF-8");
    }
    const auto message = plain.first(got.consumed);
    whole.insert(whole.end(), message.begin(), message.end());
    plain = plain.subspan(got.consumed);
  }
}

void check_again(websocket_rules rules, const bytes& messages, std::uint32_t cuts) {
  rules.role = websocket_rules::side::client;
  rules.random = any_key;
  websocket_codec speaker(rules);
  bytes wire;
  speaker.sending(messages, wire);
  rules.role = websocket_rules::side::server;
  const transcript heard = listen(rules, wire, cuts);
  require(heard.last.state == filter::status::ok && heard.plain == messages,
          "what was understood can be said again");
}

}  // namespace
}  // namespace actornet::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace actornet::fuzz;
  input_reader input(data, size);
  const std::uint8_t choices = input.byte();
  websocket_rules rules;
  rules.role = choices & 1 ? websocket_rules::side::client : websocket_rules::side::server;
  rules.kind = choices & 2 ? websocket_rules::data::text : websocket_rules::data::binary;
  rules.message_bytes_max = limits[input.byte() % std::size(limits)];
  rules.random = any_key;
  const std::uint32_t cuts = input.byte() + 1u;
  const transcript whole = listen(rules, input.rest(), 0);
  const transcript cut = listen(rules, input.rest(), cuts);
  require(whole.last.state == cut.last.state && whole.last.error == cut.last.error,
          "the verdict does not depend on how the bytes arrive");
  require(whole.wire == cut.wire, "nor do the answers");
  require(whole.close_code == cut.close_code, "nor does the code of the close");
  const bytes messages = check_messages(rules, whole.plain);
  require(messages == check_messages(rules, cut.plain), "nor do the messages");
  check_again(rules, messages, cuts);
  return 0;
}
