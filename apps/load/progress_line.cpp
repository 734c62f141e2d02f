#include "progress_line.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>

#include "number_text.hpp"

namespace actornet::load {

namespace {

constexpr char erase_line[] = "\r\x1b[K";

}  // namespace

bool progress_line::is_terminal() noexcept {
  return ::isatty(STDERR_FILENO) == 1;
}

progress_line::progress_line(net::loop& on, const run_status& run, std::uint32_t connections,
                             bool even_if_no_terminal)
    : loop_(on), run_(run), connections_(connections), told_at_(on.now()) {
  if (terminal_ || even_if_no_terminal)
    loop_.timers().arm(timer_, told_at_ + period);
}

progress_line::~progress_line() {
  loop_.timers().remove(timer_);
  if (terminal_)
    std::fputs(erase_line, stderr);
}

void progress_line::tell() {
  const std::chrono::duration<double> passed = loop_.now() - told_at_;
  const double rate =
      static_cast<double>(run_.messages_received() - told_messages_) / passed.count();
  const std::string line =
      std::string(run_.phase_name()) + ": " + number_text(run_.connections_up()) + " of " +
      number_text(connections_) + " connections, " + number_text(static_cast<std::int64_t>(rate)) +
      " messages/s, " + number_text(static_cast<std::int64_t>(run_.errors())) + " errors";
  std::fprintf(stderr, terminal_ ? "%s%s" : "%s%s\n", terminal_ ? erase_line : "", line.c_str());
  std::fflush(stderr);
  told_at_ = loop_.now();
  told_messages_ = run_.messages_received();
  loop_.timers().arm(timer_, told_at_ + period);
}

}  // namespace actornet::load
