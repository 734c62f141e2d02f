#pragma once

// Rooms under simulation, and members that write down what they are told.

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actornet/cluster/memory_bus.hpp"
#include "actornet/net/multiplexer.hpp"
#include "actornet/rooms/memory_history.hpp"
#include "actornet/rooms/registry.hpp"
#include "actornet/sim/world.hpp"
#include "cluster/cluster_support.hpp"

namespace actornet::rooms {

using namespace std::chrono_literals;
using cluster_test::bytes_of;
using cluster_test::lines;
using cluster_test::text_of;

inline std::string text_of(const position& at) {
  return std::to_string(at.epoch) + ":" + std::to_string(at.offset);
}

/// What a member was told, in words: "joined 7:0 [ann]", "1 ann hello", "gap 7:1-7:3 not_kept",
/// "ann came 2", "ann left 1", "count 101", "ann types", "ann stops", "list [ann]", "closed …".
class scribe final : public member {
 public:
  void on_joined(const position& newest, const members_list& there) override {
    add("joined " + text_of(newest) + ' ' + names_of(there));
  }
  bool on_message(const message& next, std::size_t unsent_bytes_max) override {
    if (unsent > unsent_bytes_max)
      return false;
    unsent += takes ? 0 : next.bytes();
    add(std::to_string(next.at().offset) + ' ' + next.user() + ' ' + text_of(next.body()));
    if (on_each)
      on_each();
    return true;
  }
  void on_gap(const gap& missed) override {
    static constexpr const char* reasons[] = {"", "not_kept", "new_epoch", "slow_consumer"};
    add("gap " + text_of(missed.from) + '-' + text_of(missed.to) + ' ' +
        reasons[static_cast<int>(missed.reason)]);
  }
  void on_members(const members_list& there) override { add("list " + names_of(there)); }
  void on_presence(const presence& change) override {
    if (change.user().empty())
      return add("count " + std::to_string(change.users()));
    add(change.user() + (change.present() ? " came " : " left ") + std::to_string(change.users()));
  }
  void on_typing(const typing& change) override {
    add(change.user() + (change.active() ? " types" : " stops"));
  }
  void on_closed(std::error_code reason) override { add("closed " + reason.message()); }
  std::size_t unsent_bytes() const noexcept override { return unsent; }

  std::size_t unsent = 0;
  bool takes = true;  ///< sends everything at once
  std::function<void()> on_each;
  std::vector<std::string> told;

  /// What came since the last call.
  std::vector<std::string> take() { return std::exchange(told, {}); }

 private:
  static std::string names_of(const members_list& there) {
    if (there.counts_only)
      return std::to_string(there.users);
    std::string names = "[";
    for (const std::string& each : there.names)
      names += (names.size() > 1 ? " " : "") + each;
    return names + "]";
  }
  void add(std::string text) { told.push_back(std::move(text)); }
};

class rooms_test : public ::testing::Test {
 public:
  explicit rooms_test(std::uint64_t seed = 1) : world(seed, cluster_test::calm()) {}
  ~rooms_test() override {
    members.clear();
    EXPECT_TRUE(world.run_until_idle()) << world;
    all.reset();
    EXPECT_TRUE(world.run_until_idle()) << world;
  }

  /// With these limits; before anything else.
  void open(room_options options = {}, memory_history_options keep = {}, permission may = {}) {
    kept = std::make_unique<memory_history>(7, keep);
    all = std::make_unique<registry>(loops, *kept, between, options, std::move(may));
  }

  /// Runs @p work on a loop and everything that comes of it.
  template <class Work>
  void on(std::size_t loop, Work work) {
    ASSERT_TRUE(world.run_on(loops.at(loop), work)) << world;
    ASSERT_TRUE(world.run_until_idle()) << world;
  }

  struct seat {
    scribe who;
    membership in;
    std::error_code error;
  };

  /// Somebody in a room; on loop 0 unless it says otherwise.
  seat& join(std::string_view room, std::string user, std::optional<position> after = {},
             std::size_t history = 0, std::size_t loop = 0) {
    seat& added = *members.emplace_back(std::make_unique<seat>());
    on(loop, [&] {
      auto joined = all->join(room, added.who, {std::move(user), after, history});
      if (joined)
        added.in = *std::move(joined);
      else
        added.error = joined.error();
    });
    return added;
  }

  void leave(seat& gone, std::size_t loop = 0) {
    on(loop, [&gone] { gone.in = {}; });
  }

  result<appended> publish(std::string_view room, std::string user, std::string_view text,
                           std::string id = "", std::size_t loop = 0) {
    std::optional<result<appended>> outcome;
    on(loop, [&] {
      all->publish(room, {std::move(user), std::move(id), bytes_of(text)},
                   [&outcome](result<appended> got) { outcome = std::move(got); })
          .detach();
      EXPECT_FALSE(outcome) << "told inside the call";
    });
    return outcome ? *outcome : result<appended>(errc::timed_out);
  }

  sim::world world;
  net::multiplexer loops{2, world.backends()};
  cluster::memory_bus between;
  std::unique_ptr<memory_history> kept;
  std::unique_ptr<registry> all;
  std::deque<std::unique_ptr<seat>> members;
};

}  // namespace actornet::rooms
