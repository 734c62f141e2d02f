#pragma once

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

#include "actornet/net/loop.hpp"
#include "progress_line.hpp"

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

/// Runs the load @p options ask for, on a loop of its own with real sockets, and prints its table.
/// The exit code: what @p finish makes of the results, or, after a line, that it could not begin.
template <class Run, class Options, class Finish>
int run_on_loop(const Options& options, std::uint32_t connections, Finish finish) {
  net::loop loop(net::make_asio_backend());
  const auto addresses = loop.driver().resolve(options.target);
  if (!addresses) {
    say(options.uri + ": " + addresses.error().message());
    return exit_not_begun;
  }
  Run run(loop, options, *addresses);
  {
    const progress_line progress(loop, run, connections, options.progress);
    run.start();
    drive(loop, run);
  }
  const auto& results = run.results();
  if (results.not_begun) {
    say(*results.not_begun);
    return run.errors() > 0 ? exit_errors : exit_not_begun;
  }
  for (const std::string& complaint : results.complaints)
    say(complaint);
  std::fputs(table_of(options, results).c_str(), stdout);
  std::fflush(stdout);
  return finish(results);
}

}  // namespace actornet::load
