// Listeners whose URI says that more than bytes are spoken there.

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "simulated_runtime.hpp"
#include "simulated_server.hpp"
#include "toy_filter.hpp"

namespace actornet {
namespace {

task<> no_session(byte_stream) {
  co_return;
}

std::string why_not(runtime& rt, std::string_view uri) {
  try {
    rt.listen(uri, no_session);
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
  return {};
}

TEST(listen_uri, without_the_filter_that_it_needs_the_setup_fails_and_says_what_is_missing) {
  sim::world world(1);
  simulated_runtime here(world);
  for (const char* uri : {"ws://127.0.0.1:0/ws", "http://127.0.0.1:0"}) {
    const std::string why = why_not(here.rt, uri);
    EXPECT_TRUE(why.starts_with(uri)) << why;
    EXPECT_NE(why.find("listen_options::filter"), std::string::npos) << why;
    EXPECT_NE(why.find("actornet/web/web_filter.hpp"), std::string::npos) << why;
    EXPECT_EQ(why.find("tls"), std::string::npos) << why;
  }
  EXPECT_NE(why_not(here.rt, "tls://127.0.0.1:0").find("actornet/tls/tls.hpp"), std::string::npos);
  const std::string both = why_not(here.rt, "wss://127.0.0.1:0");
  EXPECT_NE(both.find("actornet/tls/tls.hpp"), std::string::npos) << both;
  EXPECT_NE(both.find("actornet/web/web_filter.hpp"), std::string::npos) << both;
  EXPECT_TRUE(here.rt.listening().empty());
}

TEST(listen_uri, with_a_filter_it_is_told_as_it_was_asked_for_and_with_its_port) {
  sim::world world(1);
  simulated_runtime here(world);
  listen_options options = framed_options();
  options.filter = toy_server(false);
  const auto where = here.rt.listen("ws://127.0.0.1:0/chat", no_session, options);
  EXPECT_NE(where.port, 0);
  EXPECT_EQ(net::to_string(where), "ws://127.0.0.1:" + std::to_string(where.port) + "/chat");
  EXPECT_EQ(here.rt.listening(), std::vector{where});
  here.rt.start();
  sim::peer peer(here.world, where.transport());
  peer.send("HI a /chat\n");
  ASSERT_TRUE(here.world.run_until([&] { return peer.saw_end_of_stream(); })) << here.world;
  EXPECT_EQ(peer.received(), "OK\n");
  peer.close();
  ASSERT_TRUE(here.world.run_until([&] { return here.rt.connections() == 0; }));
}

TEST(listen_uri, a_plain_one_may_have_a_filter_too) {
  sim::world world(1);
  simulated_runtime here(world);
  listen_options options = framed_options();
  options.filter = toy_server(false);
  const auto where = here.rt.listen("tcp://127.0.0.1:0", no_session, options);
  EXPECT_EQ(where, where.transport());
}

}  // namespace
}  // namespace actornet
