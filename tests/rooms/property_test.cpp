// Whatever happens to members and server: what a member got and the gaps it was told of are
// together what was published, in order, nothing twice; and at the end it knows who is there.

#include <algorithm>

#include "actornet/history_sqlite/sqlite_history.hpp"
#include "guest.hpp"
#include "sim/seeds.hpp"
#include "temporary_folder.hpp"

namespace actornet::rooms {
namespace {

constexpr const char* room_name = "tea";

/// A server with a room that starts anew from time to time, and guests that come and go.
class party {
 public:
  party(sim::world& in, bool in_file) : world_(in), in_file_(in_file) {
    options_.page_messages_max = chance().between(1, 8);
    options_.part_queue_max = chance().chance(0.5) ? chance().between(1, 6) : 1'000;
    options_.names_max = chance().between(0, 8);
    options_.slow = {.messages = chance().chance(0.5) ? slow_messages::close : slow_messages::drop,
                     .messages_bytes_max = guest::event_bytes * chance().between(4, 40),
                     .replay_bytes_max = guest::event_bytes * chance().between(0, 4),
                     .presence_bytes_max = guest::event_bytes * chance().between(0, 4)};
    keep_.messages_max = chance().chance(0.3) ? 1'000 : chance().between(0, 12);
    start();
    const std::size_t count = chance().between(2, 8);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string user(1, static_cast<char>('a' + chance().below(6)));
      guests_.emplace_back(user, chance().below(loops_.size()));
    }
  }

  ~party() {
    for (guest& each : guests_)
      on(each.loop(), [&each] { each.reset(); });
    idle();
    all_.reset();
    kept_.reset();
    idle();
  }

  void happen() {
    const double what = static_cast<double>(chance().below(1000)) / 1000;
    if (what < 0.35)
      publish();
    else if (what < 0.40)
      retry();
    else if (what < 0.60)
      move(any());
    else if (what < 0.70)
      any().stalled = chance().chance(0.5);
    else if (what < 0.71)
      start_anew();
    else
      EXPECT_TRUE(world_.run_for(chance().between(net::duration::zero(), net::duration(30ms))));
    read();
  }

  /// Everybody comes, reads, and is told everything there is.
  void settle() {
    for (guest& each : guests_)
      each.stalled = false;
    publish();
    for (int i = 0; i < 2'000 && !settled(); ++i) {
      for (guest& each : guests_) {
        if (each.was_closed())
          on(each.loop(), [&each] { each.reset(); });
        if (!each.connected())
          move(each);
      }
      EXPECT_TRUE(world_.run_for(50ms));
      read();
    }
    for (int i = 0; i < 40; ++i) {  // the last count, and what was told late
      EXPECT_TRUE(world_.run_for(50ms));
      read();
    }
  }

  void expect_all_told() {
    std::set<std::string> users;
    for (const guest& each : guests_)
      users.insert(each.user());
    for (guest& each : guests_) {
      EXPECT_EQ(each.has(), newest_) << each.user();
      EXPECT_EQ(each.users(), users.size()) << each.user();
      if (!each.names().empty()) {
        EXPECT_EQ(each.names(), users) << each.user();
      }
      if (options_.slow.messages == slow_messages::close) {
        EXPECT_EQ(each.gaps(gap_reason::slow_consumer), 0u);
      }
      if (keep_.messages_max == 1'000) {
        EXPECT_EQ(each.gaps(gap_reason::not_kept), 0u);
      }
      if (epoch_ == 1 || in_file_) {
        EXPECT_EQ(each.gaps(gap_reason::new_epoch), 0u);
      }
    }
    EXPECT_EQ(published_.size(), answered_.size());
  }

 private:
  sim::generator& chance() { return world_.random(); }
  guest& any() { return guests_[chance().below(guests_.size())]; }
  void idle() { EXPECT_TRUE(world_.run_until_idle()) << world_; }

  template <class Work>
  void on(std::size_t loop, Work work) {
    ASSERT_TRUE(world_.run_on(loops_.at(loop), work)) << world_;
  }

  bool settled() const {
    return std::ranges::all_of(guests_,
                               [this](const guest& each) { return each.has() == newest_; });
  }

  void read() {
    for (guest& each : guests_)
      each.read(published_);
  }

  void start() {
    if (in_file_)
      kept_ = std::make_unique<sqlite_history>(
          folder_.path() / "history.db", 1, loops_.at(0), pool_,
          sqlite_history_options{.keep = keep_, .batch_max = chance().between(1, 8)});
    else
      kept_ = std::make_unique<memory_history>(++epoch_, memory_history_options{.keep = keep_});
    all_ = std::make_unique<registry>(loops_, *kept_, between_, options_);
  }

  /// The process ends and starts: connections break, and what was in memory is lost.
  void start_anew() {
    for (guest& each : guests_)
      on(each.loop(), [&each] { each.reset(); });
    idle();
    all_.reset();
    kept_.reset();
    idle();
    if (!in_file_)
      newest_ = {epoch_ + 1, 0};
    start();
  }

  void move(guest& moved) {
    on(moved.loop(), [&] {
      if (moved.connected())
        moved.reset();
      else
        moved.connect(*all_, room_name, chance().below(20));
    });
  }

  void publish() {
    for (std::size_t left = chance().between(1, 6); left > 0; --left) {
      draft what{any().user(), std::to_string(next_id_++), {}};
      what.body = bytes_of("text " + what.id);
      append(what);
    }
    if (chance().chance(0.5))
      idle();
  }

  void append(const draft& what) {
    on(chance().below(loops_.size()), [&] {
      auto told = [this, what](const result<appended>& outcome) { note(what, outcome); };
      all_->publish(room_name, what, told).detach();
    });
  }

  void note(const draft& what, const result<appended>& outcome) {
    ASSERT_TRUE(outcome);
    const position at = outcome->at;
    const std::string text = text_of(what.body.payload);
    const auto known = published_.try_emplace({at.epoch, at.offset}, text);
    EXPECT_EQ(known.first->second, text) << "two messages have one position";
    EXPECT_EQ(answered_.insert({at.epoch, at.offset}).second, !outcome->again);
    if (outcome->again)
      return;
    sent_.push_back(what);
    if (at.epoch > newest_.epoch || at.offset > newest_.offset)
      newest_ = at;
  }

  void retry() {
    idle();
    if (!sent_.empty() && (in_file_ || newest_.offset > 0))
      append(sent_.back());
    idle();
  }

  sim::world& world_;
  const bool in_file_;
  const temporary_folder folder_;
  net::multiplexer loops_{2, world_.backends()};
  net::blocking_pool pool_{0};
  cluster::memory_bus between_;
  room_options options_;
  retention keep_;
  std::uint64_t epoch_ = 0;
  std::unique_ptr<history> kept_;
  std::unique_ptr<registry> all_;
  std::deque<guest> guests_;
  truth published_;
  std::deque<draft> sent_;
  std::set<truth::key_type> answered_;
  position newest_;
  int next_id_ = 0;
};

void hold_the_party(sim::world& world, bool in_file) {
  party held(world, in_file);
  for (int left = in_file ? 100 : 300; left > 0 && !::testing::Test::HasFailure(); --left)
    held.happen();
  held.settle();
  held.expect_all_told();
}

TEST(property, what_a_member_gets_and_its_gaps_are_what_was_published) {
  sim::for_each_seed([](sim::world& world) { hold_the_party(world, false); });
}

TEST(property, the_same_with_a_history_in_a_file_that_survives_restarts) {
  sim::for_each_seed([](sim::world& world) { hold_the_party(world, true); });
}

}  // namespace
}  // namespace actornet::rooms
