// Plain threads that wait for room in a connection's output queue, on real loops and sockets.

#include <gtest/gtest.h>

#include <thread>

#include "actornet/connection.hpp"
#include "actornet/echo/v1/echo.pb.h"
#include "actornet/runtime.hpp"
#include "event.hpp"
#include "real_client.hpp"

namespace actornet {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t message_bytes = 1000;
constexpr int messages_count = 20'000;  // more than the sockets' buffers hold

// A server of one connection, to which a test has a reference.
class blocking_send : public testing::Test {
 protected:
  blocking_send() : rt_(on_two_loops()) {
    listen_options options;
    options.stream.framing = net::framing::raw;
    options.acceptor.sockets.send_buffer_bytes = 64 * 1024;
    where_ = rt_.listen(
        "tcp://127.0.0.1:0",
        [this](byte_stream peer) -> task<> {
          ref_ = peer.ref();
          opened_.set();
          while (co_await peer.read()) {
          }
        },
        options);
    rt_.start();
    client_ = std::make_unique<real_client>(where_, 16 * 1024);
    EXPECT_TRUE(opened_.wait());
  }

  static runtime_options on_two_loops() {
    runtime_options options;
    options.loops = 2;
    return options;
  }

  // Sends until the peer, which does not read, holds it up.
  std::error_code fill() {
    for (int i = 0; i < messages_count; ++i)
      if (const auto sent = ref_.send_blocking(message_, ref_.now() + 100ms); !sent)
        return sent.error();
    return {};
  }

  const net::shared_bytes message_ = net::shared_bytes::copy_of(
      std::as_bytes(std::span<const char>(std::string(message_bytes, 'x'))));
  runtime rt_;
  net::endpoint where_;
  event opened_;
  stream_ref ref_;
  std::unique_ptr<real_client> client_;
};

TEST_F(blocking_send, loses_nothing_however_slow_the_peer_is) {
  constexpr int threads_count = 3;
  std::vector<std::thread> threads;
  std::atomic<int> sent{0};
  for (int i = 0; i < threads_count; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < messages_count / threads_count; ++j)
        if (const auto done = ref_.send_blocking(message_, ref_.now() + 60s);
            done && *done == delivery::sent)
          ++sent;
    });
  }
  constexpr auto expected =
      static_cast<std::size_t>(messages_count / threads_count) * threads_count * message_bytes;
  EXPECT_EQ(client_->receive(expected).size(), expected);
  for (std::thread& each : threads)
    each.join();
  EXPECT_EQ(sent, messages_count / threads_count * threads_count);
  client_.reset();
  EXPECT_EQ(rt_.stop(10s), 0u);
}

TEST_F(blocking_send, returns_at_its_deadline) {
  EXPECT_EQ(fill(), errc::timed_out);
  EXPECT_TRUE(ref_.open());
  EXPECT_EQ(ref_.send_blocking(message_, ref_.now() - 1s).error(), errc::timed_out);
  rt_.stop();
}

TEST_F(blocking_send, ends_with_the_connection) {
  EXPECT_EQ(fill(), errc::timed_out);
  event begun;
  std::error_code outcome;
  std::thread waiting([&] {
    begun.set();
    outcome = ref_.send_blocking(message_, net::never).error();
  });
  EXPECT_TRUE(begun.wait());
  ref_.close();
  waiting.join();
  EXPECT_EQ(outcome, errc::stale_reference);
  rt_.stop();
  EXPECT_EQ(ref_.send_blocking(message_, net::never).error(), errc::stale_reference);
  EXPECT_EQ(ref_.now(), net::never);
}

TEST_F(blocking_send, is_refused_on_a_loop) {
  struct errand {
    stream_ref to;
    net::shared_bytes message;
    std::error_code outcome;
    event over;
  } mine{ref_, message_, {}, {}};
  rt_.loops().at(0).post({[](void* context) {
                            auto* self = static_cast<errand*>(context);
                            self->outcome =
                                self->to.send_blocking(self->message, net::never).error();
                            self->over.set();
                          },
                          &mine});
  ASSERT_TRUE(mine.over.wait());
  EXPECT_EQ(mine.outcome, errc::would_block_loop);
  rt_.stop();
}

TEST_F(blocking_send, is_there_for_messages_too) {
  const connection_ref<echo::v1::Echo> typed(ref_.control());
  echo::v1::Echo hello;
  hello.set_payload("hello");
  EXPECT_TRUE(typed.send_blocking(hello, typed.now() + 60s));
  EXPECT_EQ(client_->receive(hello.ByteSizeLong()), hello.SerializeAsString());
  rt_.stop();
}

}  // namespace
}  // namespace actornet
