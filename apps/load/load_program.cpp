#include "load_program.hpp"

#include <cstdio>

#include "load_report.hpp"
#include "load_run.hpp"
#include "percentile_svg.hpp"
#include "program_parts.hpp"
#include "progress_line.hpp"

namespace actornet::load {

int run_program(const load_options& options) {
  output_file json;
  output_file svg;
  if (!descriptors_suffice(options.connections) || !json.open(options.json_path) ||
      !svg.open(options.svg_path))
    return exit_not_begun;
  net::loop loop(net::make_asio_backend());
  const auto addresses = loop.driver().resolve(options.target);
  if (!addresses) {
    say(options.uri + ": " + addresses.error().message());
    return exit_not_begun;
  }
  load_run run(loop, options, *addresses);
  {
    const progress_line progress(loop, run, options.connections, options.progress);
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
