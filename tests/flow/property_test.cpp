// Random programs of tasks with random cancellations, closes and deadlines, on two loops of a
// simulated world. Whatever happens: each element is received exactly once, is left in its channel,
// or is with its sender; one sender's elements arrive in order; every task ends.

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "actornet/flow/cancel.hpp"
#include "actornet/flow/channel.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/time.hpp"
#include "flow/flow_test.hpp"
#include "sim/seeds.hpp"

namespace actornet {
namespace {

struct letter {
  static constexpr std::size_t gone = ~std::size_t{0};

  explicit letter(std::size_t with) noexcept : number(with) {}
  letter(letter&& other) noexcept : number(std::exchange(other.number, gone)) {}
  letter& operator=(letter&& other) noexcept {
    number = std::exchange(other.number, gone);
    return *this;
  }
  std::size_t number;
};

/// A few workers that use the same channels at random, and someone who stops them at random.
class round_of_work {
 public:
  round_of_work(sim::world& in, net::loop& here, net::loop& there)
      : world_(in), there_(there), loop_(here) {
    for (auto& each : channels_)
      each.emplace(random_channel());
    for (worker& each : workers_)
      each.letters.reserve(letters_max);
  }

  /// How many operations were done.
  std::size_t run() {
    started_task<result<void>> root(loop_, [this] { return all(); });
    EXPECT_TRUE(world_.run_on(loop_, [&root] { root.begin(); }));
    EXPECT_TRUE(world_.run_until([&root] { return root.ended(); })) << world_;
    EXPECT_EQ(working_, 0);
    check();
    return operations_;
  }

 private:
  static constexpr std::size_t workers_max = 6;
  static constexpr std::size_t operations_max = 200;  // of a worker
  static constexpr std::size_t letters_max = operations_max;
  static constexpr std::size_t channels_max = 3;

  struct receipt {
    std::size_t channel;
    std::size_t sender;
    std::size_t number;
  };

  struct worker {
    std::vector<letter> letters;         // never more than it has room for
    std::vector<std::size_t> addressed;  // each letter's channel
    std::vector<bool> sent;
    std::vector<receipt> received;
  };

  // Counts those who are at work: none may be left.
  struct presence {
    explicit presence(int& count) : count_(count) { ++count_; }
    ~presence() { --count_; }
    presence(const presence&) = delete;
    presence& operator=(const presence&) = delete;
    int& count_;
  };

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_.below(bound)); }
  net::duration short_time() { return std::chrono::microseconds(below(8000)); }

  channel_options<letter> random_channel() {
    channel_options<letter> how;
    how.capacity = below(4);
    if (below(4) == 0)
      how.overflow = net::overflow_policy::drop_oldest;
    if (below(4) == 0) {
      how.bytes_max = 5;
      how.bytes_of = [](const letter& one) { return one.number % 4; };
    }
    return how;
  }

  // -- tasks --------------------------------------------------------------------------------------

  task<result<void>> all() {
    return with_scope([this](scope& children) -> task<> {
      std::vector<child<void>> handles;
      for (std::size_t i = 0; i < workers_max; ++i) {
        if (below(2) == 0)
          handles.push_back(children.spawn(work(i)));
        else
          handles.push_back(children.spawn_on(there_, [this, i] { return work(i); }));
      }
      for (std::size_t left = 20; left > 0 && children.running() > 0; --left) {
        (void)co_await sleep(short_time());
        disturb(handles);
      }
      for (auto& each : channels_)
        each->close();
    });
  }

  void disturb(std::vector<child<void>>& handles) {
    switch (below(16)) {
      case 0:
      case 1:
        return handles[below(handles.size())].cancel();
      case 2:
        return (void)channels_[below(channels_max)]->close();
      case 3:
      case 4:
        source_.cancel();
        source_ = cancel_source();
        return;
      default:
        return;  // somebody else's turn
    }
  }

  bool is_over(const task_context& mine) const {
    return mine.cancelled() ||
           std::ranges::all_of(channels_, [](const auto& each) { return each->closed(); });
  }

  task<> work(std::size_t me) {
    const presence here(working_);
    task_context& mine = co_await this_task();
    for (std::size_t i = 0; i < operations_max && (!is_over(mine) || below(4) > 0); ++i) {
      const std::size_t begun = operations_;
      switch (below(8)) {
        case 0:
        case 1:
        case 2:
          co_await with_deadline(mine.home().now() + short_time() - 1ms, one_operation(me));
          break;
        case 3:
          co_await with_token(source_.token(), one_operation(me));
          break;
        case 4:
          co_await with_helper(me);
          break;
        default:
          co_await one_operation(me);
      }
      EXPECT_GT(operations_, begun);
    }
  }

  // A child of the worker's own, joined in a select that something else may win.
  task<> with_helper(std::size_t me) {
    (void)co_await with_scope([this, me](scope& children) -> task<> {
      auto helper = children.spawn(nap());
      channel<letter>& from = *channels_[below(channels_max)];
      auto chosen = co_await select(helper.join(), from.receive());
      if (chosen.get<1>())
        arrived(me, from, *chosen.get<1>());
      if (below(2) == 0)
        helper.cancel();
      else if (chosen.index() != 0)
        co_await helper.join();
    });
    ++operations_;
  }

  task<> nap() {
    const presence here(working_);
    (void)co_await sleep(short_time());
  }

