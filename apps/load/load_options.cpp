#include "load_options.hpp"

#include <CLI/CLI.hpp>
#include <cmath>

#include "command_line_options.hpp"
#include "number_text.hpp"

namespace actornet::load {

namespace {

constexpr char purpose[] =
    "Puts an echo server under load and measures it. Each connection sends messages of its own and "
    "checks every byte of the answers. Exit code 0; 1 if there was any error; 2 if it could not "
    "begin.";

constexpr char notes[] =
    "Every connection first sends one message; when all are answered the warm-up begins (100 ms, "
    "and one answer for each active connection), then the measured time.\n"
    "With --rate a message is due at its time whatever the server does, and its latency counts "
    "from "
    "then (no coordinated omission); what --depth holds back waits, and that counts. To be in time "
    "the program keeps a core busy then.\n"
    "Payloads hold connection and sequence number from 16 bytes on (line: 32), shorter ones a hash "
    "of them; of 0 bytes only the number of answers is checked.";

// What the command line says, before it is checked.
struct raw_options {
  load_options values;
  std::uint32_t active = 0;
  std::uint32_t server_pid = 0;
  std::string framing;
  std::string duration = "5s";
  bool depth_given = false;
};

void declare(CLI::App& app, raw_options& raw) {
  load_options& values = raw.values;
  const auto up_to = [](std::uint32_t from, std::uint32_t to) {
    return CLI::Range(from, to).description("");  // the help stays readable
  };
  app.add_option("--connect", values.uri, "The server: tcp://HOST:PORT or unix:///PATH")
      ->type_name("URI");
  app.add_option("--connections", values.connections, "Connections (1)")
      ->check(up_to(1, load_options::connections_max))
      ->type_name("N");
  app.add_option("--active", raw.active, "Of them that exchange messages; the rest is idle (all)")
      ->check(up_to(1, load_options::connections_max))
      ->type_name("N");
  app.add_option("--size", values.payload_bytes, "Payload of a message (64)")
      ->check(up_to(0, load_options::payload_bytes_max))
      ->type_name("BYTES");
  app.add_option("--depth", values.depth,
                 "Messages in flight of a connection: a sliding window (1; with --rate 1024)")
      ->check(up_to(1, load_options::depth_max))
      ->type_name("N");
  app.add_flag("--burst", values.burst,
               "Send --depth messages at once, the next when all are back");
  app.add_option("--rate", values.rate, "Open loop: messages/s over all connections")
      ->check(CLI::Range(0.001, 1e7).description(""))
      ->type_name("N");
  app.add_option("--duration", raw.duration, "Measured time, such as 500ms, 5s, 2m (5s)")
      ->type_name("D");
  app.add_option("--framing", raw.framing,
                 "raw | line | delimited | length32 (raw; with --typed delimited)")
      ->type_name("F");
  app.add_flag("--typed", values.typed,
               "Wrap the payload as protobuf: actornet.echo.v1.Echo { bytes payload = 1; }");
  app.add_option("--server-pid", raw.server_pid, "Measure CPU and memory of this process (Linux)")
      ->check(up_to(1, 0x7fffffff))
      ->type_name("PID");
  app.add_option("--json", values.json_path, "Write the figures as a JSON object")
      ->type_name("FILE");
  app.add_option("--svg", values.svg_path, "Write a picture of the latencies' percentiles")
      ->type_name("FILE");
  app.add_flag("--progress", values.progress,
               "Tell on standard error each second how it goes, even if that is no terminal");
}

std::string check_framing(raw_options& raw) {
  load_options& values = raw.values;
  if (raw.framing.empty())
    raw.framing = net::to_string(values.typed ? net::framing::delimited : net::framing::raw);
  if (!net::parse_framing(raw.framing, values.framing))
    return "--framing: '" + raw.framing + "' is none of raw, line, delimited, length32";
  const bool prefixed =
      values.framing == net::framing::delimited || values.framing == net::framing::length32;
  if (values.typed && !prefixed)
    return "--typed needs --framing delimited or length32: protobuf does not mark its own end";
  if (values.framing == net::framing::raw && values.payload_bytes == 0)
    return "--size 0 needs a framing: without one there is nothing to send";
  return {};
}

std::string check_amounts(raw_options& raw) {
  load_options& values = raw.values;
  values.active = raw.active == 0 ? values.connections : raw.active;
  if (values.active > values.connections)
    return "--active " + number_text(values.active) + " is more than --connections " +
           number_text(values.connections);
  if (std::isnan(values.rate))  // which CLI11 takes for a number in any range
    return "--rate must be a number of messages/s";
  if (values.open_loop() && values.burst)
    return "--burst and --rate exclude each other: a rate says when each message is due";
  if (values.open_loop() && !raw.depth_given)
    values.depth = load_options::depth_of_open_loop;
  const std::uint64_t window = std::uint64_t{values.payload_bytes} * values.depth;
  if (raw.depth_given && window > load_options::window_bytes_max)
    return "--size times --depth is more than 64 MiB";
  if (std::uint64_t{values.active} * values.depth > load_options::in_flight_max &&
      !values.open_loop())
    return "--active times --depth is more than " + number_text(load_options::in_flight_max);
  return {};
}

std::string check_places(raw_options& raw) {
  load_options& values = raw.values;
  if (const std::string complaint = read_target(values.uri, values.target); !complaint.empty())
    return complaint;
  if (const std::string complaint = read_duration("--duration", raw.duration, values.duration);
      !complaint.empty())
    return complaint;
  if (raw.server_pid != 0)
    values.server_pid = raw.server_pid;
  return {};
}

}  // namespace

std::variant<load_options, options_refused> parse_options(int count, const char* const* arguments) {
  CLI::App app(purpose, "actornet-load");
  app.footer(notes);
  raw_options raw;
  declare(app, raw);
  if (const auto refused = read_command_line(app, count, arguments))
    return *refused;
  raw.depth_given = app.count("--depth") > 0;
  for (const auto check : {check_places, check_framing, check_amounts})
    if (const std::string complaint = check(raw); !complaint.empty())
      return mistake(complaint);
  return raw.values;
}

std::string describe(const load_options& options) {
  std::string text = number_text(options.payload_bytes) + " B";
  if (options.typed)
    text += " in an Echo";
  text += std::string(", ") + net::to_string(options.framing);
  if (options.open_loop())
    text += ", " + number_text(std::llround(options.rate)) + " messages/s (open loop)";
  else
    text += std::string(options.burst ? ", bursts of " : ", depth ") + number_text(options.depth);
  text += ", " + number_text(options.connections) + " connections";
  if (options.active < options.connections)
    text += ", " + number_text(options.active) + " of them active";
  return text;
}

}  // namespace actornet::load
