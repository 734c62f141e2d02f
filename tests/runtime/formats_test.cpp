// Typed connections of text carry JSON, all others protobuf, whoever sends and from where.

#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <thread>

#include "actornet/connection.hpp"
#include "actornet/dial.hpp"
#include "actornet/echo/v1/echo.pb.h"
#include "actornet/proto/json.hpp"
#include "sim/seeds.hpp"
#include "simulated_runtime.hpp"
#include "simulated_server.hpp"
#include "toy_filter.hpp"

namespace actornet {
namespace {

using echo::v1::Echo;
using google::protobuf::StringValue;
using google::protobuf::Timestamp;

constexpr const char* hello = "HI server /\n";  // of the toy filter

Echo echo_of(std::string payload) {
  Echo message;
  message.set_payload(std::move(payload));
  return message;
}

listen_options filtered(bool text) {
  listen_options options = framed_options();
  options.filter = toy_server(text);
  return options;
}

/// A server of one text connection, and the peer at its other end.
template <class Out>
struct text_server {
  explicit text_server(listen_options options = filtered(true))
      : server(
            std::in_place, world,
            [this](connection<Echo, Out> client) -> task<> {
              ref = client.ref();
              begin_log(log, ref.control());
              return receive_all(std::move(client));
            },
            std::move(options)),
        peer(server.connect()) {
    peer.send(hello);
    EXPECT_TRUE(world.run_until([this] { return ref.open(); })) << world;
  }

  task<> receive_all(connection<Echo, Out> from) {
    const at_end guard(log.ended);
    for (;;) {
      auto next = co_await from.receive();
      if (!next) {
        log.read_end = next.error();
        co_return;
      }
      log.frames.push_back(next->payload());
      const auto sent = co_await from.send(answer);
      log.write_end = sent.error;
    }
  }

  /// What came after the handshake.
  std::vector<std::string> received() {
    const std::string_view all = peer.received();
    return unframed(all.substr(std::min<std::size_t>(3, all.size())));
  }
  void expect_received(const std::vector<std::string>& expected) {
    EXPECT_TRUE(world.run_until([&] { return received().size() >= expected.size(); })) << world;
    EXPECT_EQ(received(), expected);
  }
  void finish() {
    peer.shutdown_write();
    EXPECT_TRUE(world.run_until([&] { return peer.saw_end_of_stream() || peer.closed(); }));
    server.expect_only_bystander_left();
  }

