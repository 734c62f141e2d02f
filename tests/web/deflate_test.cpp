// permessage-deflate (RFC 7692): the server's handshake, and messages in both directions.

#include <gtest/gtest.h>

#include <string>

#include "actornet/web/web_filter.hpp"
#include "filter_pair.hpp"
#include "web/deflate.hpp"

namespace actornet::web {
namespace {

using namespace std::string_literals;
using net::websocket_codec;
using net::websocket_rules;
using net::framing_checks::bytes_of;
using net::framing_checks::text_of;
using status = net::filter::status;
using bytes = std::vector<std::byte>;

constexpr deflate_options all_messages{.message_bytes_min = 1};

/// The client's end of the wire is the test: keys of zeros mask nothing.
std::string frame(unsigned head, std::string_view payload) {
  std::string made(1, static_cast<char>(head));
  if (payload.size() < 126)
    made += static_cast<char>(0x80 | payload.size());
  else
    made += "\xfe"s + static_cast<char>(payload.size() >> 8) + static_cast<char>(payload.size());
  return made + "\0\0\0\0"s + std::string(payload);
}

struct heard {
  net::filter::outcome last{};
  std::string plain{};
  std::string wire{};
  bool operator==(const heard& other) const {
    return last.state == other.last.state && last.error == other.last.error &&
           plain == other.plain && wire == other.wire;
  }
};

heard hear(websocket_codec& by, std::string_view input, std::size_t piece = std::string::npos) {
  heard all;
  bytes plain;
  bytes wire;
  while ((!input.empty() || by.has_more()) && all.last.state == status::ok) {
    all.last = by.received(bytes_of(input.substr(0, piece)), plain, wire);
    input.remove_prefix(std::min(piece, input.size()));
  }
  return {all.last, text_of(plain), text_of(wire)};
}

websocket_codec server(const websocket_rules& rules = {},
                       const deflate_options& options = all_messages,
                       const deflate_agreement& agreed = {}) {
  return websocket_codec(rules, std::make_unique<deflate>(options, agreed));
}

/// The same, however the bytes come.
heard hear(std::string_view input, const websocket_rules& rules = {}) {
  websocket_codec whole = server(rules);
  const heard all = hear(whole, input);
  for (std::size_t piece = 1; piece < std::min<std::size_t>(input.size(), 40); ++piece) {
    websocket_codec split = server(rules);
    EXPECT_EQ(hear(split, input, piece), all) << "pieces of " << piece;
  }
  return all;
}

const std::string hello = "\xf2\x48\xcd\xc9\xc9\x07\x00"s;

std::string closing(unsigned code) {
  return "\x88\x02"s + static_cast<char>(code >> 8) + static_cast<char>(code);
}

// -- what comes in --------------------------------------------------------------------------------

TEST(deflate, the_examples_of_the_rfc) {
  const std::pair<const char*, std::string> examples[] = {
      {"one block", frame(0xc2, hello)},
      {"two fragments", frame(0x42, hello.substr(0, 3)) + frame(0x80, hello.substr(3))},
      {"no compression", frame(0xc2, "\x00\x05\x00\xfa\xffHello\x00"s)},
      {"a final block", frame(0xc2, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s)},
      {"two blocks", frame(0xc2, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s)},
      {"not compressed", frame(0x82, "Hello")},
  };
  for (const auto& [what, came] : examples) {
    const heard all = hear(came);
    EXPECT_EQ(all.last.state, status::ok) << what;
    EXPECT_EQ(all.plain, "\x05Hello") << what;
  }
}

TEST(deflate, a_context_that_is_kept_is_used_by_the_next_message) {
  const std::string both = frame(0xc2, hello) + frame(0xc2, "\xf2\x00\x11\x00\x00"s);
  websocket_codec keeps = server({}, all_messages, {.they_keep_context = true});
  EXPECT_EQ(hear(keeps, both).plain, "\x05Hello\x05Hello");
  websocket_codec drops = server();
  const heard all = hear(drops, both);
  EXPECT_EQ(all.last.error, errc::message_malformed);
  EXPECT_EQ(all.wire, closing(1007));
}

TEST(deflate, control_frames_come_between_fragments_and_are_never_compressed) {
  const heard all = hear(frame(0x42, hello.substr(0, 3)) + frame(0x89, "p") +
                         frame(0x80, hello.substr(3)) + frame(0x82, "x"));
  EXPECT_EQ(all.plain, "\x05Hello\x01x");
  EXPECT_EQ(all.wire, "\x8a\x01p");
}

TEST(deflate, the_bit_stands_only_where_it_may) {
  for (const std::string& bad :
       {frame(0xc9, "p"), frame(0x42, hello.substr(0, 3)) + frame(0xc0, hello.substr(3)),
        frame(0xa2, "x"), frame(0xe2, hello), frame(0x92, "x")}) {
    const heard all = hear(bad);
    EXPECT_EQ(all.last.error, errc::frame_malformed);
    EXPECT_EQ(all.wire, closing(1002));
  }
}

TEST(deflate, what_cannot_be_expanded_is_malformed) {
  for (const std::string& bad : {"\xff\xff\xff\xff"s, "\x00\x05\x00\xfa\x00"s + "Hello"s}) {
    const heard all = hear(frame(0xc2, bad));
    EXPECT_EQ(all.last.error, errc::message_malformed);
    EXPECT_EQ(all.plain, "");
    EXPECT_EQ(all.wire, closing(1007));
  }
}

TEST(deflate, text_is_looked_at_once_it_is_expanded) {
  websocket_rules text;
  text.kind = websocket_rules::data::text;
  EXPECT_EQ(hear(frame(0xc1, hello), text).plain, "\x05Hello");
  const heard bad = hear(frame(0xc1, "\x00\x01\x00\xfe\xff\xff\x00"s), text);
  EXPECT_EQ(bad.last.error, errc::message_malformed);
  EXPECT_EQ(bad.plain, "");
}

std::string deflated(std::string_view message) {
  bytes out;
  deflate({}, {}).compress(bytes_of(message), true, out);
  return text_of(out);
}

TEST(deflate, the_limit_is_that_of_what_comes_out_and_holds_as_it_does) {
  websocket_rules rules;
  rules.message_bytes_max = 100'000;
  const auto longest = hear(frame(0xc2, deflated(std::string(100'000, 'x'))), rules);
  EXPECT_EQ(longest.last.state, status::ok);
  EXPECT_EQ(longest.plain.size(), 100'003u);
  const std::string bomb = deflated(std::string(10'000'000, 'x'));
  ASSERT_LT(bomb.size(), 60'000u);
  const heard all = hear(frame(0xc2, bomb.substr(0, 5'000)), rules);  // not even its end
  EXPECT_EQ(all.last.error, errc::frame_too_large);
  EXPECT_EQ(all.plain, "");
  EXPECT_EQ(all.wire, closing(1009));
}

TEST(deflate, one_call_gives_few_messages_however_small_they_were) {
  std::string many;
  for (int i = 0; i < 100; ++i)
    many += frame(0xc2, deflated(std::string(60'000, 'x')));
  websocket_codec by = server();
  bytes plain;
  bytes wire;
  by.received(bytes_of(many), plain, wire);
  EXPECT_TRUE(by.has_more());
  EXPECT_LE(plain.size(), websocket_codec::expanded_bytes_max + 60'003);
  EXPECT_EQ(hear(by, {}).plain.size() + plain.size(), 100u * 60'003);
  EXPECT_FALSE(by.has_more());
}

// -- what goes out --------------------------------------------------------------------------------

std::string say(websocket_codec& by, std::string_view delimited,
                std::size_t piece = std::string::npos) {
  bytes wire;
  for (; !delimited.empty(); delimited.remove_prefix(std::min(piece, delimited.size())))
    by.sending(bytes_of(delimited.substr(0, piece)), wire);
  return text_of(wire);
}

TEST(deflate, says_what_the_rfc_says) {
  websocket_codec by = server();
  EXPECT_EQ(say(by, "\x05Hello\x05Hello", 4), "\xc2\x07"s + hello + "\xc2\x07" + hello);
  websocket_codec keeps = server({}, all_messages, {.we_keep_context = true});
  EXPECT_EQ(say(keeps, "\x05Hello\x05Hello"),
            "\xc2\x07"s + hello + "\xc2\x05\xf2\x00\x11\x00\x00"s);
}

TEST(deflate, short_messages_go_as_they_are) {
  websocket_codec by = server({}, {.message_bytes_min = 6});
  EXPECT_EQ(say(by, "\x05Hello"), "\x82\x05Hello");
  EXPECT_EQ(say(by, "\x06Hello!").substr(0, 1), "\xc2");
}

TEST(deflate, with_a_window_too_small_for_zlib_nothing_is_compressed) {
  websocket_codec by = server({}, all_messages, {.our_window_bits = 8});
  EXPECT_EQ(say(by, "\x05Hello"), "\x82\x05Hello");
}

TEST(deflate, what_is_said_is_heard_with_every_window) {
  std::string message;
  for (int i = 0; message.size() < 60'000; ++i)
    message += std::to_string(i * i) + (i % 7 == 0 ? std::string(500, 'x') : " ");
  const std::string delimited = net::framing_checks::on_the_wire(net::framing::delimited, message);
  for (unsigned bits = 9; bits <= 15; ++bits)
    for (const bool keeps : {false, true}) {
      const deflate_agreement agreed{bits, bits, keeps, keeps};
      websocket_codec from = server({}, {.level = 9}, agreed);
      websocket_rules client;
      client.role = websocket_rules::side::client;
      websocket_codec to(client, std::make_unique<deflate>(all_messages, agreed));
      for (int i = 0; i < 3; ++i) {
        const std::string wire = say(from, delimited, 1000);
        EXPECT_LT(wire.size(), message.size() / 2);
        EXPECT_EQ(hear(to, wire, 333).plain, delimited) << bits;
      }
    }
}

// -- the handshake --------------------------------------------------------------------------------

std::string answer_to(const std::string& fields, const deflate_options& options = {}) {
  web_options web;
  web.websocket.emplace().deflate = options;
  const auto filter = web_filter(web)();
  bytes plain;
  bytes wire;
  filter->received(
      bytes_of("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
               fields + "\r\n"),
      plain, wire);
  EXPECT_FALSE(filter->handshaking());
  const std::string name = "Sec-WebSocket-Extensions: ";
  const std::string text = text_of(wire);
  const auto at = text.find(name);
  return at == std::string::npos
             ? ""
             : text.substr(at + name.size(), text.find("\r\n", at) - at - name.size());
}

std::string offer(const std::string& parameters) {
  return "Sec-WebSocket-Extensions: permessage-deflate" + parameters + "\r\n";
}

TEST(deflate, the_server_takes_offers_with_its_own_windows) {
  const std::string none =
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  EXPECT_EQ(answer_to(offer("")), none + "; server_max_window_bits=12");
  EXPECT_EQ(answer_to(offer("; client_max_window_bits")),
            none + "; server_max_window_bits=12; client_max_window_bits=12");
  EXPECT_EQ(answer_to(offer("; client_max_window_bits=10; server_max_window_bits=\"9\"")),
            none + "; server_max_window_bits=9; client_max_window_bits=10");
  EXPECT_EQ(answer_to(offer(""), {.context_takeover = true}),
            "permessage-deflate; server_max_window_bits=12");
  EXPECT_EQ(answer_to(offer("; server_no_context_takeover"), {.context_takeover = true}),
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=12");
}

TEST(deflate, the_server_takes_the_first_offer_that_is_one) {
  for (const char* bad : {"; unknown", "; server_max_window_bits", "; server_max_window_bits=16",
                          "; server_max_window_bits=08", "; client_max_window_bits=7",
                          "; client_max_window_bits=x", "; server_no_context_takeover=1",
                          "; client_no_context_takeover; client_no_context_takeover"}) {
    EXPECT_EQ(answer_to(offer(bad)), "") << bad;
    EXPECT_TRUE(answer_to("Sec-WebSocket-Extensions: other\r\n" +
                          offer(bad + ", permessage-deflate; server_max_window_bits=11"s))
                    .ends_with("server_max_window_bits=11"))
        << bad;
  }
  EXPECT_EQ(answer_to("Sec-WebSocket-Extensions: x-webkit-deflate-frame\r\n"), "");
  EXPECT_EQ(answer_to(""), "");
}

TEST(deflate, windows_out_of_range_are_refused_at_set_up) {
  for (const deflate_options& bad :
       {deflate_options{.window_bits = 8}, deflate_options{.window_bits = 16},
        deflate_options{.level = 10}, deflate_options{.message_bytes_min = 0}}) {
    web_options web;
    web.websocket.emplace().deflate = bad;
    EXPECT_THROW(web_filter(web), std::invalid_argument);
  }
}

}  // namespace
}  // namespace actornet::web
