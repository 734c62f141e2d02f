#include "progress_line.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>

#include "number_text.hpp"

namespace actornet::load {

namespace {

const char* name_of(load_run::phase phase) {
  switch (phase) {
    case load_run::phase::connecting:
      return "connecting";
    case load_run::phase::warming:
      return "warming up";
    case load_run::phase::measuring:
      return "measuring";
    case load_run::phase::draining:
      return "waiting for answers";
    default:
      return "closing";
  }
}

constexpr char erase_line[] = "\r\x1b[K";

}  // namespace

bool progress_line::is_terminal() noexcept {
  return ::isatty(STDERR_FILENO) == 1;
}

progress_line::progress_line(net::loop& on, const load_run& run, const load_options& options)
    : loop_(on), run_(run), options_(options), told_at_(on.now()) {
  if (terminal_ || options.progress)
    loop_.timers().arm(timer_, told_at_ + period);
}

progress_line::~progress_line() {
  loop_.timers().remove(timer_);
  if (terminal_)
    std::fputs(erase_line, stderr);
}

void progress_line::tell() {
  const std::chrono::duration<double> passed = loop_.now() - told_at_;
  const double rate = static_cast<double>(run_.answers() - told_answers_) / passed.count();
  const std::string line =
      std::string(name_of(run_.current_phase())) + ": " + number_text(run_.connections_up()) +
      " of " + number_text(options_.connections) + " connections, " +
      number_text(static_cast<std::int64_t>(rate)) + " messages/s, " +
      number_text(static_cast<std::int64_t>(run_.results().errors)) + " errors";
  std::fprintf(stderr, terminal_ ? "%s%s" : "%s%s\n", terminal_ ? erase_line : "", line.c_str());
  std::fflush(stderr);
  told_at_ = loop_.now();
  told_answers_ = run_.answers();
  loop_.timers().arm(timer_, told_at_ + period);
}

}  // namespace actornet::load
