// A client's TLS against our server's, in memory.

#include "actornet/tls/client.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string>

#include "actornet/net/filter_chain.hpp"
#include "actornet/web/web_filter.hpp"
#include "actornet/web/websocket_client.hpp"
#include "certificates.hpp"
#include "filter_pair.hpp"

namespace actornet::tls {
namespace {

using bytes = std::vector<std::byte>;
using status = net::filter::status;

class tls_client : public certificates {
 protected:
  static client_options trusting() { return {.roots_file = file("server.pem")}; }
};

TEST_F(tls_client, knows_its_server_by_name_or_address_however_bytes_arrive) {
  const server there(of_server());
  const client here(trusting());
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1"})
    for (const std::size_t piece : {1u, 5u, 1000u, 100'000u}) {
      filter_pair pair(here.filter(host), there.filter(), piece);
      ASSERT_FALSE(pair.client.filter->handshaking()) << host;
      ASSERT_FALSE(pair.server.filter->handshaking()) << host;
      pair.say(pair.client, "hello");
      pair.say(pair.server, std::string(40'000, 'y'));
      EXPECT_EQ(pair.server.plain, "\x05hello");
      EXPECT_EQ(pair.client.plain.size(), 40'003u);
      pair.finish(pair.client);
      EXPECT_EQ(pair.server.last.state, status::end);
    }
  EXPECT_EQ(there.handshakes_failed(), 0u);
}

TEST_F(tls_client, refuses_a_certificate_for_another_name) {
  const server there(of_server());
  const client here(trusting());
  for (const char* host : {"other.example.com", "127.0.0.2", "::1"}) {
    filter_pair pair(here.filter(host), there.filter());
    EXPECT_EQ(pair.client.last.error, errc::certificate_refused) << host;
    EXPECT_EQ(pair.server.last.error, errc::certificate_refused) << "by the client's alert";
    EXPECT_TRUE(pair.client.filter->handshaking());
  }
  EXPECT_EQ(there.handshakes_failed(), 3u);
  client_options by_name = trusting();
  by_name.server_name = "localhost";
  filter_pair pair(client(by_name).filter("127.0.0.2"), there.filter());
  EXPECT_FALSE(pair.client.filter->handshaking()) << "the name of the options counts";
}

TEST_F(tls_client, refuses_a_certificate_of_somebody_it_does_not_trust) {
  const server there(of_server());
  for (const client_options& options : {client_options{}, {.roots_file = file("client.pem")}}) {
    filter_pair pair(client(options).filter("localhost"), there.filter());
    EXPECT_EQ(pair.client.last.error, errc::certificate_refused);
  }
}

TEST_F(tls_client, shows_its_certificate_to_a_server_that_wants_one) {
  server_options wants = of_server();
  wants.client_roots_file = file("client.pem");
  const server there(wants);
  client_options known = trusting();
  known.certificate_file = file("client.pem");
  known.private_key_file = file("client.key");
  filter_pair good(client(known).filter("localhost"), there.filter());
  good.say(good.client, "hello");
  EXPECT_EQ(good.server.plain, "\x05hello");
  client_options unknown = trusting();
  unknown.certificate_file = file("server.pem");
  unknown.private_key_file = file("server.key");
  for (const client_options& options : {trusting(), unknown}) {
    filter_pair bad(client(options).filter("localhost"), there.filter());
    EXPECT_EQ(bad.server.last.state, status::error);
    EXPECT_EQ(bad.client.last.error, errc::certificate_refused);
  }
}

TEST_F(tls_client, a_server_without_tls_is_no_server) {
  const client here(trusting());
  for (const char* answer : {"HTTP/1.1 400 Bad Request\r\n\r\n", "\x05hello, this is plaintext"}) {
    const auto filter = here.filter("localhost");
    bytes plain;
    bytes wire;
    filter->begin(wire);
    const auto heard = filter->received(net::framing_checks::bytes_of(answer), plain, wire);
    EXPECT_EQ(heard.state, status::error);
    EXPECT_EQ(heard.error, errc::tls_failed);
    EXPECT_TRUE(plain.empty());
  }
}

TEST_F(tls_client, hosts_and_files_that_are_none_are_refused) {
  EXPECT_THROW(client(trusting()).filter(""), std::invalid_argument);
  EXPECT_THROW(client(trusting()).filters(std::string("a\0b", 3)), std::invalid_argument);
  EXPECT_THROW(client({.roots_file = file("missing.pem")}), std::runtime_error);
  client_options no_key = trusting();
  no_key.certificate_file = file("client.pem");
  no_key.private_key_file = file("server.key");
  EXPECT_THROW(client{no_key}, std::runtime_error);
}

std::uint64_t any_number(void* calls) {
  return ++*static_cast<std::uint64_t*>(calls) * 0x9e3779b97f4a7c15;
}

TEST_F(tls_client, carries_websockets_whose_handshake_begins_after_its_own) {
  const server there(of_server());
  const client here(trusting());
  web::web_options web;
  web.websocket.emplace().deflate.emplace();
  web::websocket_client_options options;
  options.host = "localhost";
  options.deflate.emplace();
  for (const std::size_t piece : {1u, 7u, 1000u, 100'000u}) {
    std::uint64_t calls = 0;
    filter_pair pair(
        net::chain(here.filter("localhost"), web::websocket_client(options, any_number, &calls)),
        there.filters(web::web_filter(web))(), piece);
    ASSERT_FALSE(pair.client.filter->handshaking());
    pair.say(pair.client, std::string(30'000, 'x'));
    pair.say(pair.server, "hi");
    EXPECT_EQ(pair.server.plain.size(), 30'003u);
    EXPECT_EQ(pair.client.plain, "\x02hi");
    pair.finish(pair.server, errc::shutting_down);
    EXPECT_EQ(pair.client.last.state, status::end);
    pair.finish(pair.client, errc::end_of_stream);
    EXPECT_EQ(pair.server.last.state, status::end);
  }
}

}  // namespace
}  // namespace actornet::tls
