// What an idle WebSocket costs: real connections, both ends in this process, the peers' in the
// kernel only. The limit is that of a release build; others print their figure.

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "actornet/net/descriptor_limit.hpp"
#include "actornet/runtime.hpp"
#include "actornet/web/web_filter.hpp"
#include "runtime/real_client.hpp"

namespace actornet::web {
namespace {

using namespace std::string_literals;

#ifdef NDEBUG
constexpr std::size_t connections = 9'000;  // with both ends under 20,000 descriptors
constexpr bool is_release = true;
#else
constexpr std::size_t connections = 500;  // sanitizers keep much more, and are slow
constexpr bool is_release = false;
#endif
constexpr std::size_t warm_up = connections / 20;
constexpr std::size_t bytes_max = 2048;  // of each connection, resident

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

task<> echo(byte_stream peer) {
  while (const auto message = co_await peer.read())
    if (!co_await peer.write(*message))
      co_return;
}

constexpr const char* handshake =
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

// A peer that has had one answer, of 1000 bytes, and is silent from then on.
std::unique_ptr<real_client> connect(const net::endpoint& where) {
  auto peer = std::make_unique<real_client>(where);
  EXPECT_TRUE(peer->send(handshake + "\x82\xfe\x03\xe8\0\0\0\0"s + std::string(1000, 'x')));
  std::string answer;
  while (!answer.ends_with("\r\n\r\n") && answer.size() < 1000) {
    const std::string next = peer->receive(1);
    if (next.empty())
      break;
    answer += next;
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
  EXPECT_EQ(peer->receive(1004).size(), 1004u);
  return peer;
}

TEST(idle_websocket, takes_two_kib_at_most) {
  if (net::raise_descriptor_limit() < 2 * (connections + warm_up) + 100)
    GTEST_SKIP() << "too few descriptors";
  web_options web;
  web.websocket.emplace();
  listen_options options;
  options.stream.idle_timeout = {};
  options.filter = web_filter(std::move(web));
  runtime_options one_loop;
  one_loop.loops = 1;
  runtime rt(one_loop);
  const auto where = rt.listen("tcp://127.0.0.1:0", echo, std::move(options));
  rt.start();
  std::vector<std::unique_ptr<real_client>> peers;
  peers.reserve(connections + warm_up);
  for (std::size_t i = 0; i < warm_up; ++i)
    peers.push_back(connect(where));
  const std::size_t before = resident_bytes();
  for (std::size_t i = 0; i < connections; ++i)
    peers.push_back(connect(where));
  const std::size_t each = (resident_bytes() - before) / connections;
  std::cout << connections << " idle WebSockets: " << each << " bytes each, resident\n";
  RecordProperty("bytes_each", static_cast<int>(each));
  if (is_release) {
    EXPECT_LE(each, bytes_max);
  }
  peers.clear();
  rt.stop(std::chrono::seconds(60));
}

}  // namespace
}  // namespace actornet::web
