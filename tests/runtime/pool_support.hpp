#pragma once

// A pool of a simulated client, the peers that it connects to, and tasks that borrow from it.

#include <deque>
#include <optional>
#include <vector>

#include "actornet/connection_pool.hpp"
#include "simulated_client.hpp"

namespace actornet {

/// A lease that a task asked for, and how that ended.
struct borrowed {
  std::error_code error;
  std::optional<leased<byte_stream>> lease;
  net::time_point at{};  ///< when it was over; zero: not yet
  std::size_t loop = 0;

  bool over() const { return at != net::time_point(); }
};

struct pool_fixture : testing::Test {
  explicit pool_fixture(std::size_t loops = 1, const sim::options& how = calm())
      : world(1, how), client(world, loops) {
    options.limits.open_max = 2;
  }

  connection_pool<byte_stream>& pool() {
    if (!pool_)
      pool_.emplace(client.rt(), peers.uri(), options);
    return *pool_;
  }

  /// Begins to borrow, on a loop.
  borrowed& begin(net::time_point deadline = net::never, std::size_t loop = 0) {
    borrowed& made = all_.emplace_back();
    made.loop = loop;
    client.begin([this, &made, deadline] { return borrow(pool(), made, deadline); }, loop);
    return made;
  }

  /// Borrows, and waits for that; new connections are accepted.
  borrowed& borrow_now(std::size_t loop = 0) {
    borrowed& made = begin(net::never, loop);
    wait_for(made);
    return made;
  }

  void wait_for(const borrowed& one) {
    EXPECT_TRUE(world.run_until([&] { return one.over(); })) << world;
    peers.accept_all();
  }

  void on_loop_of(const borrowed& one, const std::function<void()>& work) {
    EXPECT_TRUE(world.run_on(client.loop(one.loop), work)) << world;
  }
  void give_back(borrowed& one) {
    on_loop_of(one, [&] { one.lease.reset(); });
  }

  /// The lease that was asked for as number @p i.
  borrowed& nth(std::size_t i) { return all_[i]; }

  /// Which connection it is.
  static const void* which(borrowed& one) { return &**one.lease; }

  void pass(net::duration time) {
    ASSERT_TRUE(world.run_for(time));
    peers.accept_all();
  }
  pool_statistics figures() { return pool().statistics(); }
  std::uint64_t discarded(pool_discard why) { return figures().discarded_for(why); }

  static task<> borrow(connection_pool<byte_stream>& from, borrowed& into,
                       net::time_point deadline) {
    auto got = co_await from.lease(deadline);
    into.error = got.error();
    if (got)
      into.lease.emplace(std::move(*got));
    into.at = (co_await this_task()).home().now();
  }

  sim::world world;
  simulated_peers peers{world};
  pool_options<byte_stream> options;
  simulated_client client;

 private:
  std::optional<connection_pool<byte_stream>> pool_;
  std::deque<borrowed> all_;

 public:
  /// The leases that are left go back, the pool goes.
  ~pool_fixture() override {
    for (borrowed& each : all_)
      if (each.lease)
        give_back(each);
    EXPECT_EQ(client.running(), 0u);
    pool_.reset();
    client.expect_no_connection();
  }
};

}  // namespace actornet
