#pragma once

// Tasks on the loops of a runtime of their own, under simulation: programs that dial.

#include <deque>
#include <functional>
#include <utility>

#include "actornet/dial.hpp"
#include "actornet/flow/cancel.hpp"
#include "simulated_server.hpp"

namespace actornet {

class simulated_client {
 public:
  explicit simulated_client(sim::world& in, std::size_t loops = 1)
      : world_(in), rt_(on(in, loops)) {
    rt_.start();
  }
  ~simulated_client() { drain(); }

  runtime& rt() { return rt_; }
  net::loop& loop(std::size_t index = 0) { return rt_.loops().at(index); }

  /// Begins a task on a loop; what @p body captures by reference must outlive this.
  void begin(std::function<task<>()> body, std::size_t on = 0) {
    const auto& kept = bodies_.emplace_back(std::move(body));
    ++running_;
    rt_.spawn_on(loop(on), [this, &kept] { return counted(kept); });
  }

  /// Waits until all of them have ended.
  [[nodiscard]] bool finish() {
    return world_.run_until([this] { return running_ == 0; });
  }

  /// Runs a task from beginning to end.
  void run(std::function<task<>()> body, std::size_t on = 0) {
    begin(std::move(body), on);
    EXPECT_TRUE(finish()) << world_;
  }

  std::size_t running() const { return running_; }

  /// Waits until its connections have closed.
  void expect_no_connection() {
    EXPECT_TRUE(world_.run_until([this] { return rt_.connections() == 0; })) << world_;
  }

  /// Drains, once. Returns how many connections and tasks were cut.
  std::size_t drain(net::duration patience = 10s) {
    if (std::exchange(over_, true))
      return 0;
    std::optional<std::size_t> cut;
    rt_.drain(patience, [&cut](std::size_t count) { cut = count; });
    EXPECT_TRUE(world_.run_until([&cut] { return cut.has_value(); })) << world_;
    EXPECT_TRUE(world_.run_until_idle()) << world_;
    EXPECT_EQ(rt_.connections(), 0u);
    EXPECT_EQ(running_, 0u);
    return cut.value_or(~std::size_t{0});
  }

 private:
  static runtime_options on(sim::world& in, std::size_t loops) {
    runtime_options options;
    options.loops = loops;
    options.backends = in.backends();
    return options;
  }

  task<> counted(const std::function<task<>()>& body) {
    co_await body();
    --running_;
  }

  sim::world& world_;
  std::deque<std::function<task<>()>> bodies_;
  std::size_t running_ = 0;
  bool over_ = false;
  runtime rt_;
};

inline net::endpoint tcp(std::string host, std::uint16_t port) {
  return {net::endpoint::scheme::tcp, std::move(host), port};
}

/// A listening peer and those that it accepted; the world must run for more to come.
class simulated_peers {
 public:
  explicit simulated_peers(sim::world& in, const std::string& host = sim::home_address,
                           std::uint16_t port = 0)
      : world_(in), listener_(in, tcp(host, port), host) {}

  std::string uri() const { return net::to_string(listener_.local()); }

  /// The next that connects.
  sim::peer& next() {
    EXPECT_TRUE(world_.run_until([this] { return listener_.waiting() > 0; })) << world_;
    return accepted_.emplace_back(listener_.accept());
  }

  /// Accepts those that wait; returns how many it has accepted in all.
  std::size_t accept_all() {
    while (listener_.waiting() > 0)
      accepted_.push_back(listener_.accept());
    return accepted_.size();
  }

  sim::peer& operator[](std::size_t i) { return accepted_[i]; }
  std::size_t waiting() const { return listener_.waiting(); }

  /// Accepted peers that are not closed.
  std::size_t open() const {
    return static_cast<std::size_t>(std::ranges::count_if(accepted_, [](const sim::peer& each) {
      return !each.closed() && !each.saw_end_of_stream();
    }));
  }

 private:
  sim::world& world_;
  sim::peer_listener listener_;
  std::deque<sim::peer> accepted_;
};

}  // namespace actornet
