// A frame that is not the expected message costs its sender the connection.

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include "actornet/connection.hpp"
#include "actornet/echo/v1/echo.pb.h"
#include "simulated_server.hpp"

namespace actornet {
namespace {

using echo::v1::Echo;
using google::protobuf::DescriptorProto;
using google::protobuf::StringValue;

template <class Message>
task<> echo_messages(connection<Message, Message> peer, session_log& log) {
  const at_end guard(log.ended);
  for (;;) {
    auto next = co_await peer.receive();
    if (!next) {
      log.read_end = next.error();
      co_return;
    }
    log.frames.push_back(next->SerializeAsString());
    if (const auto sent = co_await peer.send(*next); !sent) {
      log.write_end = sent.error;
      co_return;
    }
    ++log.writes;
  }
}

/// Sends @p good as one frame, then @p bad as another, then good again; expects one answer.
template <class Message>
void expect_malformed(const std::string& good, const std::string& bad) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    sim::world world(seed);
    session_log log;
    simulated_server server(std::in_place, world,
                            [&log](connection<Message, Message> peer) -> task<> {
                              begin_log(log, peer.ref().control());
                              return echo_messages<Message>(std::move(peer), log);
                            });
    sim::peer peer = server.connect();
    peer.send(framed(good) + framed(bad) + framed(good)).shutdown_write();
    ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream() || peer.closed(); }))
        << world;
    server.expect_only_bystander_left();
    EXPECT_EQ(log.frames, std::vector{good});
    EXPECT_EQ(log.read_end, errc::message_malformed);
    EXPECT_EQ(log.closed, errc::message_malformed);
    EXPECT_TRUE(log.ended);
    EXPECT_EQ(peer.received(), framed(good));
    EXPECT_FALSE(peer.saw_reset());
    EXPECT_EQ(server.counted(&net::counters::connections_failed), 1u);
  }
}

std::string echo_of(std::string payload) {
  Echo message;
  message.set_payload(std::move(payload));
  return message.SerializeAsString();
}

std::string nested(int depth) {
  DescriptorProto outermost;
  DescriptorProto* inner = &outermost;
  for (int i = 0; i < depth; ++i)
    inner = inner->add_nested_type();
  return outermost.SerializeAsString();
}

TEST(typed_messages, messages_are_echoed_and_an_empty_frame_is_an_empty_message) {
  sim::world world(1);
  session_log log;
  simulated_server server(std::in_place, world, [&log](connection<Echo, Echo> peer) -> task<> {
    return echo_messages<Echo>(std::move(peer), log);
  });
  const std::string sent = framed(echo_of("one")) + framed("") + framed(echo_of(pattern(5000)));
  sim::peer peer = server.connect();
  peer.send(sent).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_EQ(peer.received(), sent);
  EXPECT_EQ(log.read_end, errc::end_of_stream);
  EXPECT_EQ(log.writes, 3u);
}

TEST(typed_messages, bytes_that_are_no_message_are_malformed) {
  expect_malformed<Echo>(echo_of("good"), "\xff\xff\xff");
  expect_malformed<Echo>(echo_of("good"), echo_of("truncated").substr(0, 6));
}

TEST(typed_messages, invalid_utf8_is_malformed) {
  StringValue good;
  good.set_value("good \xc3\xa9");
  expect_malformed<StringValue>(good.SerializeAsString(), "\x0a\x02\xc3(");
}

TEST(typed_messages, a_nesting_of_100_is_taken_and_101_malformed) {
  expect_malformed<DescriptorProto>(nested(100), nested(101));
}

TEST(typed_messages, a_frame_over_the_limit_is_too_large_before_it_is_parsed) {
  sim::world world(2);
  session_log log;
  simulated_server server(std::in_place, world, [&log](connection<Echo, Echo> peer) -> task<> {
    return echo_messages<Echo>(std::move(peer), log);
  });
  sim::peer peer = server.connect();
  peer.send(framed(echo_of("one")) + framed(echo_of(pattern(65536)))).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  server.expect_only_bystander_left();
  EXPECT_EQ(log.read_end, errc::frame_too_large);
  EXPECT_EQ(peer.received(), framed(echo_of("one")));
}

TEST(typed_messages, a_message_over_the_limit_cannot_be_sent_and_costs_nothing_else) {
  sim::world world(3);
  std::error_code refused;
  simulated_server server(std::in_place, world, [&refused](connection<Echo, Echo> peer) -> task<> {
    Echo message;
    message.set_payload(pattern(65536));
    refused = (co_await peer.send(message)).error;
    message.set_payload("small");
    co_await peer.send(message);
  });
  sim::peer peer = server.connect();
  peer.shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  EXPECT_EQ(refused, errc::message_too_large);
  EXPECT_EQ(peer.received(), framed(echo_of("small")));
}

TEST(typed_messages, a_received_message_may_be_moved_out_and_kept) {
  sim::world world(4);
  std::vector<Echo> kept;
  simulated_server server(std::in_place, world, [&kept](connection<Echo, Echo> peer) -> task<> {
    while (auto next = co_await peer.receive())
      kept.push_back(std::move(*next));
  });
  sim::peer peer = server.connect();
  peer.send(framed(echo_of("one")) + framed(echo_of("two"))).shutdown_write();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].payload(), "one");
  EXPECT_EQ(kept[1].payload(), "two");
}

TEST(typed_messages, a_deadline_holds_for_both_directions) {
  sim::world world(1);
  std::vector<std::error_code> errors;
  simulated_server server(std::in_place, world, [&](connection<Echo, Echo> peer) -> task<> {
    peer.set_deadline(peer.now() + 1s);
    errors.push_back((co_await peer.receive()).error());
    errors.push_back((co_await peer.send(Echo())).error);
    peer.set_deadline(net::never);
    errors.push_back((co_await peer.send(Echo())).error);
  });
  sim::peer peer = server.connect();
  ASSERT_TRUE(world.run_until([&] { return peer.saw_end_of_stream(); })) << world;
  const std::error_code late = errc::timed_out;
  EXPECT_EQ(errors, (std::vector<std::error_code>{late, late, {}}));
  EXPECT_EQ(peer.received(), framed(""));
  peer.shutdown_write();
}

}  // namespace
}  // namespace actornet