  sim::world world{1};
  session_log log;
  Out answer;
  connection_ref<Out> ref;
  simulated_server server;
  sim::peer peer;
};

TEST(formats, a_session_on_text_receives_and_sends_json) {
  text_server<Echo> here;
  here.answer = echo_of("hi");
  here.peer.send(framed(R"( { "payload" : "aGVsbG8=", "later": [1] } )"));
  here.expect_received({R"({"payload":"aGk="})"});
  EXPECT_EQ(here.log.frames, std::vector<std::string>{"hello"});
  here.finish();
}

TEST(formats, a_frame_that_is_no_such_json_costs_its_sender_the_connection) {
  for (const char* bad : {"{\"payload\":", "\x0a\x01x", "", "[]"}) {
    text_server<Echo> here;
    here.peer.send(framed("{}") + framed(bad) + framed("{}"));
    here.finish();
    EXPECT_EQ(here.log.frames.size(), 1u);
    EXPECT_EQ(here.log.read_end, errc::message_malformed) << bad;
    EXPECT_EQ(here.log.closed, errc::message_malformed);
  }
}

TEST(formats, references_send_json_from_everywhere) {
  text_server<Echo> here;
  const encoded<Echo> shared_message(echo_of("1"));
  const auto send_all = [&] {
    EXPECT_TRUE(here.ref.send(echo_of("0")));
    EXPECT_TRUE(here.ref.send(shared_message));
  };
  here.server.on_loop_of(here.log, send_all);
  send_all();  // not on a loop
  const std::string zero = R"({"payload":"MA=="})";
  const std::string one = R"({"payload":"MQ=="})";
  here.expect_received({zero, one, zero, one});
  here.finish();
}

TEST(formats, what_has_no_json_is_an_error_and_the_connection_goes_on) {
  text_server<Timestamp> here;
  Timestamp before_time;
  before_time.set_seconds(-99'999'999'999'999);
  const auto expect_refused = [&] {
    EXPECT_EQ(here.ref.send(before_time).error(), errc::message_malformed);
    EXPECT_EQ(here.ref.send(encoded<Timestamp>(before_time)).error(), errc::message_malformed);
  };
  here.server.on_loop_of(here.log, expect_refused);
  expect_refused();
  here.answer = before_time;
  here.peer.send(framed("{}"));
  ASSERT_TRUE(here.world.run_until([&] { return !here.log.frames.empty(); }));
  EXPECT_EQ(here.log.write_end, errc::message_malformed);
  EXPECT_TRUE(here.ref.send(Timestamp()));
  here.expect_received({R"("1970-01-01T00:00:00Z")"});
  here.finish();
}

TEST(formats, the_limit_is_that_of_the_bytes_on_the_wire) {
  listen_options options = filtered(true);
  options.stream.frame_bytes_max = 100;
  text_server<Echo> here(options);
  const Echo longer = echo_of(std::string(80, 'x'));  // in base64: 107 characters
  EXPECT_EQ(here.ref.send(longer).error(), errc::message_too_large);
  EXPECT_EQ(here.ref.send(encoded<Echo>(longer)).error(), errc::message_too_large);
  here.server.on_loop_of(here.log, [&] {
    EXPECT_EQ(here.ref.send(longer).error(), errc::message_too_large);
    EXPECT_EQ(here.ref.send(encoded<Echo>(longer)).error(), errc::message_too_large);
  });
  here.finish();
}

TEST(formats, a_message_is_encoded_once_in_each_format_and_copies_share_it) {
  const encoded<Echo> original(echo_of("hi"));
  const encoded<Echo> copy = original;
  EXPECT_EQ(original.payload().size(), 4u);
  EXPECT_EQ(original.shared().memory, copy.shared().memory);
  ASSERT_TRUE(copy.text());
  EXPECT_EQ(copy.text()->memory, original.text()->memory);
}

TEST(formats, threads_that_need_the_text_at_once_get_the_same) {
  const encoded<Echo> message(echo_of("hi"));
  std::vector<net::block_ref> texts(4);
  std::vector<std::thread> threads;
  for (auto& mine : texts)
    threads.emplace_back([&mine, copy = message] { mine = copy.text()->memory; });
  for (auto& each : threads)
    each.join();
  for (const auto& each : texts)
    EXPECT_EQ(each, texts[0]);
}

/// A member of a fan-out: a connection of either format, and what its peer should get.
struct member {
  member(sim::world& in, const net::endpoint& at, bool is_text) : text(is_text), peer(in, at) {
    peer.send(hello);
  }

  std::vector<std::string> received() const {
    const std::string_view all = peer.received();
    std::vector<std::string> values;
    for (const std::string& frame : unframed(all.substr(std::min<std::size_t>(3, all.size())))) {
      StringValue value;
      const auto bytes = std::as_bytes(std::span(frame));
      EXPECT_EQ(text ? proto::decode_json(bytes, value, frame.size())
                     : proto::decode(bytes, value, frame.size()),
                proto::codec_error::none);
      values.push_back(value.value());
    }
    return values;
  }

