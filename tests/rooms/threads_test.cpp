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

}  // namespace
}  // namespace actornet::rooms
