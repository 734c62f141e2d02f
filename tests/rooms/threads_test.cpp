// Two loops on threads: what ThreadSanitizer is to look at.

#include <atomic>
#include <optional>

#include "actornet/history_sqlite/sqlite_history.hpp"
#include "rooms_support.hpp"
#include "runtime/event.hpp"
#include "temporary_folder.hpp"

namespace actornet::rooms {
namespace {

constexpr std::size_t members_each = 8;
constexpr int publishes_each = 300;

/// Runs @p work on @p loop and waits for its end.
void run_on(net::loop& loop, std::function<void()> work) {
  struct job {
    std::function<void()> work;
    event over;
  } now{std::move(work), {}};
  loop.post({[](void* context) {
               auto& mine = *static_cast<job*>(context);
               mine.work();
               mine.over.set();
             },
             &now});
  EXPECT_TRUE(now.over.wait());
}

class ordered_member final : public member {
 public:
  ordered_member(std::atomic<std::uint64_t>& total) : total_(total) {}
  void on_joined(const position& newest, const members_list&) override { has_ = newest.offset; }
  bool on_message(const message& next, std::size_t) override {
    EXPECT_EQ(next.at().offset, ++has_);
    const auto& text = next.rendered<std::string>([&next] { return text_of(next.body()); });
    EXPECT_EQ(text, "hello");
    total_.fetch_add(1);
    return true;
  }
  void on_gap(const gap& missed) override { ADD_FAILURE() << text_of(missed.from); }
  void on_members(const members_list&) override {}
  void on_presence(const presence&) override {}
  void on_typing(const typing&) override {}
  void on_closed(std::error_code reason) override { ADD_FAILURE() << reason.message(); }
  std::size_t unsent_bytes() const noexcept override { return 0; }

  membership in;

 private:
  std::atomic<std::uint64_t>& total_;
  std::uint64_t has_ = 0;
};

/// Both loops publish, join, leave and type at the same time.
void be_busy(net::multiplexer& loops, registry& all) {
  std::atomic<std::uint64_t> total{0};
  std::deque<ordered_member> there[2];
  for (std::size_t loop = 0; loop < 2; ++loop)
    run_on(loops.at(loop), [&, loop] {
      for (std::size_t i = 0; i < members_each; ++i) {
        ordered_member& added = there[loop].emplace_back(total);
        added.in = *all.join("tea", added, {"u" + std::to_string(i), {}, 0});
      }
    });
  std::atomic<int> answered{0};
  event over;
  const std::function<void(const result<appended>&)> told = [&](const result<appended>& outcome) {
    EXPECT_TRUE(outcome) << outcome.error();
    if (++answered == 2 * publishes_each)
      over.set();
  };
  for (int i = 0; i < publishes_each; ++i)
    for (std::size_t loop = 0; loop < 2; ++loop)
      run_on(loops.at(loop), [&, loop, i] {
        all.publish("tea", {"u", std::to_string(i), bytes_of("hello")}, told).detach();
        there[loop][static_cast<std::size_t>(i) % members_each].in.typing(i % 2 == 0);
      });
  EXPECT_TRUE(over.wait());
  while (total.load() < 2 * members_each * publishes_each)
    run_on(loops.at(0), [] {});
  for (std::size_t loop = 0; loop < 2; ++loop)
    run_on(loops.at(loop), [&, loop] { there[loop].clear(); });
  EXPECT_EQ(total.load(), 2 * members_each * publishes_each) << "one id of each pair is a retry";
}

TEST(threads, a_room_on_two_loops_keeps_its_order) {
  net::multiplexer loops(2);
  memory_history kept(1);
  cluster::memory_bus between;
  auto all = std::make_optional<registry>(loops, kept, between);
  loops.start();
  be_busy(loops, *all);
  all.reset();  // while the loops run
  loops.stop();
  loops.turn_until_idle();
}

TEST(threads, the_same_with_a_history_in_a_file) {
  const temporary_folder folder;
  net::multiplexer loops(2);
  net::blocking_pool pool;
  std::optional<sqlite_history> kept;
  kept.emplace(folder.path() / "history.db", 1, loops.at(0), pool);
  cluster::memory_bus between;
  auto all = std::make_optional<registry>(loops, *kept, between);
  loops.start();
  be_busy(loops, *all);
  all.reset();
  loops.stop();
  loops.turn_until_idle();
  kept.reset();
}

/// A node on threads of its own, with a member on each loop.
class busy_node {
 public:
  busy_node(history& kept, cluster::bus& between, const std::string& name)
      : name_(name),
        all_(std::in_place, loops_, kept, between,
             room_options{.across = {.delta_interval = 1ms, .digest_interval = 20ms}}, permission(),
             node_place{name, 1, {}}) {
    loops_.start();
  }
  ~busy_node() {
    all_.reset();
    loops_.stop();
    loops_.turn_until_idle();
  }

  void join() {
    for (std::size_t loop = 0; loop < 2; ++loop)
      run_on(loops_.at(loop), [&, loop] {
        auto& added = there_[loop].emplace_back(total_);
        added.in = *all_->join("tea", added, {name_ + std::to_string(loop), {}, 0});
      });
  }
  void leave() {
    for (std::size_t loop = 0; loop < 2; ++loop)
      run_on(loops_.at(loop), [&, loop] { there_[loop].clear(); });
  }
  std::size_t users() {
    std::atomic<std::size_t> count{0};
    event over;
    run_on(loops_.at(1), [&] {
      auto told = [&](const result<members_list>& got) {
        count = got->names.size();
        over.set();
      };
      all_->who("tea", "x", told).detach();
    });
    EXPECT_TRUE(over.wait());
    return count;
  }

 private:
  const std::string name_;
  net::multiplexer loops_{2};
  std::optional<registry> all_;
  std::atomic<std::uint64_t> total_{0};
  std::deque<ordered_member> there_[2];
};

TEST(threads, two_nodes_come_to_know_the_same_users) {
  memory_history kept(1);
  cluster::memory_bus between;
  busy_node one(kept, between, "A");
  busy_node other(kept, between, "B");
  one.join();
  for (int i = 0; i < 20; ++i) {
    other.join();
    while (one.users() != 4 || other.users() != 4) {
    }
    other.leave();
    while (one.users() != 2) {
    }
  }
  one.leave();
}

}  // namespace
}  // namespace actornet::rooms
