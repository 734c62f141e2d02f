// Processes that share a log, with any order of faults on the way to it and restarts.

#include <set>

#include "log_histories.hpp"
#include "sim/seeds.hpp"

namespace actornet::rooms {
namespace {

class faulty_histories : public log_histories {
 public:
  using log_histories::log_histories;

  void run();

 private:
  void faulty(log_faults faults) {
    for (const auto& each : all_)
      each->log.faults = faults;
  }
};

// What is acknowledged is there once, at its place, for everybody.
void faulty_histories::run() {
  open(3, {.patience = 3s, .look_after = 1s});
  for (std::size_t i = 0; i < 3; ++i)
    follow(i);
  faulty({.record_lost = 4, .answer_lost = 8, .read_stale = 4, .delay_max_ms = 20});
  struct said {
    std::string text;
    outcome got;
  };
  std::vector<said> all;
  for (int round = 0; round < 60; ++round) {
    const std::string text = std::to_string(round);
    const std::size_t where = loops_.at(0).random() % 3;
    all.push_back({text, begin_append(where, text, text)});
    if (round % 7 == 0)
      all.push_back({text, begin_append((where + 1) % 3, text, text)});
    pass(std::chrono::milliseconds(loops_.at(0).random() % 40));
    if (round == 30)
      restart(2, {.patience = 3s, .look_after = 1s});
  }
  pass(5s);
  faulty({});
  pass(5s);
  const auto page = read(0);
  ASSERT_TRUE(page);
  std::set<std::string> once;
  for (const auto& each : page->messages)
    EXPECT_TRUE(once.insert(text_of(each->body())).second) << "twice: " << text_of(each->body());
  for (const auto& each : all) {
    if (!*each.got || !**each.got)
      continue;  // not acknowledged: either is right
    const std::uint64_t offset = (**each.got)->at.offset;
    ASSERT_LE(offset, page->messages.size());
    EXPECT_EQ(text_of(page->messages[offset - 1]->body()), each.text);
  }
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(texts(i), texts(0));
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_EQ(all_[i]->ear.at, page->newest);
}

TEST(log_history_property, what_is_acknowledged_is_there_once_at_its_place_for_everybody) {
  sim::for_each_seed([](sim::world& world) {
    faulty_histories all(world);
    all.run();
  });
}

}  // namespace
}  // namespace actornet::rooms
