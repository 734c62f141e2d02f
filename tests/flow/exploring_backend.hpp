#pragma once

// Runs a program once for each outcome of all its choices.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "actornet/net/backend.hpp"
#include "actornet/net/loop.hpp"

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
class exploring_backend final : public net::backend {
 public:
  explicit exploring_backend(choice_tree& choices) noexcept : choices_(&choices) {}

  /// The next random number is one of @p count from @p first on; from then on it is always 0, so
  /// that an order that does not matter is not explored.
  void set_random(std::size_t first, std::size_t count) noexcept {
    random_first_ = first;
    random_count_ = count;
  }

  bool chooses() const override { return true; }
  std::size_t choose(std::size_t count) override { return choices_->choose(count); }
  std::uint64_t random() override {
    return std::exchange(random_first_, 0) + choices_->choose(std::exchange(random_count_, 1));
  }

  net::time_point now() override { return net::time_point(std::chrono::hours(1)); }
  void poll() override {}
  void wait(net::time_point) override {}
  void wake() override {}
  void bind(net::loop&) override {}
  result<std::unique_ptr<net::listening_socket>> listen(const net::endpoint&,
                                                        const net::socket_options&) override {
    return errc::address_invalid;
  }
  std::unique_ptr<net::connecting_socket> connect(const net::endpoint&, const net::socket_options&,
                                                  net::connecting_socket::connected) override {
    return nullptr;
  }
  result<std::vector<net::endpoint>> resolve(const net::endpoint&) override {
    return errc::name_not_found;
  }

 private:
  choice_tree* choices_;
  std::size_t random_first_ = 0;
  std::size_t random_count_ = 1;
};

}  // namespace actornet
