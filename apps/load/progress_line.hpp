#pragma once

#include <cstdint>

#include "actornet/net/loop.hpp"
#include "run_status.hpp"

namespace actornet::load {

/// Tells each second on standard error how a run goes; on a terminal it is one line that changes.
/// Loop-bound.
class progress_line {
 public:
  progress_line(net::loop& on, const run_status& run, std::uint32_t connections,
                bool even_if_no_terminal);
  ~progress_line();  ///< leaves the terminal's line empty
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  /// Whether standard error is a terminal.
  static bool is_terminal() noexcept;

 private:
  static constexpr net::duration period = std::chrono::seconds(1);

  void tell();

  net::loop& loop_;
  const run_status& run_;
  const std::uint32_t connections_;
  const bool terminal_ = is_terminal();
  net::time_point told_at_;
  std::uint64_t told_messages_ = 0;
  net::timer timer_{net::entry_of<&progress_line::tell>(*this)};
};

}  // namespace actornet::load
