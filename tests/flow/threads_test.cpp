// On threads: what ThreadSanitizer is to look at.

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "actornet/flow/cancel.hpp"
#include "actornet/flow/channel.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/time.hpp"
#include "actornet/net/multiplexer.hpp"
#include "flow/flow_test.hpp"
#include "runtime/event.hpp"

namespace actornet {
namespace {

constexpr int each = 2000;  // what a sender sends

/// Two loops that run, and a task on the first of them.
class flow_threads : public ::testing::Test {
 protected:
  flow_threads() { loops_.start(); }

  /// Runs the task that @p make makes to its end.
  void run(std::function<task<>()> make) {
    event over;
    started_task<void> root(loops_.at(0), [&]() -> task<> {
      co_await make();
      over.set();
    });
    loops_.at(0).post(net::entry_of<&started_task<void>::begin>(root));
    EXPECT_TRUE(over.wait());
    loops_.stop();  // the root's last turn has ended
  }

  net::loop& loop(std::size_t index) { return loops_.at(index % 2); }

  net::multiplexer loops_{2};
};

/// What one receiver got; each sender's numbers ascend.
class tally {
 public:
  void add(int number) {
    const auto sender = static_cast<std::size_t>(number / each);
    EXPECT_GE(number, next_[sender]) << "out of order";
    next_[sender] = number + 1;
    ++count_;
  }
  int count() const noexcept { return count_; }

