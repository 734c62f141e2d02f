// What the tables in docs/tasks.md and docs/channels.md say, where no other test says it.

#include <gtest/gtest.h>

#include <stdexcept>

#include "actornet/flow/blocking.hpp"
#include "actornet/flow/cancel.hpp"
#include "actornet/flow/channel.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/time.hpp"
#include "actornet/runtime.hpp"

namespace actornet {
namespace {

using namespace std::chrono_literals;

/// Runs @p body as a program does.
template <class Body>
void run(Body body) {
  runtime_options options;
  options.loops = 1;
  const std::function<task<int>(runtime&)> program = [&](runtime& rt) -> task<int> {
    co_await body(rt);
    co_return 0;
  };
  EXPECT_EQ(run_task(program, options), 0);
}

TEST(docs, overflow_policies_decide_what_an_offer_to_a_full_channel_does) {
  // [overflow]
  channel<int> prices(
      channel_options<int>{.capacity = 2, .overflow = net::overflow_policy::drop_oldest});
  for (const int price : {10, 11, 12})
    (void)prices.offer(price);  // 11 and 12 are left
  // [/overflow]
  EXPECT_EQ(*prices.try_receive(), 11);
  EXPECT_EQ(*prices.try_receive(), 12);
  EXPECT_EQ(prices.dropped(), 1u);
}

TEST(docs, a_blocking_call_on_a_loop_is_refused_without_waiting) {
  run([](runtime&) -> task<> {
    channel<int> silent;
    const auto received = silent.receive_blocking();
    EXPECT_EQ(received.error(), errc::would_block_loop);
    const auto sent = silent.send_blocking(1);
    EXPECT_EQ(sent.error(), errc::would_block_loop);
    co_return;
  });
}

TEST(docs, under_a_deadline_that_has_passed_the_first_await_fails) {
  run([](runtime&) -> task<> {
    bool began = false;
    const auto work = [&began]() -> task<std::error_code> {
      began = true;
      const auto slept = co_await sleep(1h);
      co_return slept.error();
    };
    const net::time_point past = (co_await this_task()).home().now() - 1s;
    const auto reason = co_await with_deadline(past, work());
    EXPECT_TRUE(began);
    EXPECT_EQ(reason, errc::timed_out);
  });
}

TEST(docs, an_exception_that_was_caught_at_a_join_is_thrown_by_the_scope_as_well) {
  run([](runtime&) -> task<> {
    const auto failing = []() -> task<> {
      throw std::runtime_error("child");
      co_return;
    };
    int caught = 0;
    try {
      (void)co_await with_scope([&](scope& go) -> task<> {
        auto joined = go.spawn(failing());
        try {
          co_await joined.join();
        } catch (const std::runtime_error&) {
          ++caught;
        }
      });
    } catch (const std::runtime_error&) {
      ++caught;
    }
    EXPECT_EQ(caught, 2);
  });
}

TEST(docs, the_alternative_of_a_closed_channel_is_ready_with_an_error) {
  run([](runtime&) -> task<> {
    channel<int> closed;
    closed.close();
    auto next = co_await select(closed.receive(), after(1h));
    EXPECT_EQ(next.index(), 0u);
    EXPECT_EQ(next.get<0>(), nullptr);
    EXPECT_EQ(next.error(), errc::channel_closed);
  });
}

TEST(docs, a_select_of_a_task_that_is_to_stop_takes_none) {
  run([](runtime&) -> task<> {
    const auto work = []() -> task<> {
      channel<int> ready(1);
      (void)ready.try_send(1);
      auto next = co_await select(ready.receive(), otherwise());
      EXPECT_EQ(next.index(), next.none);
      EXPECT_EQ(next.error(), errc::cancelled);
      EXPECT_EQ(ready.size(), 1u);
    };
    cancel_source source;
    source.cancel();
    co_await with_token(source.token(), work());
  });
}

TEST(docs, what_blocking_work_throws_is_an_error) {
  run([](runtime&) -> task<> {
    const auto computed = co_await blocking([]() -> int { throw std::runtime_error("no"); });
    EXPECT_EQ(computed.error(), errc::handler_failed);
  });
}

}  // namespace
}  // namespace actornet
