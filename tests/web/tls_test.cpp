// TLS through a runtime, with independent clients, and by itself where bytes come as they like.

#include "actornet/tls/tls.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "actornet/net/filter_chain.hpp"
#include "actornet/runtime.hpp"
#include "actornet/web/web_filter.hpp"
#include "certificates.hpp"

namespace actornet::tls {
namespace {

using namespace std::chrono_literals;
using bytes = std::vector<std::byte>;
using status = net::filter::status;

task<> echo(byte_stream peer) {
  while (const auto message = co_await peer.read())
    if (!co_await peer.write(*message))
      co_return;
}

class tls_server : public certificates {
 protected:
  /// What tls_client.py finds at a server with that filter.
  int client(const std::string& what, std::function<std::unique_ptr<net::filter>()> filter) {
    runtime_options two_loops;
    two_loops.loops = 2;
    runtime rt(two_loops);
    listen_options options;
    options.filter = std::move(filter);
    const auto where = rt.listen("tcp://127.0.0.1:0", echo, std::move(options));
    rt.start();
    const std::string command = "/usr/bin/python3 " ACTORNET_SOURCE_DIR
                                "/tests/web/tls_client.py " +
                                std::to_string(where.port) + " " + file("server.pem") + " " +
                                file("client.pem") + " " + file("client.key") + " " + what;
    const int code = std::system(command.c_str());
    EXPECT_EQ(rt.stop(10s), 0u);
    return code;
  }
};

TEST_F(tls_server, speaks_1_2_and_1_3_and_nothing_older) {
  const server here(of_server());
  EXPECT_EQ(client("versions", here.filters()), 0);
  EXPECT_EQ(here.handshakes_failed(), 1u);
}

TEST_F(tls_server, plaintext_gets_a_clean_end_and_is_counted) {
  const server here(of_server());
  EXPECT_EQ(client("plaintext", here.filters()), 0);
  EXPECT_EQ(here.handshakes_failed(), 1u);
}

TEST_F(tls_server, may_want_certificates_of_clients) {
  server_options options = of_server();
  options.client_roots_file = file("client.pem");
  const server here(std::move(options));
  EXPECT_EQ(client("client_certificate", here.filters()), 0);
}

TEST_F(tls_server, carries_websockets) {
  web::web_options web;
  web.websocket.emplace();
  web.websocket->path = "/ws";
  const server here(of_server());
  EXPECT_EQ(client("websocket", here.filters(web::web_filter(std::move(web)))), 0);
}

// -- set-up ---------------------------------------------------------------------------------------

TEST_F(tls_server, files_that_are_no_certificate_are_named) {
  const auto what = [](server_options options) -> std::string {
    try {
      server{std::move(options)};
    } catch (const std::runtime_error& failure) {
      return failure.what();
    }
    return "nothing";
  };
  std::ofstream(file("empty.pem"));
  server_options options = of_server();
  options.certificate_file = file("missing.pem");
  EXPECT_NE(what(options).find("missing.pem: "), std::string::npos);
  options.certificate_file = file("empty.pem");
  EXPECT_NE(what(options).find("empty.pem: "), std::string::npos);
  options = of_server();
  options.private_key_file = file("client.key");
  EXPECT_NE(what(options).find("client.key"), std::string::npos);
}

// -- in memory ------------------------------------------------------------------------------------

/// OpenSSL's client.
struct client_end {
  client_end()
      : context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
        ssl(SSL_new(context.get()), SSL_free) {
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl.get());
  }
  bytes takes(const bytes& came) {
    BIO_write(SSL_get_rbio(ssl.get()), came.data(), static_cast<int>(came.size()));
    if (!SSL_is_init_finished(ssl.get()))
      SSL_do_handshake(ssl.get());
    char some[1000];
    std::size_t read = 0;
    while (SSL_is_init_finished(ssl.get()) &&
           SSL_read_ex(ssl.get(), some, sizeof(some), &read) == 1)
      received.append(some, read);
    return said();
  }
  bytes says(std::string_view text) {
    std::size_t written = 0;
    SSL_write_ex(ssl.get(), text.data(), text.size(), &written);
    return said();
  }
  bytes said() {
    bytes all(BIO_ctrl_pending(SSL_get_wbio(ssl.get())));
    if (!all.empty())
      BIO_read(SSL_get_wbio(ssl.get()), all.data(), static_cast<int>(all.size()));
    return all;
  }

  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl;
  std::string received;
};

// Bytes to the server in pieces; gives what it said, or nothing when it ended.
bytes pass_on(net::filter& to, const bytes& all, std::size_t piece, bytes& plain) {
  bytes wire;
  for (std::size_t at = 0; at < all.size(); at += piece) {
    const auto next = std::span(all).subspan(at, std::min(piece, all.size() - at));
    if (to.received(next, plain, wire).state == status::error)
      return {};
  }
  return wire;
}

void shake_hands(net::filter& server_end, client_end& client, std::size_t piece = 1000) {
  bytes plain;
  bytes to_server = client.takes({});
  while (!to_server.empty())
    to_server = client.takes(pass_on(server_end, to_server, piece, plain));
}

TEST_F(tls_server, does_not_mind_how_bytes_arrive) {
  const server here(of_server());
  for (const std::size_t piece : {1u, 2u, 5u, 100u, 100'000u}) {
    const auto filter = here.filter();
    client_end client;
    shake_hands(*filter, client, piece);
    ASSERT_FALSE(filter->handshaking());
    bytes plain;
    pass_on(*filter, client.says("hello"), piece, plain);
    EXPECT_EQ(plain.size(), 5u);
    bytes wire;
    filter->sending(plain, wire);
    filter->ending(errc::closed_locally, wire);
    client.takes(wire);
    EXPECT_EQ(client.received, "hello");
    EXPECT_EQ(SSL_get_shutdown(client.ssl.get()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
  }
  EXPECT_EQ(here.handshakes_failed(), 0u);
}

TEST_F(tls_server, a_record_that_was_changed_ends_the_stream) {
  const server here(of_server());
  const auto filter = here.filter();
  client_end client;
  shake_hands(*filter, client);
  bytes record = client.says("hello");
  record.back() ^= std::byte{1};
  bytes plain;
  bytes wire;
  const auto heard = filter->received(record, plain, wire);
  EXPECT_EQ(heard.state, status::error);
  EXPECT_EQ(heard.error, errc::tls_failed);
  EXPECT_TRUE(plain.empty());
  EXPECT_FALSE(wire.empty()) << "an alert";
}

TEST_F(tls_server, takes_so_many_handshakes_at_a_time) {
  server_options options = of_server();
  options.handshakes_max = 2;
  const server here(std::move(options));
  auto one = here.filter();
  const auto two = here.filter();
  const auto three = here.filter();
  EXPECT_EQ(here.handshakes_refused(), 1u);
  bytes plain;
  bytes wire;
  EXPECT_EQ(three->received(client_end().takes({}), plain, wire).error,
            errc::connections_exhausted);
  one.reset();
  const auto four = here.filter();
  EXPECT_EQ(here.handshakes_refused(), 1u);
  EXPECT_EQ(four->received(client_end().takes({}), plain, wire).state, status::ok);
}

TEST_F(tls_server, reads_its_certificate_again_for_new_connections) {
  make("changing", "localhost");
  server here({.certificate_file = file("changing.pem"), .private_key_file = file("changing.key")});
  const auto serial = [&here] {
    const auto filter = here.filter();
    client_end client;
    shake_hands(*filter, client);
    const std::unique_ptr<X509, void (*)(X509*)> shown(SSL_get1_peer_certificate(client.ssl.get()),
                                                       X509_free);
    const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(shown.get()), nullptr), BN_free);
    const std::unique_ptr<char, void (*)(char*)> text(BN_bn2hex(number.get()),
                                                      [](char* made) { OPENSSL_free(made); });
    return std::string(text.get());
  };
  const std::string before = serial();
  make("changing", "localhost");
  EXPECT_EQ(serial(), before);
  here.reload();
  const std::string after = serial();
  EXPECT_NE(after, before);
  std::filesystem::remove(file("changing.pem"));
  EXPECT_THROW(here.reload(), std::runtime_error);
  EXPECT_EQ(serial(), after) << "a reload that fails changes nothing";
}

}  // namespace
}  // namespace actornet::tls
