// The shapes that Go programs are made of, first half: streams of elements.

#include <algorithm>
#include <optional>
#include <string>

#include "twins.hpp"

namespace actornet::twins {
namespace {

// [pipeline]
task<> generate(int last, channel<int> out) {
  for (int n = 1; n <= last; ++n)
    if (!co_await out.send(n))
      co_return;
  out.close();
}

task<> square(channel<int> in, channel<int> out) {
  while (auto n = co_await in.receive())
    if (!co_await out.send(*n * *n))
      co_return;
  out.close();
}

task<> pipeline(runtime&, scope& go) {
  channel<int> numbers, squares;
  go.spawn(generate(10, numbers));
  go.spawn(square(numbers, squares));
  int sum = 0;
  while (auto n = co_await squares.receive())
    sum += *n;
  println("sum", sum);
}
// [/pipeline]

// [fan-in]
task<> talk(std::string name, int times, channel<std::string> out) {
  for (int i = 1; i <= times; ++i)
    if (!co_await out.send(name + " " + std::to_string(i)))
      co_return;
}

task<> fan_in(runtime&, scope& go) {
  channel<std::string> ann, joe;
  go.spawn(talk("ann", 3, ann));
  go.spawn(talk("joe", 2, joe));
  std::vector<std::string> heard;
  for (bool talking = true; talking;) {
    auto next = co_await select(ann.receive(), joe.receive(), after(500ms));
    if (auto* said = next.get<0>())
      heard.push_back(*said);
    else if (auto* answered = next.get<1>())
      heard.push_back(*answered);
    else
      talking = false;  // both were silent for half a second
  }
  std::sort(heard.begin(), heard.end());
  println(heard);
}
// [/fan-in]

task<> pass_on(channel<int> from, channel<int> to, channel<int> over) {
  while (auto n = co_await from.receive())
    if (!co_await to.send(*n))
      co_return;
  (void)co_await over.send(1);
}

task<> close_after(int ends, channel<int> over, channel<int> out) {
  for (int i = 0; i < ends; ++i)
    (void)co_await over.receive();
  out.close();
}

task<> merge(runtime&, scope& go) {
  channel<int> merged, over;
  for (int last = 1; last <= 4; ++last) {
    channel<int> one;
    go.spawn(generate(last, one));
    go.spawn(pass_on(one, merged, over));
  }
  go.spawn(close_after(4, over, merged));
  std::vector<int> all;
  while (auto n = co_await merged.receive())
    all.push_back(*n);
  std::sort(all.begin(), all.end());
  println(all);
}

task<> tee_off(channel<int> in, channel<int> left, channel<int> right) {
  while (auto n = co_await in.receive()) {
    (void)co_await left.send(*n);
    (void)co_await right.send(*n);
  }
  left.close();
  right.close();
}

task<> tee(runtime&, scope& go) {
  channel<int> numbers, left, right;
  go.spawn(generate(4, numbers));
  go.spawn(tee_off(numbers, left, right));
  while (auto n = co_await left.receive())
    println(*n, *co_await right.receive());
}

// [generator]
task<> collatz(int n, channel<int> out) {
  for (; n != 1; n = n % 2 == 0 ? n / 2 : 3 * n + 1) {
    const auto sent = co_await out.send(n);
    if (!sent)
      co_return;
  }
  (void)co_await out.send(1);
  out.close();
}

task<> generator(runtime&, scope& go) {
  channel<int> numbers;
  go.spawn(collatz(6, numbers));
  while (auto n = co_await numbers.receive())
    println(*n);
}
// [/generator]

task<> count_up(channel<int> out) {
  for (int n = 2; co_await out.send(n); ++n) {
  }
}

task<> filter(channel<int> in, channel<int> out, int prime) {
  while (auto n = co_await in.receive())
    if (*n % prime != 0 && !co_await out.send(*n))
      co_return;
}

task<> prime_sieve(runtime&, scope& go) {
  channel<int> numbers;
  go.spawn(count_up(numbers));
  std::vector<int> primes;
  for (int i = 0; i < 15; ++i) {
    primes.push_back(*co_await numbers.receive());
    channel<int> rest;
    go.spawn(filter(numbers, rest, primes.back()));
    numbers = rest;
  }
  println(primes);
  go.cancel();  // in Go they are left waiting
}

task<> whisper(channel<int> from, channel<int> to) {
  if (auto n = co_await from.receive())
    (void)co_await to.send(*n + 1);
}

task<> daisy_chain(runtime&, scope& go) {
  channel<int> first;
  channel<int> last = first;
  for (int i = 0; i < 1000; ++i) {
    channel<int> next;
    go.spawn(whisper(last, next));
    last = next;
  }
  (void)co_await first.send(1);
  println(*co_await last.receive());
}

struct tree {
  int value;
  std::vector<tree> children;  // none, or left and right
};

tree balanced(int first, int last) {
  const int middle = (first + last) / 2;
  if (first == last)
    return {middle, {}};
  return {middle, {balanced(first, middle), balanced(middle + 1, last)}};
}

task<> walk(const tree& at, channel<int> out) {
  if (at.children.empty()) {
    (void)co_await out.send(at.value);
    co_return;
  }
  for (const tree& each : at.children)
    co_await walk(each, out);
}

task<> walk_all(tree root, channel<int> out) {
  co_await walk(root, out);
  out.close();
}

task<bool> same_leaves(tree one, tree other) {
  channel<int> a, b;
  const auto compared = co_await with_scope([&](scope& go) -> task<bool> {
    go.spawn(walk_all(std::move(one), a));
    go.spawn(walk_all(std::move(other), b));
    bool same = true;
    for (;;) {
      const auto left = co_await a.receive();
      const auto right = co_await b.receive();
      same = same && bool(left) == bool(right) && (!left || *left == *right);
      if (!left && !right)
        co_return same;
    }
  });
  co_return compared ? *compared : false;
}

task<> same_trees(runtime&, scope&) {
  println("same:", co_await same_leaves(balanced(1, 16), balanced(1, 16)));
  println("same:", co_await same_leaves(balanced(1, 16), balanced(1, 15)));
}

}  // namespace

const std::vector<named<program>> pattern_programs = {
    {"pipeline", pipeline},
    {"fan_in", fan_in},
    {"merge", merge},
    {"tee", tee},
    {"generator", generator},
    {"prime_sieve", prime_sieve},
    {"daisy_chain", daisy_chain},
    {"same_trees", same_trees},
};

}  // namespace actornet::twins
