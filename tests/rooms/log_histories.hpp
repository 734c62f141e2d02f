#pragma once

// Histories of several processes that share a log, under simulation.

#include <gtest/gtest.h>

#include "fake_log.hpp"
#include "rooms_support.hpp"

namespace actornet::rooms {

/// Follows a channel: where it started, and what came.
class listener final : public live_sink {
 public:
  void on_start(const position& newest) override {
    at = newest;
    told.push_back("start " + std::to_string(newest.offset));
  }
  void on_message(const message_ref& next) override {
    EXPECT_EQ(next->at(), (position{at.epoch, at.offset + 1}));
    at = next->at();
    told.push_back(text_of(next->body()));
  }
  void on_failed(std::error_code reason) override { told.push_back("failed " + reason.message()); }

  position at;
  lines told;
  cluster::subscription following;
};

/// Up to three processes with a history each, all on one log.
class log_histories {
 public:
  struct process {
    process(net::loop& home, log_store& store, const log_history_options& options)
        : log(home, store), kept(std::make_unique<log_history>(log, options)) {}
    fake_log log;
    std::unique_ptr<log_history> kept;
    listener ear;
  };

  explicit log_histories(sim::world& in) : world_(in) {}
  ~log_histories() {
    for (std::size_t i = 0; i < all_.size(); ++i)
      stop(i);
    EXPECT_TRUE(world_.run_until_idle());
  }

  void open(std::size_t processes, log_history_options options = {}) {
    while (all_.size() < processes)
      all_.push_back(std::make_unique<process>(loops_.at(all_.size()), store_, options));
  }
  void restart(std::size_t which, log_history_options options = {}) {
    stop(which);
    all_[which] = std::make_unique<process>(loops_.at(which), store_, options);
  }
  void stop(std::size_t which) {
    EXPECT_TRUE(world_.run_on(loops_.at(which), [&] { all_[which]->ear.following.end(); }));
    EXPECT_TRUE(world_.run_until_idle());
    all_[which]->kept.reset();
  }

  void pass(net::duration length) { EXPECT_TRUE(world_.run_for(length)) << world_; }

  void follow(std::size_t which) {
    process& at = *all_[which];
    EXPECT_TRUE(
        world_.run_on(loops_.at(which), [&] { at.ear.following = at.kept->live("tea", at.ear); }));
    pass(500ms);
  }

  using outcome = std::shared_ptr<std::optional<result<appended>>>;

  outcome begin_append(std::size_t which, std::string text, std::string id = "") {
    const auto got = std::make_shared<std::optional<result<appended>>>();
    EXPECT_TRUE(world_.run_on(loops_.at(which), [&] {
      auto told = [got](result<appended> answer) { *got = std::move(answer); };
      all_[which]->kept->append("tea", {"ann", id, bytes_of(text)}, std::move(told)).detach();
    }));
    return got;
  }

  result<appended> append(std::size_t which, std::string text, std::string id = "") {
    const outcome got = begin_append(which, std::move(text), std::move(id));
    pass(500ms);
    return *got ? **got : result<appended>(errc::timed_out);
  }

  result<history_page> read(std::size_t which, std::uint64_t after = 0) {
    std::optional<result<history_page>> got;
    EXPECT_TRUE(world_.run_on(loops_.at(which), [&] {
      auto told = [&got](result<history_page> answer) { got = std::move(answer); };
      all_[which]->kept->read_after("tea", after, 1000, std::move(told)).detach();
    }));
    EXPECT_TRUE(world_.run_until([&] { return got.has_value(); }, loops_.at(0).now() + 60s));
    return got ? *got : result<history_page>(errc::timed_out);
  }
  lines texts(std::size_t which) {
    lines all;
    if (const auto page = read(which))
      for (const auto& each : page->messages)
        all.push_back(text_of(each->body()));
    return all;
  }

  sim::world& world_;
  net::multiplexer loops_{3, world_.backends()};
  log_store store_;
  std::vector<std::unique_ptr<process>> all_;
};

}  // namespace actornet::rooms
