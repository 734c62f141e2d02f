// The echo program's styles `actor` and `typed` on real loops and TCP over loopback: what a frame
// passes on its way is counted.

#include <actornet/echo/v1/echo.pb.h>
#include <gmock/gmock.h>

#include <thread>

#include "actors/actor_support.hpp"
#include "echo.hpp"
#include "runtime/real_client.hpp"

namespace actornet {
namespace {

using echo::v1::Echo;

class echo_styles : public testing::TestWithParam<echo::style> {};
INSTANTIATE_TEST_SUITE_P(tcp, echo_styles, testing::Values(echo::style::actor, echo::style::typed));

TEST_P(echo_styles, every_frame_passes_each_station_once) {
  constexpr int connection_count = 8;
  constexpr int frame_count = 200;
  echo::options chosen;
  chosen.listen = {"tcp://127.0.0.1:0"};
  chosen.serve = GetParam();
  chosen.framing = net::framing::delimited;
  echo::stations counted;
  runtime rt(real_loops(2));
  echo::set_up(rt, chosen, counted);
  rt.start();
  {
    std::vector<std::unique_ptr<real_client>> clients;
    std::vector<std::string> sent(connection_count);
    for (int i = 0; i < connection_count; ++i)
      clients.push_back(std::make_unique<real_client>(rt.listening().front()));
    for (int i = 0; i < connection_count; ++i) {
      for (int j = 0; j < frame_count; ++j) {
        Echo message;
        message.set_payload(std::to_string(i) + ":" + std::to_string(j));
        sent[i] += frame(message.SerializeAsString());
      }
      EXPECT_TRUE(clients[i]->send(sent[i]));
    }
    for (int i = 0; i < connection_count; ++i)
      EXPECT_EQ(clients[i]->receive(sent[i].size()), sent[i]);
  }
  EXPECT_EQ(rt.stop(10s), 0u);
  EXPECT_EQ(counted.decoded, connection_count * frame_count);
  EXPECT_EQ(counted.handled, connection_count * frame_count);
  EXPECT_EQ(counted.encoded, connection_count * frame_count);
}

std::string long_frame(std::size_t payload_bytes, char content) {
  Echo message;
  message.set_payload(std::string(payload_bytes, content));
  const std::string bytes = message.SerializeAsString();
  const auto around = net::encode_frame(net::framing::delimited, bytes.size());
  return std::string(reinterpret_cast<const char*>(around.prefix.data()), around.prefix_bytes) +
         bytes;
}

TEST_P(echo_styles, a_peer_that_does_not_read_for_a_while_gets_every_reply) {
  constexpr int frame_count = 2000;
  echo::options chosen;
  chosen.listen = {"tcp://127.0.0.1:0"};
  chosen.serve = GetParam();
  chosen.framing = net::framing::delimited;
  echo::stations counted;
  runtime rt(real_loops(2));
  echo::set_up(rt, chosen, counted);
  rt.start();
  {
    real_client client(rt.listening().front(), 16 * 1024);
    std::string sent;
    for (int i = 0; i < frame_count; ++i)
      sent += long_frame(10'000, static_cast<char>('a' + i % 26));
    const std::size_t at_first = client.send_until_stuck(sent);
    EXPECT_LT(at_first, sent.size()) << "the server reads on without limit";
    std::thread rest([&] { EXPECT_TRUE(client.send(sent.substr(at_first))); });
    EXPECT_TRUE(client.receive(sent.size()) == sent);
    rest.join();
  }
  EXPECT_EQ(rt.stop(10s), 0u);
  EXPECT_EQ(counted.encoded, static_cast<std::uint64_t>(frame_count));
}

TEST_P(echo_styles, frames_of_any_length_that_is_allowed_come_back) {
  echo::options chosen;
  chosen.listen = {"tcp://127.0.0.1:0"};
  chosen.serve = GetParam();
  chosen.framing = net::framing::delimited;
  chosen.frame_bytes_max = 1'000'000;
  echo::stations counted;
  runtime rt(real_loops(1));
  echo::set_up(rt, chosen, counted);
  rt.start();
  {
    real_client client(rt.listening().front());
    std::string sent;
    for (const std::size_t length : {300'000u, 999'990u, 1u, 999'990u, 500'000u})
      sent += long_frame(length, 'x');
    std::thread sending([&] { EXPECT_TRUE(client.send(sent)); });
    EXPECT_TRUE(client.receive(sent.size()) == sent);
    sending.join();
  }
  EXPECT_EQ(rt.stop(10s), 0u);
}

TEST(echo_typed, a_frame_that_is_no_message_passes_no_station) {
  echo::options chosen;
  chosen.listen = {"tcp://127.0.0.1:0"};
  chosen.serve = echo::style::typed;
  chosen.framing = net::framing::delimited;
  echo::stations counted;
  runtime rt(real_loops(1));
  echo::set_up(rt, chosen, counted);
  rt.start();
  {
    real_client bad(rt.listening().front());
    EXPECT_TRUE(bad.send(frame("\x0a\x7f")));
    EXPECT_EQ(bad.receive(1), "") << "the connection ends";
    real_client good(rt.listening().front());
    Echo message;
    message.set_payload("still here");
    EXPECT_TRUE(good.send(frame(message.SerializeAsString())));
    EXPECT_EQ(good.receive(13), frame(message.SerializeAsString()));
  }
  rt.stop(10s);
  EXPECT_EQ(counted.decoded, 1u);
  EXPECT_EQ(counted.encoded, 1u);
}

// -- command line ---------------------------------------------------------------------------------

// The line on standard error that the mistake in @p arguments gives.
std::string mistake(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), {"actornet-echo", "--listen", "tcp://127.0.0.1:0"});
  testing::internal::CaptureStderr();
  const auto outcome = echo::parse(static_cast<int>(arguments.size()), arguments.data());
  EXPECT_EQ(outcome.exit_code, 2);
  return testing::internal::GetCapturedStderr();
}

TEST(echo_options, a_style_that_is_none_is_told_with_those_that_are) {
  for (const char* const style : {"foo", "1", "Typed", ""}) {
    EXPECT_EQ(mistake({"--style", style}), "error: --style: '" + std::string(style) +
                                               "' is not session, actor or typed (see --help)\n");
  }
}

TEST(echo_options, a_bad_duration_is_told_with_its_option) {
  for (const char* const option : {"--idle-timeout", "--read-timeout", "--drain-timeout"}) {
    const std::string line = mistake({option, "soon"});
    EXPECT_THAT(line, testing::HasSubstr(std::string(option) + ": 'soon' is not a duration"));
  }
}

TEST(echo_options, styles_and_durations_are_taken) {
  const std::vector<const char*> arguments{
      "actornet-echo", "--listen", "unix:///x", "--style", "typed", "--idle-timeout", "90s"};
  const auto outcome = echo::parse(static_cast<int>(arguments.size()), arguments.data());
  EXPECT_EQ(outcome.exit_code, -1);
  EXPECT_EQ(outcome.values.serve, echo::style::typed);
  EXPECT_EQ(outcome.values.framing, net::framing::delimited);
  EXPECT_EQ(outcome.values.idle_timeout, 90s);
}

}  // namespace
}  // namespace actornet
