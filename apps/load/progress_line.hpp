#pragma once

#include <cstdint>

#include "load_run.hpp"

namespace actornet::load {

/// Tells each second on standard error how a run goes; on a terminal it is one line that changes.
/// Loop-bound.
class progress_line {
 public:
  progress_line(net::loop& on, const load_run& run, const load_options& options);
  ~progress_line();  ///< leaves the terminal's line empty
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  /// Whether standard error is a terminal.
  static bool is_terminal() noexcept;

 private:
  static constexpr net::duration period = std::chrono::seconds(1);

  void tell();

  net::loop& loop_;
  const load_run& run_;
  const load_options& options_;
  const bool terminal_ = is_terminal();
  net::time_point told_at_;
  std::uint64_t told_answers_ = 0;
  net::timer timer_{net::entry_of<&progress_line::tell>(*this)};
};

}  // namespace actornet::load
