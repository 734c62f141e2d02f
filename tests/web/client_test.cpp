// Clients of WebSocket and TLS on streams: at independent servers, and at ours in a simulated
// world.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "actornet/runtime.hpp"
#include "actornet/sim/world.hpp"
#include "actornet/tls/client.hpp"
#include "actornet/web/web_filter.hpp"
#include "actornet/web/websocket_client.hpp"
#include "certificates.hpp"
#include "message_client.hpp"

namespace actornet::web {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

websocket_client_options for_the_chat() {
  websocket_client_options options;
  options.host = "localhost";
  options.target = "/chat?room=1";
  options.origin = "https://example.com";
  options.fields = {{"Authorization", "Bearer x"}};
  options.message_bytes_max = 100'000;
  return options;
}

net::stream_options for_long_messages() {
  net::stream_options options;
  options.frame_bytes_max = 100'000;
  return options;
}

std::vector<std::string> some_messages() {
  std::vector<std::string> all;
  for (const std::size_t size : {0u, 1u, 125u, 126u, 65'535u, 65'536u, 100'000u}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i)
      text += static_cast<char>('a' + i * i % 26);
    all.push_back(std::move(text));
  }
  return all;
}

// -- independent servers --------------------------------------------------------------------------

/// websocket_server.py, which must end well.
class python_server {
 public:
  explicit python_server(const std::string& arguments)
      : output_(popen(
            ("/usr/bin/python3 " ACTORNET_SOURCE_DIR "/tests/web/websocket_server.py " + arguments)
                .c_str(),
            "r")) {
    unsigned port = 0;
    EXPECT_EQ(std::fscanf(output_, "%u", &port), 1);
    where = {net::endpoint::scheme::tcp, "127.0.0.1", static_cast<std::uint16_t>(port)};
  }
  ~python_server() { EXPECT_EQ(pclose(output_), 0); }

  net::endpoint where;

 private:
  std::FILE* output_;
};

class websocket_client_at_a_server : public tls::certificates {
 protected:
  void turn_until(const std::function<bool()>& done) {
    const net::time_point deadline = on_.fresh_now() + 100s;
    while (!done() && on_.now() < deadline)
      on_.turn(true);
    ASSERT_TRUE(done());
  }

  void expect_echoes(message_client& client) {
    const auto messages = some_messages();
    for (const std::string& each : messages)
      client.say(each);
    turn_until(
        [&] { return client.messages.size() == messages.size() || client.closed != errc{}; });
    EXPECT_EQ(client.messages, messages);
    ASSERT_TRUE(client.bytes);
    client.bytes->finish();
    turn_until([&] { return client.closed != errc{}; });
    EXPECT_EQ(client.closed, errc::closed_locally);
  }

  net::loop on_{net::make_asio_backend()};
};

TEST_F(websocket_client_at_a_server, understands_it_with_and_without_compression) {
  for (const char* how : {"binary", "deflate", "text", "text,deflate"}) {
    const python_server server(how);
    websocket_client_options options = for_the_chat();
    if (how[0] == 't')
      options.protocols = {{"v1", net::websocket_rules::data::text}};
    options.deflate.emplace();
    message_client client(on_, server.where, websocket_client(options), for_long_messages());
    expect_echoes(client);
    EXPECT_EQ(client.bytes->text(), how[0] == 't');
  }
}

TEST_F(websocket_client_at_a_server, and_inside_of_tls) {
  const python_server server("deflate " + file("server.pem") + " " + file("server.key"));
  const tls::client secure({.roots_file = file("server.pem")});
  websocket_client_options options = for_the_chat();
  options.deflate = {.context_takeover = true};
  message_client client(on_, server.where, secure.filters("localhost", websocket_client(options)),
                        for_long_messages());
  expect_echoes(client);
}

TEST_F(websocket_client_at_a_server, is_told_when_it_is_refused) {
  const python_server server("refuse");
  message_client client(on_, server.where, websocket_client(for_the_chat()));
  client.say("never sent");
  turn_until([&] { return client.closed != errc{}; });
  EXPECT_EQ(client.input_end, errc::handshake_refused);
  EXPECT_EQ(client.closed, errc::handshake_refused);
}

// -- our server, simulated ------------------------------------------------------------------------

task<> echo(byte_stream peer) {
  while (const auto message = co_await peer.read())
    if (!co_await peer.write(*message))
      co_return;
}

class websocket_world : public tls::certificates {
 protected:
  /// Until @p client has its echoes, or is closed.
  void echoes(std::uint64_t seed, net::client_filter of_client, listen_options of_server) {
    sim::world world(seed);
    runtime_options one_loop;
    one_loop.loops = 1;
    one_loop.backends = world.backends();
    runtime rt(one_loop);
    const auto where = rt.listen("tcp://127.0.0.1:0", echo, std::move(of_server));
    rt.start();
    net::loop on(world.make_backend());
    message_client client(on, where, std::move(of_client), for_long_messages());
    const auto messages = some_messages();
    for (const std::string& each : messages)
      client.say(each);
    ASSERT_TRUE(world.run_until([&] { return client.messages.size() == messages.size(); }))
        << world;
    EXPECT_EQ(client.messages, messages) << world;
    ASSERT_TRUE(world.run_on(on, [&] { client.bytes->finish(); }));
    ASSERT_TRUE(world.run_until([&] { return client.closed != errc{} && rt.connections() == 0; }))
        << world;
    EXPECT_EQ(client.closed, errc::closed_locally) << world;
  }

  static listen_options of_a_chat(std::optional<deflate_options> deflate) {
    web_options web;
    web.websocket.emplace();
    web.websocket->path = "/chat";
    web.websocket->origins = {"https://example.com"};
    web.websocket->message_bytes_max = 100'000;
    web.websocket->deflate = deflate;
    listen_options options;
    options.stream = for_long_messages();
    options.stream.output_bytes_max = 1'000'000;
    options.filter = web_filter(std::move(web));
    return options;
  }
};

TEST_F(websocket_world, whatever_the_network_does_to_the_bytes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    websocket_client_options options = for_the_chat();
    if (seed % 2 == 0)
      options.deflate.emplace();
    echoes(seed, websocket_client(options), of_a_chat(deflate_options{}));
  }
}

TEST_F(websocket_world, and_inside_of_tls) {
  const tls::server there(of_server());
  const tls::client here({.roots_file = file("server.pem")});
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    listen_options options = of_a_chat({});
    options.filter = there.filters(options.filter);
    echoes(seed, here.filters("localhost", websocket_client(for_the_chat())), std::move(options));
  }
  EXPECT_EQ(there.handshakes_failed(), 0u);
}

TEST_F(websocket_world, many_messages_in_few_bytes_come_one_after_the_other) {
  sim::world world(1);
  net::loop on(world.make_backend());
  runtime_options one_loop;
  one_loop.loops = 1;
  one_loop.backends = world.backends();
  runtime rt(one_loop);
  std::size_t came = 0;
  listen_options options = of_a_chat(deflate_options{});
  const auto where = rt.listen(
      "tcp://127.0.0.1:0",
      [&came](byte_stream peer) -> task<> {
        while (const auto message = co_await peer.read())
          came += message->bytes().size();
      },
      std::move(options));
  rt.start();
  websocket_client_options of_client = for_the_chat();
  of_client.deflate.emplace();
  message_client client(on, where, websocket_client(of_client), for_long_messages());
  for (int i = 0; i < 200; ++i)
    client.say(std::string(60'000, 'x'));
  ASSERT_TRUE(world.run_until([&] { return came == 200u * 60'000; })) << world;
  ASSERT_TRUE(world.run_on(on, [&] { client.bytes->finish(); }));
  ASSERT_TRUE(world.run_until([&] { return client.closed != errc{} && rt.connections() == 0; }));
}

}  // namespace
}  // namespace actornet::web
