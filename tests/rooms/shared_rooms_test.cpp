// Rooms of two processes whose histories share a log.

#include <gmock/gmock.h>

#include "fake_log.hpp"
#include "rooms_support.hpp"

namespace actornet::rooms {
namespace {

using ::testing::ElementsAre;

class shared_rooms : public ::testing::Test {
 protected:
  struct process {
    process(net::multiplexer& loops, std::size_t home, log_store& store)
        : log(loops.at(home), store),
          kept(log, {.look_after = 1h}),
          all(std::make_unique<registry>(loops, kept, between, room_options{})) {}
    fake_log log;
    log_history kept;
    cluster::memory_bus between;
    std::unique_ptr<registry> all;
  };
  struct seat {
    scribe who;
    membership in;
  };

  ~shared_rooms() override {
    seats_.clear();
    pass(100ms);
    for (process* const each : {&first_, &second_})
      each->all.reset();
    pass(100ms);
  }

  void pass(net::duration length) { EXPECT_TRUE(world_.run_for(length)) << world_; }

  seat& join(process& at, std::string user, std::optional<position> after = {}) {
    seat& added = *seats_.emplace_back(std::make_unique<seat>());
    EXPECT_TRUE(world_.run_on(loops_.at(0), [&] {
      auto joined = at.all->join("tea", added.who, {std::move(user), after, 0});
      ASSERT_TRUE(joined);
      added.in = *std::move(joined);
    }));
    pass(300ms);
    return added;
  }

  position say(process& at, std::string text, std::string id = "") {
    result<appended> outcome = errc::timed_out;
    EXPECT_TRUE(world_.run_on(loops_.at(0), [&] {
      at.all
          ->publish("tea", {"ann", std::move(id), bytes_of(text)},
                    [&outcome](result<appended> got) { outcome = std::move(got); })
          .detach();
    }));
    pass(300ms);
    EXPECT_TRUE(outcome) << outcome.error();
    return outcome ? outcome->at : position();
  }

  static lines messages(seat& of) {
    lines all;
    for (const std::string& each : of.who.take())
      if (!each.starts_with("joined") && each.find(" came ") == std::string::npos)
        all.push_back(each);
    return all;
  }

  sim::world world_{1, cluster_test::calm()};
  net::multiplexer loops_{2, world_.backends()};
  log_store store_;
  process first_{loops_, 0, store_};
  process second_{loops_, 1, store_};
  std::vector<std::unique_ptr<seat>> seats_;
};

TEST_F(shared_rooms, members_of_both_processes_are_told_the_same) {
  seat& ann = join(first_, "ann");
  seat& bob = join(second_, "bob");
  say(first_, "hello");
  say(second_, "yes");
  EXPECT_THAT(messages(ann), ElementsAre("1 ann hello", "2 ann yes"));
  EXPECT_THAT(messages(bob), ElementsAre("1 ann hello", "2 ann yes"));
}

TEST_F(shared_rooms, who_comes_from_a_process_that_knows_more_is_told_of_no_new_epoch) {
  seat& bob = join(second_, "bob");
  say(first_, "1");
  second_.log.cut = true;
  say(first_, "2");
  const position newest = say(first_, "3");
  second_.log.cut = false;  // and nothing tells it what it missed
  EXPECT_THAT(messages(bob), ElementsAre("1 ann 1"));
  seat& ann = join(second_, "ann", newest);
  say(second_, "4");
  EXPECT_THAT(messages(ann), ElementsAre("4 ann 4"));
  EXPECT_THAT(messages(bob), ElementsAre("2 ann 2", "3 ann 3", "4 ann 4"));
}

TEST_F(shared_rooms, who_knows_of_what_the_log_never_had_is_told_of_a_new_epoch) {
  const position newest = say(first_, "1");
  seat& ann = join(second_, "ann", position{newest.epoch, 9});
  const std::string epoch = std::to_string(newest.epoch);
  EXPECT_THAT(messages(ann), ElementsAre("gap " + epoch + ":9-" + epoch + ":1 new_epoch"));
}

}  // namespace
}  // namespace actornet::rooms
