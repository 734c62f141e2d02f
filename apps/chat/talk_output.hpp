#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "actornet/flow/channel.hpp"

namespace actornet::talk {

/// What is to be written to standard output, on its way from the client's loop to the thread that
/// may wait for it. Thread-safe.
class talk_output {
 public:
  static constexpr std::size_t bytes_high = 64 * 1024;  ///< who adds more waits for room first

  void add(std::string_view text);

  /// What waits, all of it, in order.
  std::string take();

  bool is_empty() const;
  bool is_full() const;

  channel<int> added{1};  ///< something was added
  channel<int> taken{1};  ///< something was taken

 private:
  mutable std::mutex mutex_;
  std::string waiting_;
};

}  // namespace actornet::talk
