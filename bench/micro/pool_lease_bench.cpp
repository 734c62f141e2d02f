// A lease of an idle connection on its own loop, and its return: no allocation, no system call. The
// task borrows again and again in one turn, up to the credit of a resume.

#include <benchmark/benchmark.h>

#include <memory>

#include "actornet/connection_pool.hpp"
#include "allocations.hpp"
#include "still_backend.hpp"

namespace actornet::bench {
namespace {

/// Connects at once, to nothing.
class connecting_backend final : public still_backend {
 public:
  std::unique_ptr<net::connecting_socket> connect(
      const net::endpoint&, const net::socket_options&,
      net::connecting_socket::connected handler) override {
    net::loop::current()->post({[](void* context) {
                                  const std::unique_ptr<net::connecting_socket::connected> made(
                                      static_cast<net::connecting_socket::connected*>(context));
                                  (*made)(std::unique_ptr<net::transport>(new null_transport));
                                },
                                new net::connecting_socket::connected(std::move(handler))});
    return std::make_unique<net::connecting_socket>();
  }
};

runtime_options still_runtime() {
  runtime_options options;
  options.loops = 1;
  options.backends = [](std::size_t) { return std::make_unique<connecting_backend>(); };
  return options;
}

task<> borrow_again_and_again(connection_pool<byte_stream>& pool, benchmark::State& state) {
  (void)co_await pool.lease();  // makes the connection
  const std::uint64_t before = allocations();
  for (auto step : state) {
    (void)step;
    auto lease = co_await pool.lease();
    benchmark::DoNotOptimize(lease);
  }
  if (allocations() != before)
    state.SkipWithError("a lease allocated");
}

void pool_lease(benchmark::State& state) {
  runtime rt(still_runtime());
  connection_pool<byte_stream> pool(rt, "tcp://127.0.0.1:1");
  bool over = false;
  rt.spawn([&]() -> task<> {
    return [](connection_pool<byte_stream>& from, benchmark::State& counts, bool& done) -> task<> {
      co_await borrow_again_and_again(from, counts);
      done = true;
    }(pool, state, over);
  });
  rt.start();
  while (!over)
    rt.loops().at(0).turn(false);
  rt.drain({}, [](std::size_t) {});
  rt.loops().turn_until_idle();
}

BENCHMARK(pool_lease)->Name("pool/lease_and_return");

}  // namespace
}  // namespace actornet::bench
