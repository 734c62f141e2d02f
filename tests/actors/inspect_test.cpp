// protobuf messages inside CAF messages: copied, printed, serialized.

#include <actornet/echo/v1/echo.pb.h>

#include <google/protobuf/stubs/logging.h>

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/deep_to_string.hpp>

#include "actornet/log.hpp"
#include "actors/actor_support.hpp"

namespace actornet {
namespace {

using echo::v1::Echo;

Echo echo_of(std::string payload) {
  Echo message;
  message.set_payload(std::move(payload));
  return message;
}

TEST(inspect, a_message_survives_serialization) {
  for (const std::string& payload : {std::string(), std::string("hello"), std::string(300, '\0')}) {
    std::vector<char> bytes;
    Echo sent = echo_of(payload);
    caf::binary_serializer out(nullptr, bytes);
    ASSERT_FALSE(out(sent));
    Echo received = echo_of("to be replaced");
    caf::binary_deserializer in(nullptr, bytes);
    ASSERT_FALSE(in(received));
    EXPECT_EQ(received.payload(), payload);
  }
}

TEST(inspect, bytes_that_are_no_message_are_an_error) {
  std::vector<char> bytes;
  std::string malformed = "\x0a\x7f";  // promises 127 bytes
  caf::binary_serializer out(nullptr, bytes);
  ASSERT_FALSE(out(malformed));
  Echo received;
  caf::binary_deserializer in(nullptr, bytes);
  EXPECT_TRUE(in(received));
}

TEST(inspect, a_message_can_be_printed) {
  EXPECT_NE(caf::deep_to_string(echo_of("hello")).find("hello"), std::string::npos);
  EXPECT_NE(to_string(caf::make_message(echo_of("hello"))).find("hello"), std::string::npos);
}

TEST(inspect, a_message_travels_in_a_caf_message) {
  simulation in(1);
  std::string seen;
  const auto receiver = spawn(in.system, [&](caf::event_based_actor*) -> caf::behavior {
    return {[&](const Echo& message) { seen = message.payload(); }};
  });
  caf::anon_send(receiver, echo_of("hello"));
  in.expect([&] { return seen == "hello"; });
}

std::string last_line;

TEST(protobuf_log, goes_to_the_log_of_actornet) {
  simulation in(1);
  set_log_sink([](log_level, std::string_view line) { last_line = line; });
  GOOGLE_LOG(ERROR) << "a complaint of protobuf";
  set_log_sink(nullptr);
  EXPECT_NE(last_line.find("a complaint of protobuf"), std::string::npos) << last_line;
}

}  // namespace
}  // namespace actornet
