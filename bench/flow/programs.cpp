#include "programs.hpp"

#include <malloc.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "actornet/flow/channel.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/time.hpp"

namespace actornet::bench {

namespace {

constexpr std::size_t buffered = 1024;
double parked_bytes = 0;

void check(bool right) {
  if (!right)
    throw std::runtime_error("an element was lost or doubled");
}

task<> produce(channel<long> to, long count) {
  for (long i = 0; i < count; ++i)
    co_await to.send(i);
  to.close();
}

task<long> sum_of(channel<long>& from) {
  long sum = 0;
  while (const auto element = co_await from.receive())
    sum += *element;
  co_return sum;
}

constexpr long sum_below(long count) {
  return count * (count - 1) / 2;
}

task<> answer(channel<long>& questions, channel<long>& answers) {
  while (const auto question = co_await questions.receive())
    co_await answers.send(*question);
}

task<> nothing() {
  co_return;
}

task<> wait_at(channel<long>& gate) {
  co_await gate.receive();
}

// A bit of work that the optimizer keeps: what a handler does with a message.
std::uint64_t mixed(std::uint64_t value) {
  for (int i = 0; i < 16; ++i)
    value = (value ^ (value >> 31)) * 0x9e3779b97f4a7c15u;
  return value;
}

task<> work(channel<long> jobs, channel<std::uint64_t> results) {
  while (const auto job = co_await jobs.receive())
    co_await results.send(mixed(static_cast<std::uint64_t>(*job)));
}

task<> stage(channel<long> from, channel<long> to) {
  while (const auto element = co_await from.receive())
    co_await to.send(*element + 1);
  to.close();
}

net::loop& loop_of(runtime& rt, std::size_t index) {
  return rt.loops().at(index % rt.loops().size());
}

}  // namespace

// -- one loop -------------------------------------------------------------------------------------

task<> ping_pong(runtime&, long count) {
  channel<long> there;
  channel<long> back;
  co_await with_scope([&](scope& children) -> task<> {
    children.spawn(answer(there, back));
    for (long i = 0; i < count; i += 2) {
      co_await there.send(i);
      const auto answered = co_await back.receive();
      check(answered && *answered == i);
    }
    there.close();
  });
}

task<> stream(runtime&, long count) {
  channel<long> elements(buffered);
  co_await with_scope([&](scope& children) -> task<> {
    children.spawn(produce(elements, count));
    check(co_await sum_of(elements) == sum_below(count));
  });
}

task<> select_of_four(runtime&, long count) {
  std::array<channel<long>, 4> ready{channel<long>(1), channel<long>(1), channel<long>(1),
                                     channel<long>(1)};
  for (auto& each : ready)
    check(static_cast<bool>(each.try_send(1)));
  for (long i = 0; i < count; ++i) {
    const auto next = co_await select(ready[0].receive(), ready[1].receive(), ready[2].receive(),
                                      ready[3].receive());
    co_await ready[next.index()].send(1);
  }
}

task<> spawn_and_finish(runtime&, long count) {
  co_await with_scope([&](scope& children) -> task<> {
    for (long i = 0; i < count; ++i) {
      children.spawn(nothing());
      if (i % 64 == 63)
        co_await yield();
    }
  });
}

task<> parked(runtime&, long count) {
  channel<long> gate;
  co_await with_scope([&](scope& children) -> task<> {
    const std::size_t before = mallinfo2().uordblks;
    for (long i = 0; i < count; ++i) {
      children.spawn(wait_at(gate));
      if (i % 64 == 63)
        co_await yield();
    }
    co_await yield();
    parked_bytes = static_cast<double>(mallinfo2().uordblks - before) / static_cast<double>(count);
    gate.close();
  });
}

double bytes_each() {
  return parked_bytes;
}

// -- two loops ------------------------------------------------------------------------------------

task<> stream_two_loops(runtime& rt, long count) {
  channel<long> elements(buffered);
  co_await with_scope([&](scope& children) -> task<> {
    children.spawn_on(loop_of(rt, 1), [&] { return produce(elements, count); });
    check(co_await sum_of(elements) == sum_below(count));
  });
}

task<> stream_two_loops_many(runtime& rt, long count) {
  channel<long> elements(buffered);
  co_await with_scope([&](scope& children) -> task<> {
    children.spawn_on(loop_of(rt, 1), [&] { return produce(elements, count); });
    long sum = 0;
    std::vector<long> batch;
    while (co_await elements.receive_many(batch, buffered)) {
      for (const long element : batch)
        sum += element;
      batch.clear();
    }
    check(sum == sum_below(count));
  });
}

// -- programs -------------------------------------------------------------------------------------

task<> worker_pool(runtime& rt, long count) {
  channel<long> jobs(buffered);
  channel<std::uint64_t> results(buffered);
  co_await with_scope([&](scope& children) -> task<> {
    for (std::size_t i = 0; i < 8; ++i)
      children.spawn_on(loop_of(rt, i), [&] { return work(jobs, results); });
    children.spawn(produce(jobs, count));
    long received = 0;
    for (; received < count; ++received)
      if (!co_await results.receive())
        break;
    check(received == count);
  });
}

namespace {

// Stages take turns on the first so many loops.
task<> pipeline_over(std::size_t loops, runtime& rt, long count) {
  constexpr std::size_t stages = 4;
  std::vector<channel<long>> between;
  for (std::size_t i = 0; i <= stages; ++i)
    between.emplace_back(buffered);
  co_await with_scope([&](scope& children) -> task<> {
    for (std::size_t i = 0; i < stages; ++i)
      children.spawn_on(rt.loops().at(i % loops),
                        [&, i] { return stage(between[i], between[i + 1]); });
    children.spawn(produce(between[0], count));
    check(co_await sum_of(between[stages]) == sum_below(count) + count * long{stages});
  });
}

task<> fan_in_over(std::size_t loops, runtime& rt, long count) {
  channel<long> left(buffered);
  channel<long> right(buffered);
  co_await with_scope([&](scope& children) -> task<> {
    children.spawn(produce(left, count / 2));
    children.spawn_on(rt.loops().at(loops - 1), [&] { return produce(right, count - count / 2); });
    long received = 0;
    std::size_t closed = 0;
    for (;;) {
      const auto next = co_await select(left.receive(), right.receive());
      closed = next.index();
      if (next.error())
        break;
      ++received;
    }
    while (co_await (closed == 0 ? right : left).receive())
      ++received;
    check(received == count);
  });
}

}  // namespace

task<> pipeline(runtime& rt, long count) {
  return pipeline_over(1, rt, count);
}

task<> pipeline_two_loops(runtime& rt, long count) {
  return pipeline_over(2, rt, count);
}

task<> fan_in(runtime& rt, long count) {
  return fan_in_over(1, rt, count);
}

task<> fan_in_two_loops(runtime& rt, long count) {
  return fan_in_over(2, rt, count);
}

}  // namespace actornet::bench
