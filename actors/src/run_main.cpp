#include <atomic>
#include <cstdio>
#include <exception>

#include "actornet/log.hpp"
#include "actornet/net/descriptor_limit.hpp"
#include "actornet/net/termination.hpp"
#include "actornet/runtime.hpp"

namespace actornet {

namespace {

constexpr int exit_task_failed = 1;
constexpr int exit_setup_failed = 2;
constexpr int exit_drain_cut = 3;
constexpr int exit_signal_base = 128;

// Waits in the drain for its end, its deadline or a second signal.
int drain_until(runtime& rt, net::termination_signals& signals) {
  std::atomic<bool> over{false};
  std::size_t cut = 0;
  rt.drain(rt.options().drain_timeout, [&](std::size_t cut_off) {
    cut = cut_off;
    over.store(true, std::memory_order_release);
    signals.wake();
  });
  while (!over.load(std::memory_order_acquire)) {
    const int second = signals.wait();
    if (second != 0 && !net::termination_signals::is_hangup(second))
      std::_Exit(exit_signal_base + second);
  }
  if (cut == 0)
    return 0;
  log(log_level::warning, "the drain deadline cut " + std::to_string(cut) + " connection(s)");
  return exit_drain_cut;
}

// Waits for a signal to end or, if there is one, the end of the program's task.
void wait_for_end(runtime& rt, net::termination_signals& signals, const std::atomic<bool>* over) {
  while (!(over && over->load(std::memory_order_acquire))) {
    const int caught = signals.wait();
    if (net::termination_signals::is_hangup(caught))
      rt.reload();
    else if (caught != 0)
      return;
  }
}

int serve(runtime& rt, net::termination_signals& signals, const std::atomic<bool>* over) {
  if (rt.reloads())
    signals.catch_hangup();
  rt.start();
  for (const auto& where : rt.listening())
    std::printf("listening %s\n", net::to_string(where).c_str());
  std::fflush(stdout);
  wait_for_end(rt, signals, over);
  const int code = drain_until(rt, signals);
  rt.stop();
  return code;
}

int setup_failed(const std::exception& failure) {
  std::fprintf(stderr, "error: %s\n", failure.what());
  return exit_setup_failed;
}

// The program's task, and the end of the wait for it.
task<> program(runtime& rt, const std::function<task<int>(runtime&)>& body, int& code,
               std::atomic<bool>& over, net::termination_signals& signals) {
  try {
    code = co_await body(rt);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "error: %s\n", failure.what());
    code = exit_task_failed;
  }
  over.store(true, std::memory_order_release);
  signals.wake();
}

}  // namespace

int run_main(const std::function<void(runtime&)>& setup, runtime_options options) {
  try {
    net::raise_descriptor_limit();
    net::termination_signals signals;
    runtime rt(std::move(options));
    setup(rt);
    return serve(rt, signals, nullptr);
  } catch (const std::exception& failure) {
    return setup_failed(failure);
  }
}

int run_task(const std::function<task<int>(runtime&)>& body, runtime_options options) {
  int code = 0;
  std::atomic<bool> over{false};
  try {
    net::termination_signals signals;
    runtime rt(std::move(options));
    rt.spawn_on(rt.loops().at(0), [&] { return program(rt, body, code, over, signals); });
    const int drained = serve(rt, signals, &over);
    return drained != 0 ? drained : code;
  } catch (const std::exception& failure) {
    return setup_failed(failure);
  }
}

}  // namespace actornet
