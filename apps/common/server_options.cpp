#include "server_options.hpp"

#include "actornet/net/endpoint.hpp"
#include "actornet/net/multiplexer.hpp"
#include "duration_option.hpp"
#include "log_lines.hpp"

namespace actornet::apps {

namespace {

std::string check_admin(const server_options& values) {
  const auto where = net::parse_endpoint(values.admin);
  return values.admin.empty() || where
             ? std::string()
             : "--admin: '" + values.admin + "' is not an endpoint such as tcp://127.0.0.1:7414";
}

}  // namespace

runtime_options server_options::of_runtime() const {
  runtime_options options;
  options.loops = loops;
  options.drain_timeout = drain_timeout;
  return options;
}

void add_server_options(configuration& to, server_options& values, const std::string& schemes) {
  CLI::App& app = to.app();
  app.add_option("--listen", values.listen, "where to listen: " + schemes)
      ->required()
      ->type_name("URI");
  app.add_option("--admin", values.admin,
                 "where to serve /healthz, /readyz and /metrics, as tcp://127.0.0.1:7414: to "
                 "everybody who can connect; not given: nowhere")
      ->type_name("URI");
  app.add_option("--loops", values.loops, "loops, each a thread; 0 is one per core")
      ->check(CLI::Range(std::size_t{0}, net::multiplexer::loops_max).description(""))
      ->type_name("N");
  const auto take_level = [&values](const std::string& name) {
    if (!parse_log_level(name, values.level))
      throw CLI::ValidationError("--log-level",
                                 "'" + name + "' is not debug, info, warning or error");
  };
  app.add_option_function<std::string>("--log-level", take_level, "debug, info, warning or error")
      ->type_name("NAME")
      ->default_str(to_string(values.level));
  add_duration(app, "--drain-timeout", values.drain_timeout, "patience after SIGTERM");
  to.add_check([&values] { return check_admin(values); });
}

}  // namespace actornet::apps