 private:
  std::array<int, 16> next_{};
  int count_ = 0;
};

task<> send_all(channel<int> to, int sender) {
  for (int i = 0; i < each; ++i)
    EXPECT_TRUE(co_await to.send(sender * each + i));
}

task<int> receive_all(channel<int> from) {
  tally mine;
  while (auto one = co_await from.receive())
    mine.add(*one);
  co_return mine.count();
}

task<int> receive_all_in_batches(channel<int> from) {
  tally mine;
  std::vector<int> batch;
  while (co_await from.receive_many(batch, 16)) {
    for (const int one : batch)
      mine.add(one);
    batch.clear();
  }
  co_return mine.count();
}

TEST_F(flow_threads, tasks_on_two_loops_and_threads_share_a_channel) {
  constexpr int tasks = 4;
  run([&]() -> task<> {
    for (const std::size_t capacity : {0u, 1u, 64u}) {
      channel<int> ch(capacity), counts(1);
      std::thread receiver([ch, counts]() mutable {
        tally mine;
        while (auto one = ch.receive_blocking())
          mine.add(*one);
        EXPECT_TRUE(counts.send_blocking(mine.count()));
      });
      std::thread sender([ch, counts]() mutable {
        for (int i = 0; i < each; ++i)
          EXPECT_TRUE(ch.send_blocking(tasks * each + i));
        EXPECT_TRUE(counts.send_blocking(int(each)));
      });
      int received = 0;
      (void)co_await with_scope([&](scope& receivers) -> task<> {
        std::vector<child<int>> all;
        for (std::size_t i = 0; i < 2; ++i) {
          all.push_back(receivers.spawn_on(loop(i), [ch] { return receive_all(ch); }));
          all.push_back(receivers.spawn_on(loop(i), [ch] { return receive_all_in_batches(ch); }));
        }
        (void)co_await with_scope([&](scope& senders) -> task<> {
          for (int i = 0; i < tasks; ++i)
            senders.spawn_on(loop(static_cast<std::size_t>(i)),
                             [ch, i] { return send_all(ch, i); });
          co_return;
        });
        EXPECT_EQ(*co_await counts.receive(), each);
        ch.close();
        received += *co_await counts.receive();
        for (auto& one : all)
          received += co_await one.join();
      });
      EXPECT_EQ(received, (tasks + 1) * each);
      sender.join();
      receiver.join();
    }
  });
}

TEST_F(flow_threads, what_a_thread_could_not_send_in_time_is_not_received) {
  channel<int> ch;
  std::atomic<int> sent{0};
  std::thread sender([&] {
    for (int i = 0; i < each; ++i)
      if (ch.send_blocking(int(i), std::chrono::microseconds(i % 20)))
        ++sent;
    ch.close();
  });
  int received = 0;
  run([&]() -> task<> {
    while (co_await ch.receive())
      ++received;
  });
  sender.join();
  EXPECT_EQ(received, sent);
}

// -- select ---------------------------------------------------------------------------------------

task<int> exchange(channel<int> out, channel<int> in) {
  int received = 0;
  for (int sent = 0; sent < each;) {
    auto chosen = co_await select(out.send(int(sent)), in.receive());
    if (chosen.get<0>())
      ++sent;
    else if (chosen.get<1>())
      ++received;
  }
  out.close();
  while (co_await in.receive())
    ++received;
  co_return received;
}

TEST_F(flow_threads, selects_on_two_loops_send_and_receive_across) {
  run([&]() -> task<> {
    for (const std::size_t capacity : {0u, 1u}) {
      channel<int> there, back(capacity);
      (void)co_await with_scope([&](scope& children) -> task<> {
        auto left = children.spawn_on(loop(0), [there, back] { return exchange(there, back); });
        auto right = children.spawn_on(loop(1), [there, back] { return exchange(back, there); });
        EXPECT_EQ(co_await left.join(), each);
        EXPECT_EQ(co_await right.join(), each);
      });
    }
  });
}

task<int> receive_from_either(channel<int> a, channel<int> b) {
  tally mine;
  for (;;) {
    auto chosen = co_await select(a.receive(), b.receive());
    if (chosen.error())
      break;
    mine.add(chosen.index() == 0 ? *chosen.get<0>() : *chosen.get<1>());
  }
  while (auto one = co_await a.receive())
    mine.add(*one);
  while (auto one = co_await b.receive())
    mine.add(*one);
  co_return mine.count();
}

TEST_F(flow_threads, many_selects_compete_for_the_same_channels) {
  run([&]() -> task<> {
    channel<int> a, b(2);
    int received = 0;
    (void)co_await with_scope([&](scope& receivers) -> task<> {
      std::vector<child<int>> all;
      for (std::size_t i = 0; i < 4; ++i)
        all.push_back(receivers.spawn_on(loop(i), [a, b] { return receive_from_either(a, b); }));
      (void)co_await with_scope([&](scope& senders) -> task<> {
        for (int i = 0; i < 4; ++i) {
          channel<int>& to = i / 2 == 0 ? a : b;
          senders.spawn_on(loop(static_cast<std::size_t>(i)), [to, i] { return send_all(to, i); });
        }
        co_return;
      });
      a.close();
      b.close();
      for (auto& one : all)
        received += co_await one.join();
    });
    EXPECT_EQ(received, 4 * each);
  });
}

// -- stopping -------------------------------------------------------------------------------------

task<std::error_code> receive_until_told(channel<int> quiet) {
  co_return (co_await quiet.receive()).error();
}

TEST_F(flow_threads, a_token_that_a_thread_cancels_stops_tasks_on_all_loops) {
  channel<cancel_source> to_cancel(2);
  std::thread canceller([&] {
    while (auto source = to_cancel.receive_blocking())
      source->cancel(errc::killed);
  });
  run([&]() -> task<> {
    channel<int> quiet;
    for (int round = 0; round < 300; ++round) {
      const cancel_source source;
      const auto bounded = [quiet, token = source.token()]() -> task<std::error_code> {
        co_return co_await with_token(token, receive_until_told(quiet));
      };
      const auto selecting = [quiet, token = source.token()]() mutable -> task<std::error_code> {
        auto chosen = co_await select(quiet.receive(), token.wait());
        co_return chosen.get<1>() ? make_error_code(*chosen.get<1>()) : chosen.error();
      };
      (void)co_await with_scope([&](scope& children) -> task<> {
        std::vector<child<std::error_code>> all;
        (void)co_await to_cancel.send(source);
        for (std::size_t i = 0; i < 2; ++i) {
          all.push_back(children.spawn_on(loop(i), bounded));
          all.push_back(children.spawn_on(loop(i), selecting));
        }
        for (auto& one : all)
          EXPECT_EQ(co_await one.join(), errc::killed);
      });
    }
    to_cancel.close();
  });
  canceller.join();
}

TEST_F(flow_threads, children_on_other_loops_are_stopped_while_they_begin_wait_and_end) {
  run([&]() -> task<> {
    channel<int> ch(1);
    for (int round = 0; round < 300; ++round) {
      const auto passing = [ch]() mutable -> task<> {
        (void)co_await ch.send(1);
        (void)co_await yield();
        (void)co_await ch.receive();
      };
      const auto given = co_await with_scope([&](scope& children) -> task<> {
        std::vector<child<void>> all;
        for (std::size_t i = 0; i < 6; ++i)
          all.push_back(children.spawn_on(loop(i), passing));
        for (int i = 0; i < round % 5; ++i)
          (void)co_await yield();
        for (auto& one : all)
          one.cancel();
      });
      EXPECT_TRUE(given);
      (void)ch.try_receive();
    }
  });
}

TEST_F(flow_threads, the_first_error_on_any_loop_stops_children_on_all) {
  run([&]() -> task<> {
    channel<int> quiet;
    for (int round = 0; round < 300; ++round) {
      const auto failing = []() -> task<result<int>> {
        (void)co_await yield();
        co_return errc::message_malformed;
      };
      const auto given = co_await with_scope([&](scope& children) -> task<> {
        for (std::size_t i = 0; i < 4; ++i)
          children.spawn_on(loop(i), [quiet] { return receive_until_told(quiet); });
        for (std::size_t i = 0; i < 2; ++i)
          children.spawn_on(loop(i), failing);
        co_return;
      });
      EXPECT_EQ(given.error(), errc::message_malformed);
    }
  });
}

}  // namespace
}  // namespace actornet
