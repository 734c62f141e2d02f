// Tasks on two loops, plain threads, work that blocks.

#include <thread>

#include "actornet/flow/blocking.hpp"
#include "twins.hpp"

namespace actornet::twins {
namespace {

// [two-loops]
task<> echo(channel<int> in, channel<int> out) {
  while (auto n = co_await in.receive())
    if (!co_await out.send(*n * 10))
      co_return;
}

task<> two_loops(runtime& rt, scope& go) {
  channel<int> in, out;
  go.spawn_on(rt.loops().at(1), [in, out] { return echo(in, out); });
  for (int n = 1; n <= 5; ++n) {
    (void)co_await in.send(n);
    println(*co_await out.receive());
  }
  in.close();
}
// [/two-loops]

task<> count(int first, int last, channel<int> out) {
  for (int n = first; n <= last; ++n)
    if (!co_await out.send(n))
      co_return;
  out.close();
}

task<> stream_between_loops(runtime& rt, scope& go) {
  channel<int> numbers(64);
  go.spawn_on(rt.loops().at(1), [numbers] { return count(1, 10'000, numbers); });
  long sum = 0;
  bool in_order = true;
  std::vector<int> some;
  for (int next = 1; co_await numbers.receive_many(some, 32); some.clear()) {
    for (const int n : some) {
      in_order = in_order && n == next++;
      sum += n;
    }
  }
  println("sum", sum, "in order:", in_order);
}

task<> double_all(channel<int> in, channel<int> out) {
  while (auto n = co_await in.receive())
    if (!co_await out.send(2 * *n))
      co_return;
}

task<> workers_on_loops(runtime& rt, scope& go) {
  channel<int> in(4), out(4);
  for (std::size_t i = 0; i < 4; ++i)
    go.spawn_on(rt.loops().at(i % 2), [in, out] { return double_all(in, out); });
  go.spawn(count(1, 500, in));
  long sum = 0;
  for (int i = 0; i < 500; ++i)
    sum += *co_await out.receive();
  println("sum", sum);
}

task<> select_all(channel<int> a, channel<int> b, int count, channel<long> sums) {
  long sum = 0;
  for (int i = 0; i < count; ++i) {
    auto next = co_await select(a.receive(), b.receive());
    const int* n = next.index() == 0 ? next.get<0>() : next.get<1>();
    sum += n ? *n : 0;
  }
  (void)co_await sums.send(sum);
}

task<> send_either(channel<int> a, channel<int> b, int count) {
  for (int n = 1; n <= count; ++n)
    (void)co_await select(a.send(n), b.send(n));
}

// Selects of both loops meet at the same two channels, in both directions.
task<> selects_of_two_loops(runtime& rt, scope& go) {
  channel<int> a, b;
  channel<long> sums;
  net::loop& other = rt.loops().at(1);
  go.spawn_on(other, [a, b, sums] { return select_all(a, b, 1000, sums); });
  go.spawn(select_all(b, a, 1000, sums));
  go.spawn_on(other, [a, b] { return send_either(b, a, 1000); });
  go.spawn(send_either(a, b, 1000));
  const long one = *co_await sums.receive();
  println("sum", one + *co_await sums.receive());
}

task<> close_across_loops(runtime& rt, scope& go) {
  channel<int> numbers, ready, told;
  const auto wait = [numbers, ready, told]() -> task<> {
    auto from = numbers, to = told, here = ready;
    (void)co_await here.send(1);
    const auto received = co_await from.receive();
    (void)co_await to.send(received.error() == errc::channel_closed ? 1 : 0);
  };
  for (std::size_t i = 0; i < 6; ++i)
    go.spawn_on(rt.loops().at(i % 2), wait);
  for (int i = 0; i < 6; ++i)
    (void)co_await ready.receive();
  numbers.close();
  int sum = 0;
  for (int i = 0; i < 6; ++i)
    sum += *co_await told.receive();
  println(sum, "were told");
}

// [plain-thread]
void feed(channel<int> numbers) {
  for (int n = 1; n <= 5; ++n)
    if (!numbers.send_blocking(std::move(n)))
      return;
  numbers.close();
}

task<> plain_thread(runtime&, scope&) {
  channel<int> numbers;
  std::thread feeder(feed, numbers);
  while (auto n = co_await numbers.receive())
    println(*n);
  (void)co_await blocking([&feeder] { feeder.join(); });
}
// [/plain-thread]

task<> thread_deadline(runtime&, scope&) {
  channel<int> silent;
  auto receive = [silent] { return silent.receive_blocking(20ms); };
  const auto received = co_await blocking(std::move(receive));
  println("timed out:", received.error() == errc::timed_out);
}

// [blocking]
long fibonacci(int n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

task<> blocking_work(runtime&, scope&) {
  const auto computed = co_await blocking([] { return fibonacci(20); });
  if (computed)
    println("fibonacci", *computed);
}
// [/blocking]

}  // namespace

const std::vector<named<program>> loop_programs = {
    {"two_loops", two_loops},
    {"stream_between_loops", stream_between_loops},
    {"workers_on_loops", workers_on_loops},
    {"selects_of_two_loops", selects_of_two_loops},
    {"close_across_loops", close_across_loops},
    {"plain_thread", plain_thread},
    {"thread_deadline", thread_deadline},
    {"blocking_work", blocking_work},
};

}  // namespace actornet::twins
