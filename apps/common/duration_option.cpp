#include "duration_option.hpp"

#include "actornet/net/duration.hpp"

namespace actornet::apps {

CLI::Option* add_duration(CLI::App& app, const std::string& name, net::duration& target,
                          const std::string& help) {
  const auto take = [name, &target](const std::string& text) {
    const auto parsed_duration = net::parse_duration(text);
    if (!parsed_duration)
      throw CLI::ValidationError(name, "'" + text + "' is not a duration such as 500ms, 10s, 5m");
    target = *parsed_duration;
  };
  return app.add_option_function<std::string>(name, take, help)
      ->type_name("D")
      ->default_str(duration_text(target));
}

std::string duration_text(net::duration value) {
  using namespace std::chrono_literals;
  struct unit {
    net::duration length;
    const char* name;
  };
  constexpr unit units[] = {{1h, "h"},   {1min, "m"}, {1s, "s"},
                            {1ms, "ms"}, {1us, "us"}, {1ns, "ns"}};
  if (value == 0s)
    return "0";
  for (const unit& each : units)
    if (value % each.length == 0s)
      return std::to_string(value / each.length) + each.name;
  return {};
}

}  // namespace actornet::apps
