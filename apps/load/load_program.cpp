#include "load_program.hpp"

#include <cstdio>
#include <fstream>
#include <optional>

#include "actornet/net/descriptor_limit.hpp"
#include "load_report.hpp"
#include "load_run.hpp"
#include "number_text.hpp"
#include "percentile_svg.hpp"
#include "progress_line.hpp"

namespace actornet::load {

namespace {

constexpr int exit_errors = 1;
constexpr int exit_not_begun = 2;
constexpr std::size_t descriptors_besides = 16;  // standard streams, files, the poller's own

void say(const std::string& line) {
  std::fprintf(stderr, "actornet-load: %s\n", line.c_str());
}

bool descriptors_suffice(const load_options& options) {
  const std::size_t limit = net::raise_descriptor_limit();
  const std::size_t needed = options.connections + descriptors_besides;
  if (needed <= limit)
    return true;
  say(number_text(options.connections) + " connections need " +
      number_text(static_cast<std::int64_t>(needed)) + " open files, this process may have " +
      number_text(static_cast<std::int64_t>(limit)) + " (ulimit -Hn)");
  return false;
}

// A file that is opened before the run, so that a wrong path costs no time.
class output_file {
 public:
  bool open(const std::string& path) {
    path_ = path;
    if (path.empty())
      return true;
    file_.open(path, std::ios::trunc);
    return file_.is_open() || complain();
  }

  bool write(const std::string& text) {
    if (path_.empty())
      return true;
    file_ << text << std::flush;
    return file_.good() || complain();
  }

 private:
  bool complain() const {
    say("cannot write '" + path_ + "'");
    return false;
  }

  std::string path_;
  std::ofstream file_;
};

// The loop runs here until the run is over. Open loop: without sleeping while a message is due
// soon, because a timer would be up to a millisecond late.
void drive(net::loop& loop, load_run& run) {
  while (!run.over()) {
    run.send_due();
    loop.turn(!run.due_soon());
  }
}

}  // namespace

int run_program(const load_options& options) {
  output_file json;
  output_file svg;
  if (!descriptors_suffice(options) || !json.open(options.json_path) || !svg.open(options.svg_path))
    return exit_not_begun;
  net::loop loop(net::make_asio_backend());
  const auto addresses = loop.driver().resolve(options.target);
  if (!addresses) {
    say(options.uri + ": " + addresses.error().message());
    return exit_not_begun;
  }
  load_run run(loop, options, *addresses);
  {
    const progress_line progress(loop, run, options);
    run.start();
    drive(loop, run);
  }
  const load_results& results = run.results();
  if (results.not_begun) {
    say(*results.not_begun);
    return results.errors > 0 ? exit_errors : exit_not_begun;
  }
  for (const std::string& complaint : results.complaints)
    say(complaint);
  std::fputs(table_of(options, results).c_str(), stdout);
  std::fflush(stdout);
  const bool written =
      json.write(json_of(options, results)) && svg.write(percentile_svg(options, results));
  return written && results.errors == 0 ? 0 : exit_errors;
}

}  // namespace actornet::load
