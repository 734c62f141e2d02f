// What a channel promises: hand-over, capacity, close.

#include <algorithm>
#include <string>

#include "twins.hpp"

namespace actornet::twins {
namespace {

// [ping-pong]
task<> answer(channel<int> ping, channel<int> pong) {
  while (auto n = co_await ping.receive())
    if (!co_await pong.send(*n + 1))
      co_return;
  pong.close();
}

task<> ping_pong(runtime&, scope& go) {
  channel<int> ping, pong;
  go.spawn(answer(ping, pong));
  int n = 0;
  for (int i = 0; i < 5; ++i) {
    (void)co_await ping.send(n);
    n = *co_await pong.receive();
    println("pong", n);
  }
  ping.close();
  println("open:", bool(co_await pong.receive()));
}
// [/ping-pong]

task<> capacity(runtime&, scope&) {
  channel<int> numbers(3);
  for (int n = 1; n <= 5; ++n) {
    auto sent = co_await select(numbers.send(n), otherwise());
    println(n, sent.index() == 0 ? "sent" : "no room");
  }
  println("len", numbers.size(), "cap", numbers.capacity());
  println("received", *co_await numbers.receive());
  println("len", numbers.size());
  println("sent:", bool(numbers.try_send(6)));
  println("sent:", bool(numbers.try_send(7)));
  println("len", numbers.size());
}

// [rendezvous]
task<> hand_over(channel<int> to, bool& over, channel<int> done) {
  (void)co_await to.send(1);
  over = true;
  done.close();
}

task<> rendezvous(runtime&, scope& go) {
  channel<int> numbers, done;
  bool over = false;
  go.spawn(hand_over(numbers, over, done));
  (void)co_await yield();
  println("handed over before the receive:", over);
  println("received", *co_await numbers.receive());
  (void)co_await done.receive();
  println("handed over after the receive:", over);
}
// [/rendezvous]

// [closed]
task<> receive_from_closed(runtime&, scope&) {
  channel<int> numbers(2);
  numbers.close();
  for (int i = 0; i < 2; ++i) {
    auto n = co_await numbers.receive();
    println(n ? *n : 0, bool(n), n.error() == errc::channel_closed);
  }
}

task<> drain_after_close(runtime&, scope&) {
  channel<int> numbers(3);
  for (int n = 1; n <= 3; ++n)
    (void)co_await numbers.send(n);
  numbers.close();
  println("len", numbers.size());
  for (int i = 0; i < 4; ++i) {
    auto n = co_await numbers.receive();
    println(n ? *n : 0, bool(n));
  }
}

task<> send_on_closed(runtime&, scope&) {
  channel<int> numbers(1);
  numbers.close();
  auto sent = co_await numbers.send(1);
  println("refused:", sent.error() == errc::channel_closed);
  println("len", numbers.size());
}

task<> close_twice(runtime&, scope&) {
  channel<int> numbers;
  println("closed:", numbers.close());
  println("closed:", numbers.close());
  co_return;
}
// [/closed]

// [range]
task<> count_to(int last, channel<int> out) {
  for (int n = 1; n <= last; ++n)
    if (!co_await out.send(n))
      co_return;
  out.close();
}

task<> range(runtime&, scope& go) {
  channel<int> numbers;
  go.spawn(count_to(5, numbers));
  while (auto n = co_await numbers.receive())
    println(*n);
  println("over");
}
// [/range]

struct question {
  int n;
  channel<int> reply;
};

task<> square_server(channel<question> questions) {
  while (auto asked = co_await questions.receive())
    (void)co_await asked->reply.send(asked->n * asked->n);
}

task<> channel_of_channels(runtime&, scope& go) {
  channel<question> questions;
  go.spawn(square_server(questions));
  for (int n = 1; n <= 4; ++n) {
    question asked{n, channel<int>()};
    (void)co_await questions.send(asked);
    println(n, "squared is", *co_await asked.reply.receive());
  }
  questions.close();
}

task<> report_closed(channel<int> from, channel<bool> reports) {
  const auto received = co_await from.receive();
  (void)co_await reports.send(received.error() == errc::channel_closed);
}

task<> close_wakes_receivers(runtime&, scope& go) {
  channel<int> numbers;
  channel<bool> reports;
  for (int i = 0; i < 5; ++i)
    go.spawn(report_closed(numbers, reports));
  (void)co_await yield();
  numbers.close();
  int told = 0;
  for (int i = 0; i < 5; ++i)
    told += *co_await reports.receive();
  println(told, "receivers were told");
}

task<> report_refused(channel<int> to, channel<bool> reports) {
  const auto sent = co_await to.send(1);
  (void)co_await reports.send(sent.error() == errc::channel_closed);
}

task<> close_wakes_senders(runtime&, scope& go) {
  channel<int> numbers;
  channel<bool> reports;
  for (int i = 0; i < 5; ++i)
    go.spawn(report_refused(numbers, reports));
  (void)co_await yield();
  numbers.close();
  int told = 0;
  for (int i = 0; i < 5; ++i)
    told += *co_await reports.receive();
  println(told, "senders were told");
  println("received:", bool(co_await numbers.receive()));
}

task<> handles(runtime&, scope&) {
  channel<std::string> one(1), other(1);
  const channel<std::string> same = one;
  println("same:", one == same, "other:", one == other);
  (void)co_await one.send("through one");
  println("got", *co_await channel<std::string>(same).receive());
}

struct numbered {
  int sender;
  int n;
};

task<> send_numbered(int sender, channel<numbered> out) {
  for (int n = 0; n < 100; ++n)
    (void)co_await out.send(numbered{sender, n});
}

task<> order_of_each_sender(runtime&, scope& go) {
  channel<numbered> all(4);
  for (int sender = 0; sender < 3; ++sender)
    go.spawn(send_numbered(sender, all));
  std::vector<int> next(3);
  bool in_order = true;
  for (int i = 0; i < 300; ++i) {
    const numbered got = *co_await all.receive();
    in_order = in_order && got.n == next[got.sender]++;
  }
  println("received", next, "in order:", in_order);
}

// [receive-many]
task<> batches(runtime&, scope&) {
  channel<int> numbers(10);
  for (int n = 1; n <= 10; ++n)
    (void)co_await numbers.send(n);
  numbers.close();
  std::vector<int> batch;
  while (co_await numbers.receive_many(batch, 4)) {
    println(batch);
    batch.clear();
  }
}
// [/receive-many]

// Elements are moved, and one that is refused stays with its sender.
task<> owned_elements(runtime&, scope&) {
  channel<std::unique_ptr<std::string>> boxes(1);
  auto first = std::make_unique<std::string>("first");
  auto second = std::make_unique<std::string>("second");
  println("sent:", bool(boxes.try_send(std::move(first))));
  println("sent:", bool(boxes.try_send(std::move(second))));
  println("still there:", *second);
  println("received", **co_await boxes.receive());
}

}  // namespace

const std::vector<named<program>> channel_programs = {
    {"ping_pong", ping_pong},
    {"capacity", capacity},
    {"rendezvous", rendezvous},
    {"receive_from_closed", receive_from_closed},
    {"drain_after_close", drain_after_close},
    {"send_on_closed", send_on_closed},
    {"close_twice", close_twice},
    {"range", range},
    {"channel_of_channels", channel_of_channels},
    {"close_wakes_receivers", close_wakes_receivers},
    {"close_wakes_senders", close_wakes_senders},
    {"handles", handles},
    {"order_of_each_sender", order_of_each_sender},
    {"batches", batches},
    {"owned_elements", owned_elements},
};

}  // namespace actornet::twins
