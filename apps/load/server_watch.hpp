#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace actornet::load {

/// What a run saw of the server's process; none: its id is not known, or it ended.
struct server_figures {
  std::optional<std::chrono::nanoseconds> server_cpu{};  ///< user and system, in the measured time
  std::optional<std::uint64_t> server_bytes_before{};    ///< resident, before we connected
  std::optional<std::uint64_t> server_bytes{};           ///< resident, at the end, all connected

  std::optional<double> server_cpu_us_per(std::uint64_t count) const noexcept {
    if (!server_cpu || count == 0)
      return std::nullopt;
    return std::chrono::duration<double, std::micro>(*server_cpu).count() /
           static_cast<double>(count);
  }
};

/// Looks at the server's process while a run goes on.
class server_watch {
 public:
  /// @p process empty: it looks at nothing. @p into must outlive it.
  server_watch(std::optional<std::uint32_t> process, server_figures& into) noexcept
      : process_(process), into_(into) {}

  /// Before the run connects. Why there is nothing to measure, in a line; empty: all is well.
  std::string begin();
  void measure_from();
  void measure_to();
  void end();

 private:
  const std::optional<std::uint32_t> process_;
  server_figures& into_;
};

}  // namespace actornet::load
