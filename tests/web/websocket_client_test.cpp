// A client's WebSocket by itself, and against our server's.

#include "actornet/web/websocket_client.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "actornet/web/web_filter.hpp"
#include "filter_pair.hpp"

namespace actornet::web {
namespace {

using namespace std::string_literals;
using net::framing_checks::bytes_of;
using net::framing_checks::text_of;
using status = net::filter::status;
using bytes = std::vector<std::byte>;
constexpr auto text_kind = net::websocket_rules::data::text;

// The first eight bytes of "the sample nonce" (section 1.3), then the others.
struct nonce_of_the_rfc {
  static std::uint64_t next(void* from) {
    const std::string_view nonce = "the sample nonce";
    const std::size_t at = 8 * (static_cast<nonce_of_the_rfc*>(from)->calls++ % 2);
    std::uint64_t value = 0;
    for (std::size_t i = 8; i-- > 0;)
      value = value << 8 | static_cast<unsigned char>(nonce[at + i]);
    return value;
  }
  std::size_t calls = 0;
};

websocket_client_options of_the_rfc() {
  websocket_client_options options;
  options.host = "server.example.com";
  options.target = "/chat?room=1";
  return options;
}

/// One client, without a connection, that has asked.
struct client_end {
  explicit client_end(websocket_client_options options = of_the_rfc())
      : filter(websocket_client(std::move(options), &nonce_of_the_rfc::next, &chance)) {
    bytes wire;
    filter->begin(wire);
    request = text_of(wire);
  }
  net::filter::outcome hear(std::string_view input, std::size_t piece = std::string::npos) {
    net::filter::outcome last;
    bytes out;
    bytes wire;
    for (; !input.empty() && last.state == status::ok;
         input.remove_prefix(std::min(piece, input.size())))
      last = filter->received(bytes_of(input.substr(0, piece)), out, wire);
    plain += text_of(out);
    said += text_of(wire);
    return last;
  }

