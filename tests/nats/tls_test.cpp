// TLS to the server, in both directions.

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>

#include "nats/real_world.hpp"

namespace actornet::nats {
namespace {

using nats_test::connected_world;
using nats_test::real_world;
using namespace std::chrono_literals;

struct nats_tls : ::testing::Test {
  nats_tls() {
    make("server");
    make("client");
  }

  void make(const std::string& name) {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout " +
        file(name + ".key") + " -out " + file(name + ".pem") + " 2> /dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  std::string file(const std::string& name) const { return (folder.path() / name).string(); }

  connection_options options(const nats_test::server& there) const {
    auto how = connected_world::options_for(there.url("tls", "localhost"));
    how.tls = {file("server.pem"), file("client.pem"), file("client.key")};
    return how;
  }

  const rooms::temporary_folder folder;
};

class counter final : public message_sink {
 public:
  void on_message(const message& what) override { bytes += what.payload.payload.size(); }
  void on_lagged(std::uint64_t) override { ADD_FAILURE(); }
  std::size_t bytes = 0;
  cluster::subscription hears;
};

TEST_F(nats_tls, both_sides_show_their_certificates_and_large_messages_do_not_stall) {
  nats_test::server there({"--tlsverify", "--tlscert", file("server.pem"), "--tlskey",
                           file("server.key"), "--tlscacert", file("client.pem")});
  real_world world;
  connection over(world.loop(0), world.pool(), options(there));
  ASSERT_TRUE(world.wait_for([&] { return over.up(); }));
  counter heard;
  world.on(0, [&] { heard.hears = over.subscribe("a", "", heard); });
  constexpr std::size_t size = 500'000;
  const auto payload = cluster_test::bytes_of(std::string(size, 'x'));
  for (std::size_t sent = 0; sent < 12;) {
    world.run_on(0, [&] {
      while (sent < 12 && over.publish({.subject = "a", .payload = payload}))
        ++sent;
    });
    ASSERT_TRUE(world.wait_for([&] { return !over.full(); }));
  }
  EXPECT_TRUE(world.wait_for([&] { return heard.bytes == 12 * size; }));
  world.on(0, [&] { heard.hears.end(); });
}

TEST_F(nats_tls, a_server_that_is_not_trusted_gets_no_connection) {
  nats_test::server there(
      {"--tls", "--tlscert", file("server.pem"), "--tlskey", file("server.key")});
  real_world world;
  auto how = options(there);
  how.tls = {.authorities = file("client.pem")};
  connection wary(world.loop(0), world.pool(), how);
  how.tls = {.authorities = file("server.pem")};
  connection trusting(world.loop(0), world.pool(), how);
  how.servers = {there.url("tls", "127.0.0.1")};
  connection wrong_name(world.loop(0), world.pool(), how);
  ASSERT_TRUE(world.wait_for([&] { return trusting.up(); }));
  world.pass(100ms);
  EXPECT_FALSE(wary.up());
  EXPECT_FALSE(wrong_name.up());
}

}  // namespace
}  // namespace actornet::nats
