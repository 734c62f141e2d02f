#pragma once

#include <cstdint>
#include <fstream>
#include <string>

#include "actornet/net/loop.hpp"

namespace actornet::load {

inline constexpr int exit_errors = 1;
inline constexpr int exit_not_begun = 2;

/// One line on standard error.
void say(const std::string& line);

/// Raises the limit of open files as far as it goes. False, and a line, if that is not enough.
bool descriptors_suffice(std::uint32_t connections);

/// A file that is opened before the run, so that a wrong path costs no time. Without a path it is
/// none.
class output_file {
 public:
  bool open(const std::string& path);   ///< false, and a line, if it cannot be written
  bool write(const std::string& text);  ///< the same

 private:
  bool complain() const;

  std::string path_;
  std::ofstream file_;
};

/// The loop runs here until @p run is over. Open loop: without sleeping while a message is due
/// soon, because a timer would be up to a millisecond late.
template <class Run>
void drive(net::loop& loop, Run& run) {
  while (!run.over()) {
    run.send_due();
    loop.turn(!run.due_soon());
  }
}

}  // namespace actornet::load