  nonce_of_the_rfc chance;
  std::unique_ptr<net::filter> filter;
  std::string request;
  std::string plain;
  std::string said;
};

std::string answer(const std::string& more = {}, const std::string& replaced = {}) {
  std::string text =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
  if (const auto at = text.find(replaced); !replaced.empty() && at != std::string::npos)
    text.erase(at, text.find("\r\n", at) + 2 - at);
  return text + more + "\r\n";
}

// -- the request ----------------------------------------------------------------------------------

TEST(websocket_client, asks_as_in_the_rfc) {
  EXPECT_EQ(client_end().request,
            "GET /chat?room=1 HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n");
}

TEST(websocket_client, asks_for_what_it_is_told_to) {
  websocket_client_options options = of_the_rfc();
  options.origin = "https://example.com";
  options.protocols = {{"v2", text_kind}, {"v1"}};
  options.fields = {{"Authorization", "Bearer x"}};
  options.deflate.emplace();
  const std::string request = client_end(options).request;
  EXPECT_TRUE(request.ends_with(
      "Origin: https://example.com\r\nSec-WebSocket-Protocol: v2, v1\r\n"
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
      "client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=12\r\n"
      "Authorization: Bearer x\r\n\r\n"))
      << request;
}

TEST(websocket_client, options_that_make_no_request_are_refused) {
  const std::pair<const char*, void (*)(websocket_client_options&)> bad[] = {
      {"no host", [](auto& of) { of.host = ""; }},
      {"host", [](auto& of) { of.host = "x\r\nEvil: 1"; }},
      {"no path", [](auto& of) { of.target = "chat"; }},
      {"path", [](auto& of) { of.target = "/a b"; }},
      {"origin", [](auto& of) { of.origin = "x\n"; }},
      {"field's name",
       [](auto& of) {
         of.fields = {{"a b", ""}};
       }},
      {"field's value",
       [](auto& of) {
         of.fields = {{"a", "x\r\n"}};
       }},
      {"subprotocol", [](auto& of) { of.protocols = {{"a, b"}}; }},
      {"window", [](auto& of) { of.deflate = {.window_bits = 8}; }},
      {"level", [](auto& of) { of.deflate = {.level = 0}; }},
  };
  for (const auto& [what, spoil] : bad) {
    websocket_client_options options = of_the_rfc();
    spoil(options);
    EXPECT_THROW(websocket_client(options), std::invalid_argument) << what;
  }
}

// -- the answer -----------------------------------------------------------------------------------

TEST(websocket_client, goes_on_with_frames_behind_the_answer_however_they_arrive) {
  const std::string came = answer() + "\x82\x01x"s;
  for (std::size_t piece = 1; piece <= came.size(); ++piece) {
    client_end here;
    EXPECT_EQ(here.hear(came, piece).state, status::ok) << piece;
    EXPECT_FALSE(here.filter->handshaking());
    EXPECT_EQ(here.plain, "\x01x") << piece;
  }
}

TEST(websocket_client, says_nothing_before_the_answer_and_then_with_masks) {
  client_end here;
  EXPECT_TRUE(here.filter->handshaking());
  EXPECT_EQ(here.filter->ping_interval(), net::duration::zero());
  here.hear(answer());
  bytes wire;
  here.filter->sending(bytes_of("\x02hi"), wire);
  EXPECT_EQ(wire.size(), 2u + 4u + 2u);
  EXPECT_EQ(wire[1], std::byte{0x82});
}

TEST(websocket_client, refuses_what_is_no_answer_to_its_request) {
  const std::pair<const char*, std::string> bad[] = {
      {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n"},
      {"TLS", "\x15\x03\x01\x00\x02\x02\x46"s},
      {"another status", "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"},
      {"a redirection", "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"},
      {"success without upgrade", "HTTP/1.1 200" + answer().substr(12)},
      {"old HTTP", "HTTP/1.0" + answer().substr(8)},
      {"no Upgrade", answer({}, "Upgrade: ")},
      {"another Upgrade", answer("Upgrade: h2c\r\n", "Upgrade: ")},
      {"no Connection", answer({}, "Connection")},
      {"another Connection", answer("Connection: close\r\n", "Connection")},
      {"no Accept", answer({}, "Sec-WebSocket-Accept")},
      {"Accept of another key",
       answer("Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n", "Sec-WebSocket-Accept")},
      {"two Accepts", answer("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")},
      {"a subprotocol not asked for", answer("Sec-WebSocket-Protocol: v1\r\n")},
      {"an extension not asked for", answer("Sec-WebSocket-Extensions: permessage-deflate\r\n")},
  };
  for (const auto& [what, came] : bad)
    for (const std::size_t piece : {std::string::npos, std::size_t{1}, std::size_t{7}}) {
      client_end here;
      const auto last = here.hear(came, piece);
      EXPECT_EQ(last.state, status::error) << what;
      EXPECT_EQ(last.error, errc::handshake_refused) << what;
      EXPECT_EQ(here.plain + here.said, "") << what;
      EXPECT_TRUE(here.filter->handshaking()) << what;
    }
}

TEST(websocket_client, an_answer_that_never_ends_is_refused_at_the_limit) {
  client_end here;
  EXPECT_EQ(here.hear("HTTP/1.1 101 x\r\n").state, status::ok);
  net::filter::outcome last;
  std::size_t shown = 0;
  for (; last.state == status::ok && shown < 100'000; shown += 1000)
    last = here.hear("A: " + std::string(995, 'x') + "\r\n");
  EXPECT_EQ(last.error, errc::frame_too_large);
  EXPECT_LE(shown, 9'000u);
}

TEST(websocket_client, takes_only_a_subprotocol_that_it_offered) {
  websocket_client_options options = of_the_rfc();
  options.protocols = {{"v2", text_kind}, {"v1"}};
  const auto hear = [&options](const std::string& field, bool& is_text) {
    client_end here(options);
    const auto last = here.hear(answer(field));
    is_text = here.filter->text();
    return last.state;
  };
  bool is_text = false;
  EXPECT_EQ(hear("Sec-WebSocket-Protocol: v2\r\n", is_text), status::ok);
  EXPECT_TRUE(is_text);
  EXPECT_EQ(hear("Sec-WebSocket-Protocol: v1\r\n", is_text), status::ok);
  EXPECT_FALSE(is_text);
  EXPECT_EQ(hear("", is_text), status::ok);
  EXPECT_FALSE(is_text);
  EXPECT_EQ(hear("Sec-WebSocket-Protocol: V2\r\n", is_text), status::error);
  EXPECT_EQ(hear("Sec-WebSocket-Protocol: v1, v2\r\n", is_text), status::error);
  EXPECT_EQ(hear("Sec-WebSocket-Protocol: v1\r\nSec-WebSocket-Protocol: v1\r\n", is_text),
            status::error);
}

TEST(websocket_client, takes_only_an_extension_as_it_offered_it) {
  websocket_client_options options = of_the_rfc();
  options.deflate.emplace();
  const auto hear = [&options](const std::string& value) {
    return client_end(options).hear(answer("Sec-WebSocket-Extensions: " + value + "\r\n")).state;
  };
  const std::string good = "permessage-deflate; server_no_context_takeover; server_max_window_bits";
  EXPECT_EQ(hear(good + "=12"), status::ok);
  EXPECT_EQ(hear(good + "=9; client_max_window_bits=9; client_no_context_takeover"), status::ok);
  EXPECT_EQ(hear(good + "=13"), status::error) << "a larger window than we keep";
  EXPECT_EQ(hear(good + "=7"), status::error);
  EXPECT_EQ(hear(good + "=12; client_max_window_bits"), status::error);
  EXPECT_EQ(hear(good + "=12; client_max_window_bits=16"), status::error);
  EXPECT_EQ(hear(good + "=12; other"), status::error);
  EXPECT_EQ(hear(good + "=12; server_no_context_takeover"), status::error) << "twice";
  EXPECT_EQ(hear(good + "=12, permessage-deflate"), status::error);
  EXPECT_EQ(hear("permessage-deflate; server_max_window_bits=12"), status::error)
      << "context that we did not want";
  EXPECT_EQ(hear("permessage-deflate; server_no_context_takeover"), status::error);
  EXPECT_EQ(hear("x-webkit-deflate-frame"), status::error);
}

// -- both ends ------------------------------------------------------------------------------------

std::unique_ptr<net::filter> server_end(const websocket_end_options& of) {
  web_options options;
  static_cast<websocket_end_options&>(options.websocket.emplace()) = of;
  options.websocket->path = "/chat";
  return web_filter(std::move(options))();
}

TEST(websocket_pair, messages_go_both_ways_however_bytes_arrive) {
  for (const bool deflates : {false, true})
    for (const std::size_t piece : {1u, 2u, 3u, 10u, 1'000'000u}) {
      websocket_client_options options = of_the_rfc();
      options.protocols = {{"v1", text_kind}};
      if (deflates)
        options.deflate = {.message_bytes_min = 1};
      nonce_of_the_rfc chance;
      filter_pair pair(websocket_client(options, &nonce_of_the_rfc::next, &chance),
                       server_end(options), piece);
      ASSERT_FALSE(pair.client.filter->handshaking());
      ASSERT_FALSE(pair.server.filter->handshaking());
      EXPECT_TRUE(pair.client.filter->text() && pair.server.filter->text());
      pair.say(pair.client, "hello");
      pair.say(pair.server, "");
      pair.say(pair.server, std::string(1000, 'y'));
      pair.client.filter->ping(pair.client.wire);
      pair.run();
      EXPECT_EQ(pair.server.plain, "\x05hello");
      EXPECT_EQ(pair.client.plain, "\0\xe8\x07"s + std::string(1000, 'y'));
      pair.finish(pair.client);
      EXPECT_EQ(pair.server.last.state, status::end);
      pair.finish(pair.server, errc::end_of_stream);
      EXPECT_EQ(pair.client.last.state, status::end);
    }
}

TEST(websocket_pair, a_refusal_ends_both_sides_and_is_counted) {
  web_options options;
  options.websocket.emplace();
  options.websocket->path = "/chat";
  options.counters = std::make_shared<web_counters>();
  websocket_client_options elsewhere = of_the_rfc();
  elsewhere.origin = "https://evil.example.com";
  nonce_of_the_rfc chance;
  filter_pair pair(websocket_client(elsewhere, &nonce_of_the_rfc::next, &chance),
                   web_filter(options)());
  EXPECT_EQ(pair.server.last.state, status::end);
  EXPECT_EQ(pair.client.last.error, errc::handshake_refused);
  EXPECT_EQ(options.counters->handshakes_refused.load(), 1u);
  EXPECT_EQ(options.counters->bad_requests.load(), 0u);
}

}  // namespace
}  // namespace actornet::web
