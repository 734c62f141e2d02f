#include "chat_program.hpp"

#include "chat_report.hpp"
#include "chat_run.hpp"
#include "program_parts.hpp"

namespace actornet::load {

namespace {

constexpr int exit_disorder = 3;

}  // namespace

int run_chat_program(const chat_options& options) {
  output_file json;
  if (!descriptors_suffice(options.members) || !json.open(options.json_path))
    return exit_not_begun;
  return run_on_loop<chat_run>(options, options.members, [&](const chat_results& results) {
    const bool written = json.write(json_of(options, results));
    if (!results.counts.in_order())
      return exit_disorder;
    return written && results.errors() == 0 ? 0 : exit_errors;
  });
}

}  // namespace actornet::load
