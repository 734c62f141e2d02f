#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "actornet/rooms/shared_log.hpp"

namespace actornet::rooms::detail {

/// Reads a channel's records from one number to another, several stretches at once: each question
/// gives one record. On the log's loop; destroying it takes the questions back.
class log_reader {
 public:
  static constexpr std::uint64_t stretches_max = 16;
  static constexpr std::uint64_t stretch_min = 32;  ///< numbers

  /// The records in order, without a hole from the first on; fewer than wanted if they are not all
  /// there yet. An error only with none.
  using done = std::function<void(result<std::vector<log_record>>)>;

  /// @p to >= @p from.
  log_reader(shared_log& log, const std::string& channel, std::uint64_t from, std::uint64_t to,
             done told);
  log_reader(const log_reader&) = delete;
  log_reader& operator=(const log_reader&) = delete;

 private:
  struct stretch {
    std::uint64_t next = 0;
    std::uint64_t last = 0;  // at this number it ends
    std::vector<log_record> got{};
    bool whole = false;
    cluster::operation asked{};
  };

  void ask(std::size_t which);
  void take(std::size_t which, result<std::optional<log_record>> answer);
  void finish();

  shared_log& log_;
  const std::string& channel_;
  std::vector<stretch> stretches_;
  std::size_t under_way_ = 0;
  std::error_code failure_;
  done told_;
};

}  // namespace actornet::rooms::detail