  task<> one_operation(std::size_t me) {
    channel<letter>& a = *channels_[below(channels_max)];
    channel<letter>& b = *channels_[below(channels_max)];
    std::vector<letter> many;
    switch (below(13)) {
      case 0:
      case 1: {
        letter& mine = write(me, a);
        const bool sent = bool(co_await a.send(std::move(mine)));
        settle(me, sent);
        break;
      }
      case 2:
      case 3: {
        auto received = co_await a.receive();
        if (received)
          arrived(me, a, *received);
        break;
      }
      case 4:
        if (co_await a.receive_many(many, 3))
          for (const letter& each : many)
            arrived(me, a, each);
        break;
      case 5: {
        auto chosen = co_await select(a.receive(), b.receive(), after(short_time()));
        if (chosen.get<0>())
          arrived(me, a, *chosen.get<0>());
        if (chosen.get<1>())
          arrived(me, b, *chosen.get<1>());
        break;
      }
      case 6: {
        letter& mine = write(me, a);
        auto chosen = co_await select(a.send(std::move(mine)), b.receive(), source_.token().wait());
        settle(me, chosen.get<0>() != nullptr);
        if (chosen.get<1>())
          arrived(me, b, *chosen.get<1>());
        break;
      }
      case 7: {
        letter& mine = write(me, a);
        auto chosen = co_await select(b.receive_many(many, 2), a.send(std::move(mine)));
        settle(me, chosen.get<1>() != nullptr);
        for (const letter& each : many)
          arrived(me, b, each);
        break;
      }
      case 8: {
        auto chosen = co_await select(otherwise(), a.receive(), b.receive());
        if (chosen.get<1>())
          arrived(me, a, *chosen.get<1>());
        if (chosen.get<2>())
          arrived(me, b, *chosen.get<2>());
        break;
      }
      case 9:
        settle(me, bool(a.try_send(std::move(write(me, a)))));
        break;
      case 10: {
        const auto offered = a.offer(std::move(write(me, a)));
        settle(me, bool(offered));
        if (offered.error() == errc::dropped)  // counted, but it stayed here
          ++dropped_here_[index_of(a)];
        break;
      }
      case 11:
        if (auto received = a.try_receive())
          arrived(me, a, *received);
        break;
      default:
        if (below(2) == 0)
          (void)co_await yield();
        else
          (void)co_await sleep(short_time());
    }
    ++operations_;
  }

  // -- the books ----------------------------------------------------------------------------------

  std::size_t index_of(const channel<letter>& at) const {
    std::size_t index = 0;
    while (!(*channels_[index] == at))
      ++index;
    return index;
  }

  letter& write(std::size_t me, const channel<letter>& to) {
    worker& sender = workers_[me];
    EXPECT_LT(sender.letters.size(), letters_max);
    sender.letters.emplace_back(me * letters_max + sender.letters.size());
    sender.addressed.push_back(index_of(to));
    sender.sent.push_back(false);
    return sender.letters.back();
  }

  void settle(std::size_t me, bool sent) { workers_[me].sent.back() = sent; }

  void arrived(std::size_t me, const channel<letter>& from, const letter& one) {
    workers_[me].received.push_back(
        {index_of(from), one.number / letters_max, one.number % letters_max});
  }

  void check() {
    std::vector<receipt> all;
    for (const worker& each : workers_) {
      check_order(each.received);
      all.insert(all.end(), each.received.begin(), each.received.end());
    }
    std::array<std::size_t, channels_max> lost = dropped_here_;
    for (std::size_t i = 0; i < channels_max; ++i)
      while (const auto left = channels_[i]->try_receive())
        all.push_back({i, left->number / letters_max, left->number % letters_max});
    std::array<std::vector<int>, workers_max> times;
    for (std::size_t i = 0; i < workers_max; ++i)
      times[i].resize(workers_[i].letters.size());
    for (const receipt& each : all) {
      ++times[each.sender][each.number];
      EXPECT_EQ(workers_[each.sender].addressed[each.number], each.channel);
    }
    for (std::size_t i = 0; i < workers_max; ++i)
      for (std::size_t n = 0; n < times[i].size(); ++n)
        check_letter(workers_[i], n, times[i][n], lost);
    for (std::size_t i = 0; i < channels_max; ++i)
      EXPECT_EQ(lost[i], channels_[i]->dropped());
  }

  static void check_letter(const worker& sender, std::size_t number, int times,
                           std::array<std::size_t, channels_max>& lost) {
    const bool at_home = sender.letters[number].number != letter::gone;
    if (!sender.sent[number]) {
      EXPECT_TRUE(at_home) << "not sent, but lost";
      EXPECT_EQ(times, 0) << "not sent, but received";
    } else {
      EXPECT_FALSE(at_home) << "sent, but still here";
      EXPECT_LE(times, 1) << "received more than once";
      lost[sender.addressed[number]] += times == 0;
    }
  }

  static void check_order(const std::vector<receipt>& received) {
    std::array<std::array<std::size_t, channels_max>, workers_max> next{};
    for (const receipt& each : received) {
      EXPECT_GE(each.number, next[each.sender][each.channel]) << "out of order";
      next[each.sender][each.channel] = each.number + 1;
    }
  }

  sim::world& world_;
  net::loop& there_;
  net::loop& loop_;
  sim::generator random_{world_.random().fork()};
  std::array<std::optional<channel<letter>>, channels_max> channels_;
  cancel_source source_;
  std::array<worker, workers_max> workers_;
  std::array<std::size_t, channels_max> dropped_here_{};
  std::size_t operations_ = 0;
  int working_ = 0;
};

TEST(flow_property, random_programs_lose_nothing_and_end) {
  constexpr std::size_t operations_each_seed = 10'000;  // a million in 100 seeds
  sim::for_each_seed([](sim::world& world) {
    net::loop here(world.make_backend()), there(world.make_backend());
    std::size_t operations = 0;
    while (operations < operations_each_seed && !::testing::Test::HasFailure())
      operations += round_of_work(world, here, there).run();
  });
}

}  // namespace
}  // namespace actornet
