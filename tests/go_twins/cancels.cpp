// Cancellation, deadlines and failures: Go's context, errgroup, panic and recover.

#include <optional>
#include <stdexcept>
#include <string>

#include "twins.hpp"

namespace actornet::twins {
namespace {

// [with-cancel]
task<> count_until(cancel_token stop, channel<int> out) {
  for (int n = 1;; ++n) {
    auto next = co_await select(stop.wait(), out.send(n));
    if (next.index() == 0)
      break;
  }
  println("cancelled:", stop.reason() == errc::cancelled);
}

task<> with_cancel(runtime&, scope& go) {
  cancel_source source;
  channel<int> numbers;
  auto counting = go.spawn(count_until(source.token(), numbers));
  for (int i = 0; i < 3; ++i)
    println(*co_await numbers.receive());
  source.cancel();
  co_await counting.join();
}
// [/with-cancel]

// [with-timeout]
task<std::error_code> wait_for_an_answer() {
  channel<int> answers;  // nobody answers
  const auto answer = co_await answers.receive();
  co_return answer.error();
}

task<> with_timeout(runtime&, scope&) {
  net::loop& home = (co_await this_task()).home();
  const auto reason = co_await with_deadline(home.now() + 20ms, wait_for_an_answer());
  println("timed out:", reason == errc::timed_out);
}
// [/with-timeout]

// [inheritance]
task<net::time_point> own_deadline() {
  co_return (co_await this_task()).deadline();
}

task<> below(net::time_point outer) {
  println("mine:", co_await own_deadline() == outer);
  println("a later one:", co_await with_deadline(outer + 1h, own_deadline()) == outer);
  println("an earlier one:", co_await with_deadline(outer - 1s, own_deadline()) == outer - 1s);
  (void)co_await with_scope([outer](scope& go) -> task<> {
    auto spawned = go.spawn(own_deadline());
    println("a child's:", co_await spawned.join() == outer);
  });
}

task<> deadline_inheritance(runtime&, scope&) {
  const net::time_point outer = (co_await this_task()).home().now() + 1h;
  co_await with_deadline(outer, below(outer));
}
// [/inheritance]

task<> wait_to_be_told(int levels, int& told) {
  (void)co_await with_scope([&](scope& go) -> task<> {
    for (int i = 0; i < 2 && levels > 1; ++i)
      go.spawn(wait_to_be_told(levels - 1, told));
    const channel<int> silent;
    const auto received = co_await channel<int>(silent).receive();
    told += received.error() == errc::cancelled;
  });
}

task<> cancel_soon(cancel_source source) {
  (void)co_await sleep(5ms);
  source.cancel();
}

task<> cancel_reaches_all(runtime&, scope& go) {
  const cancel_source source;
  go.spawn(cancel_soon(source));
  int told = 0;
  co_await with_token(source.token(), wait_to_be_told(3, told));
  println(told, "tasks were told");
}

task<bool> receives(channel<int> from) {
  co_return bool(co_await from.receive());
}

task<> cancelled_before(runtime&, scope&) {
  cancel_source source;
  source.cancel();
  channel<int> numbers(1);
  (void)co_await numbers.send(1);
  println("received:", co_await with_token(source.token(), receives(numbers)));
  println("left:", numbers.size());
}

task<> first_reason_stays(runtime&, scope&) {
  cancel_source source;
  source.cancel(errc::timed_out);
  source.cancel(errc::cancelled);
  println("timed out:", source.token().reason() == errc::timed_out);
  co_return;
}

task<bool> sends(channel<std::string> to, std::string& what) {
  co_return bool(co_await to.send(std::move(what)));
}

task<> cancelled_send(runtime&, scope& go) {
  const cancel_source source;
  go.spawn(cancel_soon(source));
  channel<std::string> words;
  std::string word = "kept";
  println("sent:", co_await with_token(source.token(), sends(words, word)));
  println(word);
  auto left = co_await select(words.receive(), otherwise());
  println("arrived:", left.index() == 0);
}

// [errgroup]
task<result<int>> fetch(int page, int& cancelled) {
  if (page == 2)
    co_return errc::connection_refused;
  const auto slept = co_await sleep(10s);
  if (slept)
    co_return page;
  ++cancelled;
  co_return slept.error();
}

task<> errgroup(runtime&, scope&) {
  int cancelled = 0;
  const auto over = co_await with_scope([&](scope& go) -> task<> {
    for (int page = 1; page <= 4; ++page)
      go.spawn(fetch(page, cancelled));
    co_return;
  });
  println("failed:", over.error() == errc::connection_refused, "cancelled:", cancelled);
}
// [/errgroup]

// [first-wins]
task<> ask_replica(int replica, net::duration delay, channel<int> answers, int& cancelled) {
  const auto slept = co_await sleep(delay);
  if (slept)
    (void)co_await answers.send(replica);
  else
    ++cancelled;
}

task<> first_response_wins(runtime&, scope&) {
  int cancelled = 0, winner = 0;
  channel<int> answers;
  (void)co_await with_scope([&](scope& go) -> task<> {
    go.spawn(ask_replica(1, 10s, answers, cancelled));
    go.spawn(ask_replica(2, 5ms, answers, cancelled));
    go.spawn(ask_replica(3, 20s, answers, cancelled));
    winner = *co_await answers.receive();
    go.cancel();
  });
  println("replica", winner, "answered, cancelled:", cancelled);
}
// [/first-wins]

// [panic]
task<int> divide(int a, int b) {
  if (b == 0)
    throw std::domain_error("division by zero");
  co_return a / b;
}

task<> recover(int a, int b, channel<std::string> reports) {
  std::string report;
  try {
    report = std::to_string(co_await divide(a, b));
  } catch (const std::domain_error& caught) {
    report = std::string("recovered: ") + caught.what();
  }
  (void)co_await reports.send(std::move(report));
}

task<> panic_recovered(runtime&, scope& go) {
  channel<std::string> reports;
  go.spawn(recover(6, 3, reports));
  println(*co_await reports.receive());
  go.spawn(recover(6, 0, reports));
  println(*co_await reports.receive());
}

task<> panic_at_join(runtime&, scope&) {
  try {
    (void)co_await with_scope([](scope& go) -> task<> {
      auto quotient = go.spawn(divide(1, 0));
      println("quotient", co_await quotient.join());
    });
  } catch (const std::domain_error& caught) {
    println("caught:", caught.what());
  }
}
// [/panic]

}  // namespace

const std::vector<named<program>> cancel_programs = {
    {"with_cancel", with_cancel},
    {"with_timeout", with_timeout},
    {"deadline_inheritance", deadline_inheritance},
    {"cancel_reaches_all", cancel_reaches_all},
    {"cancelled_before", cancelled_before},
    {"first_reason_stays", first_reason_stays},
    {"cancelled_send", cancelled_send},
    {"errgroup", errgroup},
    {"first_response_wins", first_response_wins},
    {"panic_recovered", panic_recovered},
    {"panic_at_join", panic_at_join},
};

}  // namespace actornet::twins
