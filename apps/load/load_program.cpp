#include "load_program.hpp"

#include "load_report.hpp"
#include "load_run.hpp"
#include "percentile_svg.hpp"
#include "program_parts.hpp"

namespace actornet::load {

int run_program(const load_options& options) {
  output_file json;
  output_file svg;
  if (!descriptors_suffice(options.connections) || !json.open(options.json_path) ||
      !svg.open(options.svg_path))
    return exit_not_begun;
  return run_on_loop<load_run>(options, options.connections, [&](const load_results& results) {
    const bool written =
        json.write(json_of(options, results)) && svg.write(percentile_svg(options, results));
    return written && results.errors == 0 ? 0 : exit_errors;
  });
}

}  // namespace actornet::load
