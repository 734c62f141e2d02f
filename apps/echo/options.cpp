#include "options.hpp"

#include <CLI/CLI.hpp>

#include "actornet/version.hpp"
#include "common/command_line.hpp"
#include "common/duration_option.hpp"

namespace actornet::echo {

namespace {

using apps::add_duration;

// Texts that CLI11 shows are ours: one clear line per mistake.
void take_framing(options& values, const std::string& name) {
  if (!net::parse_framing(name, values.framing))
    throw CLI::ValidationError("--framing",
                               "'" + name + "' is not raw, line, delimited or length32");
}

void take_style(options& values, const std::string& name) {
  if (name == "session")
    values.serve = style::session;
  else if (name == "actor")
    values.serve = style::actor;
  else if (name == "typed")
    values.serve = style::typed;
  else
    throw CLI::ValidationError("--style", "'" + name + "' is not session, actor or typed");
}

void describe(CLI::App& app, options& values) {
  app.add_option("--listen", values.listen, "where to listen: tcp://host:port or unix:///path")
      ->required()
      ->type_name("URI");
  app.add_option_function<std::string>(
         "--framing", [&values](const std::string& name) { take_framing(values, name); },
         "how messages are delimited: raw, line, delimited, length32; default raw, typed: "
         "delimited")
      ->type_name("NAME");
  app.add_option_function<std::string>(
         "--style", [&values](const std::string& name) { take_style(values, name); },
         "session, actor or typed; default session")
      ->type_name("NAME");
  app.add_option("--loops", values.loops, "loops, each a thread; default one per core")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
  app.add_option("--frame-max", values.frame_bytes_max, "longest payload; default 65536")
      ->check(CLI::Range(1, 64 * 1024 * 1024))
      ->type_name("BYTES");
  add_duration(app, "--idle-timeout", values.idle_timeout,
               "close without a frame for so long; 0 never");
  add_duration(app, "--read-timeout", values.read_timeout,
               "from a frame's first to its last byte; 0 never");
  app.add_option("--connections-max", values.connections_max,
                 "of each listener, at a time; default no limit")
      ->type_name("N");
  add_duration(app, "--drain-timeout", values.drain_timeout, "patience after SIGTERM");
}

}  // namespace

parsed parse(int argc, const char* const* argv) {
  parsed outcome;
  CLI::App app("Echo server: sends back what it receives.", "actornet-echo");
  app.set_version_flag("--version", std::string("actornet-echo ") + version);
  describe(app, outcome.values);
  outcome.exit_code = apps::parse_command_line(app, argc, argv, [&] {
    if (outcome.values.serve == style::typed && app.count("--framing") == 0)
      outcome.values.framing = net::framing::delimited;
    if (outcome.values.serve == style::typed && outcome.values.framing == net::framing::raw)
      throw CLI::ValidationError("--style typed needs a framing other than raw");
  });
  return outcome;
}

}  // namespace actornet::echo