  bool text;
  sim::peer peer;
};

StringValue random_value(sim::world& world, std::size_t number) {
  static constexpr const char* parts[] = {"a", "\"", "\\", "\n", "\xc3\xa4", "\xf0\x9f\x98\x80",
                                          "<"};
  StringValue value;
  std::string& text = *value.mutable_value();
  text = std::to_string(number);
  for (auto left = world.random().below(world.random().chance(0.1) ? 3000 : 40); left > 0; --left)
    text += parts[world.random().below(std::size(parts))];
  return value;
}

TEST(formats, members_of_either_format_get_equal_messages_in_order) {
  sim::for_each_seed([](sim::world& world) {
    std::vector<connection_ref<StringValue>> refs;
    const auto session = [&refs](connection<StringValue, StringValue> from) -> task<> {
      refs.push_back(from.ref());
      return [](connection<StringValue, StringValue> peer) -> task<> {
        for (;;) {
          const auto next = co_await peer.receive();
          if (!next)
            co_return;
        }
      }(std::move(from));
    };
    simulated_runtime server(world, 2);
    const auto texts = server.rt.listen("tcp://127.0.0.1:0", session, filtered(true));
    const auto binaries = server.rt.listen("tcp://127.0.0.1:0", session, filtered(false));
    server.rt.start();
    std::deque<member> members;
    for (int i = 0; i < 6; ++i)
      members.emplace_back(world, i % 2 ? texts : binaries, i % 2);
    ASSERT_TRUE(world.run_until([&] { return refs.size() == members.size(); })) << world;
    std::vector<std::string> sent;
    for (std::size_t i = 0; i < 30; ++i) {
      const StringValue value = random_value(world, i);
      sent.push_back(value.value());
      const encoded<StringValue> once(value);
      for (const auto& each : refs) {
        const bool encode_again = world.random().chance(0.3);
        const auto send = [&] { EXPECT_TRUE(encode_again ? each.send(value) : each.send(once)); };
        if (world.random().chance(0.5))
          EXPECT_TRUE(world.run_on(each.control()->home(), send));
        else
          send();
      }
    }
    ASSERT_TRUE(world.run_for(5s)) << world;
    for (member& each : members) {
      EXPECT_EQ(each.received(), sent) << (each.text ? "text" : "binary");
      each.peer.shutdown_write();
    }
    EXPECT_TRUE(world.run_until([&] { return server.rt.connections() == 0; })) << world;
  });
}

// -- with threads ---------------------------------------------------------------------------------

TEST(formats, a_thread_that_blocks_sends_json_too) {
  runtime rt;
  std::mutex mutex;
  std::condition_variable changed;
  connection_ref<Echo> ref;
  std::string received;
  const auto where = rt.listen(
      "tcp://127.0.0.1:0",
      [&](connection<Echo, Echo> from) -> task<> {
        {
          const std::lock_guard guard(mutex);
          ref = from.ref();
          changed.notify_all();
        }
        return [](connection<Echo, Echo> peer) -> task<> {
          const auto last = co_await peer.receive();
          EXPECT_FALSE(last);
        }(std::move(from));
      },
      filtered(true));
  rt.start();
  const auto client = [&]() -> task<> {
    dial_options options;
    options.filter = toy_client(true);
    auto peer = co_await dial<byte_stream>(net::to_string(where), net::never, options);
    EXPECT_TRUE(peer) << peer.error();
    for (int i = 0; i < 2; ++i) {
      const auto frame = co_await peer->read();
      EXPECT_TRUE(frame) << frame.error();
      const std::lock_guard guard(mutex);
      received += frame->text();
    }
    changed.notify_all();
  };
  rt.spawn(client);
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return ref.open(); });
  lock.unlock();
  EXPECT_TRUE(ref.send_blocking(echo_of("0"), ref.now() + 10s));
  EXPECT_TRUE(ref.send_blocking(encoded<Echo>(echo_of("1")), ref.now() + 10s));
  lock.lock();
  const std::string expected = R"({"payload":"MA=="}{"payload":"MQ=="})";
  changed.wait(lock, [&] { return received.size() >= expected.size(); });
  EXPECT_EQ(received, expected);
  lock.unlock();
  EXPECT_EQ(rt.stop(10s), 0u);
}

}  // namespace
}  // namespace actornet
