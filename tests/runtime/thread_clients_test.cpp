// Clients on threads and sockets: what ThreadSanitizer is to look at.

#include <gtest/gtest.h>

#include <atomic>

#include "actornet/connection_pool.hpp"
#include "actornet/dial.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/reconnect.hpp"
#include "event.hpp"

namespace actornet {
namespace {

using namespace std::chrono_literals;

task<> echo(byte_stream peer) {
  while (auto chunk = co_await peer.read())
    if (!co_await peer.write(*chunk))
      co_return;
}

runtime_options two_loops() {
  runtime_options options;
  options.loops = 2;
  return options;
}

/// A server and a client in one runtime; what the client's tasks do is counted.
struct both_sides : testing::Test {
  both_sides() : where(net::to_string(rt.listen("tcp://127.0.0.1:0", echo))) { rt.start(); }

  /// Runs a task on each loop and waits for all.
  template <class Work>
  void run_on_both(Work work) {
    std::atomic<int> left{2};
    event over;
    const auto whole = [&]() -> task<> {
      co_await work();
      if (left.fetch_sub(1) == 1)
        over.set();
    };
    for (std::size_t i = 0; i < 2; ++i)
      rt.spawn_on(rt.loops().at(i), [&whole] { return whole(); });
    EXPECT_TRUE(over.wait());
  }

  runtime rt{two_loops()};
  std::string where;
};

using thread_clients = both_sides;

task<bool> ask(byte_stream& peer, std::string text) {
  std::string answer;
  (void)co_await peer.write(text);
  while (answer.size() < text.size()) {
    auto chunk = co_await peer.read();
    if (!chunk)
      co_return false;
    answer += chunk->text();
  }
  co_return answer == text;
}

TEST_F(thread_clients, dial_talk_and_hang_up_on_two_loops) {
  std::atomic<int> right{0};
  run_on_both([&]() -> task<> {
    for (int i = 0; i < 50; ++i) {
      auto peer = co_await dial<byte_stream>(where);
      if (peer && co_await ask(*peer, "hello"))
        ++right;
    }
  });
  EXPECT_EQ(right, 100);
}

TEST_F(thread_clients, resolve_a_name_off_the_loop) {
  const std::string name = "tcp://localhost" + where.substr(where.rfind(':'));
  std::atomic<int> right{0};
  run_on_both([&]() -> task<> {
    auto peer = co_await dial<byte_stream>(name);
    if (peer && co_await ask(*peer, "hello"))
      ++right;
  });
  EXPECT_EQ(right, 2);
}

TEST_F(thread_clients, share_the_places_of_a_pool) {
  pool_options<byte_stream> options;
  options.limits.open_max = 3;
  options.limits.other_loops_wait_max = 1ms;
  connection_pool<byte_stream> pool(rt, where, options);
  std::atomic<int> right{0};
  run_on_both([&]() -> task<> {
    (void)co_await with_scope([&](scope& children) -> task<> {
      for (int i = 0; i < 8; ++i)
        children.spawn([](connection_pool<byte_stream>& from, std::atomic<int>& count) -> task<> {
          for (int j = 0; j < 30; ++j) {
            auto lease = co_await from.lease();
            if (lease && co_await ask(**lease, "hello"))
              ++count;
          }
        }(pool, right));
      co_return;
    });
  });
  EXPECT_EQ(right, 2 * 8 * 30);
  EXPECT_LE(pool.statistics().open, 3u);
  EXPECT_EQ(pool.statistics().leases, 2u * 8 * 30);
  event over;
  rt.drain(10s, [&over](std::size_t) { over.set(); });
  ASSERT_TRUE(over.wait());
  EXPECT_EQ(pool.statistics().open, 0u);
}

TEST_F(thread_clients, close_a_pool_from_another_thread) {
  connection_pool<byte_stream> pool(rt, where, {});
  run_on_both([&]() -> task<> { (void)co_await pool.lease(); });
  pool.close();
  std::atomic<int> refused{0};
  run_on_both([&]() -> task<> {
    const auto lease = co_await pool.lease();
    refused += lease.error() == errc::closed_locally;
  });
  EXPECT_EQ(refused, 2);
}

TEST_F(thread_clients, come_back_to_a_server_that_hangs_up) {
  std::atomic<int> runs{0};
  run_on_both([&]() -> task<> {
    int mine = 0;
    reconnect_options options;
    options.backoff_max = 1ms;
    const auto session = [&](outgoing<byte_stream> peer) -> task<result<void>> {
      const bool right = co_await ask(peer, "hello");
      ++runs;
      if (!right || ++mine < 5)
        co_return errc::unexpected_response;
      co_return result<void>();
    };
    const auto outcome = co_await reconnecting<byte_stream>(where, session, options);
    EXPECT_TRUE(outcome);
  });
  EXPECT_EQ(runs, 10);
}

}  // namespace
}  // namespace actornet
