// What a select promises: one alternative, nothing lost, no favourite.

#include <array>

#include "twins.hpp"

namespace actornet::twins {
namespace {

// [select-default]
task<> select_default(runtime&, scope&) {
  channel<int> numbers(1);
  auto next = co_await select(numbers.receive(), otherwise());
  println(next.index() == 1 ? "nothing there" : "received");
  (void)co_await numbers.send(7);
  next = co_await select(numbers.receive(), otherwise());
  if (const int* n = next.get<0>())
    println("received", *n);
}
// [/select-default]

task<> select_takes_one(runtime&, scope&) {
  channel<int> a(1), b(1);
  (void)co_await a.send(1);
  (void)co_await b.send(2);
  (void)co_await select(a.receive(), b.receive());
  println("left:", a.size() + b.size());
  (void)co_await select(a.receive(), b.receive());
  println("left:", a.size() + b.size());
}

task<> select_is_fair(runtime&, scope&) {
  std::array<channel<int>, 4> ready{channel<int>(1), channel<int>(1), channel<int>(1),
                                    channel<int>(1)};
  for (auto& each : ready)
    (void)co_await each.send(0);
  std::array<int, 4> taken{};
  for (int i = 0; i < 4000; ++i) {
    auto next = co_await select(ready[0].receive(), ready[1].receive(), ready[2].receive(),
                                ready[3].receive());
    ++taken[next.index()];
    (void)co_await ready[next.index()].send(0);
  }
  for (std::size_t i = 0; i < 4; ++i)
    println("channel", i, "at least 800 of 4000:", taken[i] >= 800);
}

// [select-timeout]
task<> select_timeout(runtime&, scope&) {
  channel<int> silent, talkative(1);
  (void)co_await talkative.send(1);
  for (auto numbers : {silent, talkative}) {
    auto next = co_await select(numbers.receive(), after(30ms));
    if (const int* n = next.get<0>())
      println("received", *n);
    else
      println("nothing for 30 ms");
  }
}
// [/select-timeout]

// Empty, only the send can be; full, only the receive.
task<> both_directions(runtime&, scope&) {
  channel<int> numbers(1);
  for (int i = 0; i < 6; ++i) {
    auto next = co_await select(numbers.send(i), numbers.receive());
    if (const int* n = next.get<1>())
      println("received", *n);
    else
      println("sent", i);
  }
}

struct exchanges {
  int sent = 0;
  int received = 0;
};

task<> exchange(channel<int> over, channel<exchanges> results) {
  exchanges mine;
  for (int i = 0; i < 100; ++i) {
    auto next = co_await select(over.send(1), over.receive());
    ++(next.index() == 0 ? mine.sent : mine.received);
  }
  (void)co_await results.send(mine);
}

// Two selects that would do either meet in a channel without room: one sends, one receives.
task<> selects_meet(runtime&, scope& go) {
  channel<int> meeting;
  channel<exchanges> results;
  go.spawn(exchange(meeting, results));
  go.spawn(exchange(meeting, results));
  exchanges all;
  for (int i = 0; i < 2; ++i) {
    const exchanges one = *co_await results.receive();
    all.sent += one.sent;
    all.received += one.received;
  }
  println("sent", all.sent, "received", all.received);
}

task<> closed_is_ready(runtime&, scope&) {
  channel<int> closed, silent;
  closed.close();
  for (int i = 0; i < 3; ++i) {
    auto next = co_await select(silent.receive(), closed.receive());
    println("alternative", next.index(), "open:", next.get<1>() != nullptr);
  }
}

task<> send_all(int first, int count, channel<int> out) {
  for (int n = first; n < first + count; ++n)
    if (!co_await out.send(n))
      co_return;
  out.close();
}

// Go sets a channel that has ended to nil, which is never ready; a new channel that nobody else
// knows is never ready either.
// [disable]
task<> disable_an_alternative(runtime&, scope& go) {
  channel<int> a, b;
  go.spawn(send_all(1, 10, a));
  go.spawn(send_all(100, 20, b));
  int sum = 0;
  for (int open = 2; open > 0;) {
    auto next = co_await select(a.receive(), b.receive());
    if (const int* n = next.get<0>()) {
      sum += *n;
    } else if (const int* m = next.get<1>()) {
      sum += *m;
    } else {
      (next.index() == 0 ? a : b) = channel<int>();
      --open;
    }
  }
  println("sum", sum);
}
// [/disable]

task<> timed_out_receive(runtime&, scope& go) {
  channel<int> numbers;
  auto next = co_await select(numbers.receive(), after(10ms));
  println("timed out:", next.index() == 1);
  go.spawn(send_all(1, 2, numbers));
  println("received", *co_await numbers.receive());
  println("received", *co_await numbers.receive());
  println("open:", bool(co_await numbers.receive()));
}

task<> timed_out_send(runtime&, scope&) {
  channel<int> numbers(1);
  (void)co_await numbers.send(1);
  auto next = co_await select(numbers.send(2), after(10ms));
  println("timed out:", next.index() == 1);
  println("received", *co_await numbers.receive());
  println("left:", numbers.size());
  next = co_await select(numbers.send(3), after(10s));
  println("timed out:", next.index() == 1);
  println("received", *co_await numbers.receive());
}

// [priority]
task<> priority(runtime&, scope&) {
  channel<int> urgent(3), normal(3);
  for (int n = 1; n <= 3; ++n) {
    (void)co_await normal.send(n);
    (void)co_await urgent.send(n * 10);
  }
  for (int i = 0; i < 6; ++i) {
    auto first = co_await select(urgent.receive(), otherwise());
    if (const int* n = first.get<0>())
      println("urgent", *n);
    else
      println("normal", *co_await normal.receive());
  }
}
// [/priority]

task<> send_and_pause(channel<int> out) {
  for (int n = 1; n <= 500; ++n) {
    if (!co_await out.send(n))
      co_return;
    if (n % 100 == 0)
      (void)co_await sleep(3ms);
  }
}

// Timeouts come while elements are on their way: none is lost or received twice.
task<> nothing_is_lost(runtime&, scope& go) {
  channel<int> a, b(8);
  go.spawn(send_and_pause(a));
  go.spawn(send_and_pause(b));
  int sum = 0, received = 0;
  while (received < 1000) {
    auto next = co_await select(a.receive(), b.receive(), after(1ms));
    const int* n = next.index() == 0 ? next.get<0>() : next.get<1>();
    if (!n)
      continue;
    sum += *n;
    ++received;
  }
  println("received", received, "sum", sum);
}

// [quit]
task<> fibonacci(channel<int> out, channel<int> quit) {
  int a = 0, b = 1;
  for (;;) {
    auto next = co_await select(out.send(a), quit.receive());
    if (next.index() != 0)
      break;
    b += a;
    a = b - a;
  }
  println("quit");
}

task<> quit_channel(runtime&, scope& go) {
  channel<int> numbers, quit;
  const auto generator = go.spawn(fibonacci(numbers, quit));
  for (int i = 0; i < 10; ++i)
    println(*co_await numbers.receive());
  quit.close();
  co_await child(generator).join();
  println("joined");
}
// [/quit]

}  // namespace

const std::vector<named<program>> select_programs = {
    {"select_default", select_default},
    {"select_takes_one", select_takes_one},
    {"select_is_fair", select_is_fair},
    {"select_timeout", select_timeout},
    {"both_directions", both_directions},
    {"selects_meet", selects_meet},
    {"closed_is_ready", closed_is_ready},
    {"disable_an_alternative", disable_an_alternative},
    {"timed_out_receive", timed_out_receive},
    {"timed_out_send", timed_out_send},
    {"priority", priority},
    {"nothing_is_lost", nothing_is_lost},
    {"quit_channel", quit_channel},
};

}  // namespace actornet::twins
