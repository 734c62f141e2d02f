#include "actornet/web/web_filter.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "actornet/log.hpp"
#include "libnet/framing_checks.hpp"

namespace actornet::web {
namespace {

using namespace std::string_literals;
using net::framing_checks::text_of;
using status = net::filter::status;
using bytes = std::vector<std::byte>;

/// One connection of a listener, without one.
struct connection {
  explicit connection(web_options options = {}) : filter(web_filter(std::move(options))()) {}

  status hear(std::string_view input, std::size_t piece = std::string::npos) {
    net::filter::outcome last;
    while (!input.empty() && last.state == status::ok) {
      const auto next = std::as_bytes(std::span(input.substr(0, piece)));
      last = filter->received(next, plain, wire);
      input.remove_prefix(next.size());
    }
    return last.state;
  }
  std::string said() { return text_of(std::exchange(wire, {})); }

  std::unique_ptr<net::filter> filter;
  bytes plain;
  bytes wire;
};

web_options with_pages() {
  web_options options;
  options.on_request = [](const http_request& request) -> http_response {
    if (request.path() == "/throws")
      throw std::runtime_error("no");
    return {200, {}, request.method + " " + request.target + " " + request.body};
  };
  options.websocket.emplace();
  options.websocket->path = "/ws";
  options.websocket->protocols = {{"v2", net::websocket_rules::data::text}, {"v1"}};
  return options;
}

/// The RFC's example (section 1.3), with fields to add or to replace.
std::string handshake(const std::string& line = {}, const std::string& replaced = {}) {
  std::string text =
      "GET /ws HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\n";
  if (const auto at = text.find(replaced); !replaced.empty() && at != std::string::npos)
    text.erase(at, text.find("\r\n", at) + 2 - at);
  return text + line + "\r\n";
}

constexpr const char* switched =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

std::string first_line(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

// -- plain requests -------------------------------------------------------------------------------

TEST(web_filter, answers_requests_one_after_the_other_however_they_arrive) {
  const std::string two =
      "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, two.size()}) {
    connection here(with_pages());
    EXPECT_EQ(here.hear(two, piece), status::ok);
    const std::string said = here.said();
    EXPECT_NE(said.find("GET /a?b "), std::string::npos) << said;
    EXPECT_TRUE(said.ends_with("\r\n\r\nPOST /c body")) << said;
    EXPECT_TRUE(here.filter->handshaking());
    EXPECT_TRUE(here.plain.empty());
  }
}

TEST(web_filter, chunked_bodies_are_put_together) {
  connection here(with_pages());
  here.hear(
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n");
  EXPECT_TRUE(here.said().ends_with("POST /c body"));
}

TEST(web_filter, ends_when_the_peer_wants_no_more_answers) {
  connection here(with_pages());
  EXPECT_EQ(here.hear("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), status::end);
  EXPECT_NE(here.said().find("Connection: close"), std::string::npos);
  connection old(with_pages());
  EXPECT_EQ(old.hear("GET / HTTP/1.0\r\n\r\n"), status::end);
}

TEST(web_filter, requests_sent_without_waiting_get_so_many_answers_and_the_end) {
  web_options options;
  options.answers_bytes_max = 10'000;
  options.on_request = [](const http_request&) -> http_response {
    return {200, {}, std::string(1000, 'x')};
  };
  connection here(std::move(options));
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  EXPECT_EQ(here.hear(many), status::end);
  EXPECT_LT(here.said().size(), 12'500u);
}

TEST(web_filter, a_head_request_gets_no_body) {
  connection here(with_pages());
  here.hear("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(here.said().ends_with("\r\n\r\n"));
}

TEST(web_filter, without_a_handler_nothing_is_found) {
  connection here;
  EXPECT_EQ(here.hear("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), status::ok);
  EXPECT_EQ(first_line(here.said()), "HTTP/1.1 404 Not Found");
}

TEST(web_filter, a_handler_that_throws_is_an_internal_error_and_the_connection_goes_on) {
  set_log_sink([](log_level, std::string_view) {});
  connection here(with_pages());
  EXPECT_EQ(here.hear("GET /throws HTTP/1.1\r\nHost: x\r\n\r\n"), status::ok);
  EXPECT_EQ(first_line(here.said()), "HTTP/1.1 500 Internal Server Error");
  set_log_sink(nullptr);
}

TEST(web_filter, bad_requests_are_answered_and_end_the_connection) {
  const std::pair<std::string, const char*> bad[] = {
      {"\r\n\r\nnonsense\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nno colon\r\n\r\n", "400"},
      {"GET / HTTP/3.0\r\n\r\n", "505"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nA: " + std::string(10'000, 'x') + "\r\n\r\n", "431"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", "413"},
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, "400"},  // TLS
  };
  for (const auto& [input, code] : bad) {
    connection here(with_pages());
    EXPECT_EQ(here.hear(input), status::end) << input;
    EXPECT_EQ(first_line(here.said()).substr(9, 3), code) << input;
  }
}

TEST(web_filter, a_request_that_never_ends_is_refused_at_the_limit) {
  connection here(with_pages());
  std::size_t shown = 0;
  while (here.hear("GET /" + std::string(1000, 'x')) == status::ok && shown < 100'000)
    shown += 1000;
  EXPECT_LE(shown, 9'000u);
}

// -- the handshake --------------------------------------------------------------------------------

TEST(web_filter, the_example_of_the_rfc) {
  const std::string asked = handshake();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{9}, asked.size()}) {
    connection here(with_pages());
    EXPECT_EQ(here.hear(asked, piece), status::ok);
    EXPECT_EQ(here.said(), switched + "\r\n"s);
    EXPECT_FALSE(here.filter->handshaking());
  }
}

TEST(web_filter, messages_may_come_right_behind_the_handshake_and_are_answered) {
  connection here(with_pages());
  EXPECT_EQ(here.hear(handshake() + "\x82\x81\0\0\0\0x"s), status::ok);
  EXPECT_EQ(text_of(here.plain), "\x01x");
  here.said();
  here.filter->sending(here.plain, here.wire);
  EXPECT_EQ(here.said(), "\x82\x01x");
}

TEST(web_filter, comes_after_plain_requests_as_well) {
  connection here(with_pages());
  here.hear("GET /a HTTP/1.1\r\nHost: x\r\n\r\n" + handshake());
  EXPECT_TRUE(here.said().ends_with(switched + "\r\n"s));
}

TEST(web_filter, takes_the_subprotocol_that_the_server_prefers) {
  connection here(with_pages());
  here.hear(handshake("Sec-WebSocket-Protocol: v0, v1\r\nSec-WebSocket-Protocol: v2\r\n"));
  EXPECT_EQ(here.said(), switched + "Sec-WebSocket-Protocol: v2\r\n\r\n"s);
  connection other(with_pages());
  other.hear(handshake("Sec-WebSocket-Protocol: v9\r\n"));
  EXPECT_EQ(other.said(), switched + "\r\n"s);
}

TEST(web_filter, the_subprotocol_says_whether_messages_are_text) {
  connection text(with_pages());
  EXPECT_FALSE(text.filter->text());
  text.hear(handshake("Sec-WebSocket-Protocol: v2\r\n"));
  EXPECT_TRUE(text.filter->text());
  EXPECT_EQ(text.hear("\x81\x81\0\0\0\0x"s), status::ok);
  EXPECT_EQ(text.hear("\x82\x81\0\0\0\0x"s), status::error);
  for (const std::string& offer : {"Sec-WebSocket-Protocol: v1\r\n"s, ""s}) {
    connection binary(with_pages());
    binary.hear(handshake(offer));
    EXPECT_FALSE(binary.filter->text());
    EXPECT_EQ(binary.hear("\x82\x81\0\0\0\0x"s), status::ok);
  }
}

TEST(web_filter, refuses_what_is_no_handshake) {
  const std::pair<std::string, const char*> bad[] = {
      {handshake({}, "Sec-WebSocket-Key"), "400"},
      {handshake("Sec-WebSocket-Key: c2hvcnQ=\r\n", "Sec-WebSocket-Key"), "400"},
      {handshake("Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n", "Sec-WebSocket-Key"), "400"},
      {handshake({}, "Host"), "400"},
      {handshake({}, "Sec-WebSocket-Version"), "426"},
      {handshake("Sec-WebSocket-Version: 8\r\n", "Sec-WebSocket-Version"), "426"},
      {"POST" + handshake().substr(3), "400"},
  };
  for (const auto& [input, code] : bad) {
    connection here(with_pages());
    EXPECT_EQ(here.hear(input), status::end) << input;
    const std::string said = here.said();
    EXPECT_EQ(first_line(said).substr(9, 3), code) << input;
    if (code == "426"s) {
      EXPECT_NE(said.find("Sec-WebSocket-Version: 13\r\n"), std::string::npos);
    }
  }
}

TEST(web_filter, an_upgrade_at_another_path_is_a_plain_request) {
  connection here(with_pages());
  std::string elsewhere = handshake();
  elsewhere.replace(elsewhere.find("/ws"), 3, "/no");
  EXPECT_EQ(here.hear(elsewhere), status::ok);
  EXPECT_EQ(first_line(here.said()), "HTTP/1.1 200 OK");
}

TEST(web_filter, pages_of_others_are_refused) {
  const auto answer = [](const web_options& options, const std::string& origin) {
    connection here(options);
    here.hear(handshake("Origin: " + origin + "\r\n"));
    return first_line(here.said()).substr(9, 3);
  };
  const web_options own = with_pages();
  EXPECT_EQ(answer(own, "https://server.example.com"), "101");
  EXPECT_EQ(answer(own, "http://SERVER.example.com"), "101");
  EXPECT_EQ(answer(own, "https://evil.example.com"), "403");
  EXPECT_EQ(answer(own, "null"), "403");
  web_options listed = with_pages();
  listed.websocket->origins = {"https://chat.example.org"};
  EXPECT_EQ(answer(listed, "https://chat.example.org"), "101");
  EXPECT_EQ(answer(listed, "https://server.example.com"), "403");
  listed.websocket->origins = {"*"};
  EXPECT_EQ(answer(listed, "https://anybody"), "101");
}

TEST(web_filter, says_farewell_with_a_code_for_its_reason) {
  const std::pair<errc, unsigned> codes[] = {{errc::closed_locally, 1000},
                                             {errc::shutting_down, 1001},
                                             {errc::message_malformed, 1007},
                                             {errc::frame_too_large, 1009},
                                             {errc::handler_failed, 1011}};
  for (const auto& [reason, code] : codes) {
    connection here(with_pages());
    here.hear(handshake());
    here.said();
    here.filter->ending(reason, here.wire);
    EXPECT_EQ(here.said(), "\x88\x02"s + static_cast<char>(code >> 8) + static_cast<char>(code));
  }
  connection plain(with_pages());
  plain.filter->ending(errc::shutting_down, plain.wire);
  EXPECT_EQ(plain.said(), "");
}

}  // namespace
}  // namespace actornet::web
