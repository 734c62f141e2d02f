#pragma once

// Runs a program once for each outcome of all its choices.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "actornet/net/loop.hpp"
#include "actornet/sim/socketless_backend.hpp"

namespace actornet {

/// The choices of one run, and how to get to the next: depth-first, the last choice first.
///
///     choice_tree choices;
///     do {
///       ... a program that asks `choices.choose(count)` and nothing else for chance ...
///     } while (choices.next());
class choice_tree {
 public:
  /// One of 0 … @p count - 1; each of them in some run.
  std::size_t choose(std::size_t count) {
    if (count < 2 || held_)
      return 0;
    if (depth_ == path_.size())
      path_.push_back({0, count});
    assert(path_[depth_].count == count && "the program does something else than in the last run");
    return path_[depth_++].chosen;
  }

  /// While @p held there are no choices, it is always the first.
  void hold(bool held) noexcept { held_ = held; }

  /// Whether there is another run.
  bool next() {
    depth_ = 0;
    while (!path_.empty() && ++path_.back().chosen == path_.back().count)
      path_.pop_back();
    return !path_.empty();
  }

 private:
  struct choice {
    std::size_t chosen;
    std::size_t count;
  };
  std::vector<choice> path_;
  std::size_t depth_ = 0;
  bool held_ = false;
};

/// A loop's backend without sockets whose order of entries, and what it calls random, are choices.
/// Time stands still.
class exploring_backend final : public sim::socketless_backend {
 public:
  explicit exploring_backend(choice_tree& choices) noexcept : choices_(&choices) {}

  /// The next random number is one of @p numbers; from then on it is always 0, so that an order
  /// that does not matter is not explored. @p numbers must live until then.
  void set_random(std::span<const std::uint64_t> numbers) noexcept { numbers_ = numbers; }

  bool chooses() const override { return true; }
  std::size_t choose(std::size_t count) override { return choices_->choose(count); }
  std::uint64_t random() override {
    const auto numbers = std::exchange(numbers_, {});
    return numbers.empty() ? 0 : numbers[choices_->choose(numbers.size())];
  }

  net::time_point now() override { return net::time_point(std::chrono::hours(1)); }

 private:
  choice_tree* choices_;
  std::span<const std::uint64_t> numbers_;
};

}  // namespace actornet
