// One readiness entry: a transport says that it is ready, its owner runs. No system call: those of
// the poller are counted where sockets are measured.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "actornet/net/loop.hpp"
#include "allocations.hpp"
#include "still_backend.hpp"

namespace {

thread_local std::uint64_t allocation_count = 0;

void* allocate(std::size_t bytes) {
  ++allocation_count;
  if (void* const memory = std::malloc(bytes > 0 ? bytes : 1))
    return memory;
  throw std::bad_alloc();
}

}  // namespace

// For the whole program; the forms for arrays and without exceptions call these.
void* operator new(std::size_t bytes) {
  return allocate(bytes);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  ++allocation_count;
  const auto boundary = static_cast<std::size_t>(alignment);
  if (void* const memory = std::aligned_alloc(boundary, (bytes + boundary - 1) & -boundary))
    return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace actornet::bench {

std::uint64_t allocations() noexcept {
  return allocation_count;
}

namespace {

// What a stream does first when its socket is ready, without the reading.
struct connection {
  connection() { socket.set_owner(net::entry_of<&connection::on_ready>(*this)); }
  void on_ready() {
    socket.leave_queue();
    ++runs;
  }

  null_transport socket;
  std::uint64_t runs = 0;
};

// An iteration is one entry; a turn has as many as a turn may run, each of another connection.
void readiness_entry(benchmark::State& state) {
  constexpr std::size_t entries = net::loop::batch_entries_max;
  net::loop loop(std::make_unique<still_backend>());
  std::vector<connection> connections(entries);
  const auto turn = [&] {
    for (connection& each : connections)
      each.socket.run_owner(loop);
    loop.turn(false);
  };
  turn();  // the run queue grows once

  std::uint64_t allocated = 0;
  while (state.KeepRunningBatch(entries)) {
    const std::uint64_t before = allocations();
    turn();
    allocated += allocations() - before;
  }
  const auto turns = static_cast<std::uint64_t>(state.iterations()) / entries + 1;
  for (const connection& each : connections)
    if (each.runs != turns)
      state.SkipWithError("an entry did not run once per turn");
  state.counters["allocations"] =
      static_cast<double>(allocated) / static_cast<double>(state.iterations());
}

BENCHMARK(readiness_entry);

}  // namespace

}  // namespace actornet::bench
