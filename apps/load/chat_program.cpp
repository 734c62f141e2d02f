#include "chat_program.hpp"

#include <cstdio>

#include "chat_report.hpp"
#include "chat_run.hpp"
#include "program_parts.hpp"
#include "progress_line.hpp"

namespace actornet::load {

namespace {

constexpr int exit_disorder = 3;

int report(const chat_options& options, const chat_results& results, output_file& json) {
  if (results.not_begun) {
    say(*results.not_begun);
    return results.errors() > 0 ? exit_errors : exit_not_begun;
  }
  for (const std::string& complaint : results.complaints)
    say(complaint);
  std::fputs(table_of(options, results).c_str(), stdout);
  std::fflush(stdout);
  const bool written = json.write(json_of(options, results));
  if (!results.counts.in_order())
    return exit_disorder;
  return written && results.errors() == 0 ? 0 : exit_errors;
}

}  // namespace

int run_chat_program(const chat_options& options) {
  output_file json;
  if (!descriptors_suffice(options.members) || !json.open(options.json_path))
    return exit_not_begun;
  net::loop loop(net::make_asio_backend());
  const auto addresses = loop.driver().resolve(options.target);
  if (!addresses) {
    say(options.uri + ": " + addresses.error().message());
    return exit_not_begun;
  }
  chat_run run(loop, options, *addresses);
  {
    const progress_line progress(loop, run, options.members, options.progress);
    run.start();
    drive(loop, run);
  }
  return report(options, run.results(), json);
}

}  // namespace actornet::load
