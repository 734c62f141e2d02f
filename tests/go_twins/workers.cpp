// The shapes that Go programs are made of, second half: who works, how many, how often.

#include <algorithm>
#include <numeric>

#include "twins.hpp"

namespace actornet::twins {
namespace {

// [worker-pool]
task<> worker(channel<int> jobs, channel<int> results) {
  while (auto n = co_await jobs.receive())
    if (!co_await results.send(*n * *n))
      co_return;
}

task<> hand_out(int count, channel<int> jobs) {
  for (int n = 1; n <= count; ++n)
    if (!co_await jobs.send(n))
      co_return;
  jobs.close();  // the workers' loops end
}

task<> worker_pool(runtime&, scope& go) {
  channel<int> jobs, results;
  for (int i = 0; i < 3; ++i)
    go.spawn(worker(jobs, results));
  go.spawn(hand_out(9, jobs));
  std::vector<int> squares;
  for (int i = 0; i < 9; ++i)
    squares.push_back(*co_await results.receive());
  std::sort(squares.begin(), squares.end());
  println(squares);
}
// [/worker-pool]

task<> take_share(channel<int> jobs, channel<int> shares) {
  int share = 0;
  while (co_await jobs.receive())
    ++share;
  (void)co_await shares.send(share);
}

task<> fan_out(runtime&, scope& go) {
  channel<int> jobs, shares;
  for (int i = 0; i < 4; ++i)
    go.spawn(take_share(jobs, shares));
  go.spawn(hand_out(100, jobs));
  int total = 0;
  for (int i = 0; i < 4; ++i)
    total += *co_await shares.receive();
  println("jobs done", total);
}

// [semaphore]
struct usage {
  int now = 0;
  int most = 0;
};

task<> take_a_seat(channel<int> seats, usage& used) {
  (void)co_await seats.send(1);
  used.most = std::max(used.most, ++used.now);
  (void)co_await sleep(2ms);
  --used.now;
  (void)co_await seats.receive();
}

task<> semaphore(runtime&, scope&) {
  const channel<int> seats(3);
  usage used;
  (void)co_await with_scope([&](scope& go) -> task<> {
    for (int i = 0; i < 10; ++i)
      go.spawn(take_a_seat(seats, used));
    co_return;
  });
  println("never more than 3:", used.most <= 3, "left", used.now);
}
// [/semaphore]

// [mutex]
task<> add(int times, channel<int> lock, int& total) {
  for (int i = 0; i < times; ++i) {
    (void)co_await lock.send(1);
    ++total;
    (void)co_await lock.receive();
  }
}

task<> mutex_by_channel(runtime& rt, scope&) {
  const channel<int> lock(1);
  int total = 0;
  (void)co_await with_scope([&](scope& go) -> task<> {
    for (std::size_t i = 0; i < 4; ++i)
      go.spawn_on(rt.loops().at(i % 2), [&] { return add(250, lock, total); });
    co_return;
  });
  println("total", total);
}
// [/mutex]

// [rate-limiter]
task<> rate_limiter(runtime&, scope&) {
  net::loop& home = (co_await this_task()).home();
  const net::time_point began = home.now();
  ticker limit(5ms);
  for (int request = 1; request <= 5; ++request) {
    (void)co_await limit.tick();
    println("request", request);
  }
  println("took 20 ms or more:", home.now() - began >= 20ms);
}
// [/rate-limiter]

// [ticker]
task<> heartbeat(runtime&, scope&) {
  channel<int> news(1);
  (void)co_await news.send(1);
  ticker beat(2ms);
  int items = 0;
  for (int beats = 0; beats < 5;) {
    auto next = co_await select(beat.tick(), news.receive());
    if (next.index() == 0)
      println("beat", ++beats);
    else
      ++items;
  }
  println("news", items);
}
// [/ticker]

struct progress {
  int produced = 0;
  int consumed = 0;
  int most_ahead = 0;
};

task<> produce(channel<int> queue, progress& so_far) {
  for (int n = 0; n < 200; ++n) {
    (void)co_await queue.send(n);
    ++so_far.produced;
    so_far.most_ahead = std::max(so_far.most_ahead, so_far.produced - so_far.consumed);
  }
  queue.close();
}

task<> bounded_queue(runtime&, scope&) {
  progress so_far;
  channel<int> queue(4);
  (void)co_await with_scope([&](scope& go) -> task<> {
    go.spawn(produce(queue, so_far));
    while (co_await queue.receive()) {
      ++so_far.consumed;
      (void)co_await yield();
    }
  });
  println("consumed", so_far.consumed, "never more than 5 ahead:", so_far.most_ahead <= 5);
}

// [wait-group]
task<> fill(std::vector<int>& slots, int i) {
  (void)co_await yield();
  slots[static_cast<std::size_t>(i)] = i * i;
}

task<> wait_group(runtime&, scope&) {
  std::vector<int> slots(6);  // outlives the scope whose tasks refer to it
  (void)co_await with_scope([&](scope& go) -> task<> {
    for (int i = 0; i < 6; ++i)
      go.spawn(fill(slots, i));
    co_return;
  });
  println(slots);
}
// [/wait-group]

// [join]
task<int> sum_to(int last) {
  int sum = 0;
  for (int n = 1; n <= last; ++n) {
    (void)co_await yield();
    sum += n;
  }
  co_return sum;
}

task<> join_values(runtime&, scope& go) {
  auto small = go.spawn(sum_to(10));
  auto large = go.spawn(sum_to(100));
  println("sums", co_await small.join(), co_await large.join());
}
// [/join]

task<> wait_for_start(channel<int> start, channel<int> ready, channel<int> started) {
  (void)co_await ready.send(1);
  (void)co_await start.receive();  // ends when it is closed
  (void)co_await started.send(1);
}

task<> starting_gun(runtime&, scope& go) {
  channel<int> start, ready, started(8);
  for (int i = 0; i < 8; ++i)
    go.spawn(wait_for_start(start, ready, started));
  for (int i = 0; i < 8; ++i)
    (void)co_await ready.receive();
  println("ready 8, started", started.size());
  start.close();
  int count = 0;
  for (int i = 0; i < 8; ++i)
    count += *co_await started.receive();
  println("started", count);
}

}  // namespace

const std::vector<named<program>> worker_programs = {
    {"worker_pool", worker_pool},     {"fan_out", fan_out},
    {"semaphore", semaphore},         {"mutex_by_channel", mutex_by_channel},
    {"rate_limiter", rate_limiter},   {"heartbeat", heartbeat},
    {"bounded_queue", bounded_queue}, {"wait_group", wait_group},
    {"join_values", join_values},     {"starting_gun", starting_gun},
};

}  // namespace actornet::twins
