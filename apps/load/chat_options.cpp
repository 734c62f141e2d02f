#include "chat_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <string_view>

#include "chat_text.hpp"
#include "command_line_options.hpp"
#include "number_text.hpp"

namespace actornet::load {

namespace {

constexpr char purpose[] =
    "Puts a chat server under load: members in rooms, each of whom checks order, gaps and doubles "
    "of what it hears. Exit code 0; 1 after errors; 3 if messages were lost, doubled, reordered or "
    "changed; 2 if it could not begin.";

constexpr char notes[] =
    "Member n is in room n mod --rooms. When all have joined, the members of a room publish in "
    "turn: at a rate (latency counts from when a message was due), or as soon as one of "
    "--outstanding messages of the room is at all of its members.\n"
    "Several processes may share the work: --members-from tells their members apart, and all but "
    "one have --listen-only. Latencies are right across the processes of a machine.\n"
    "After the end stalled members look whether the server has closed them.";

// What the command line says, before it is checked.
struct raw_options {
  chat_options values;
  bool chat = false;
  std::uint32_t server_pid = 0;
  std::string warm_up = "500ms";
  std::string duration = "5s";
  std::string token_file;
};

void declare_members(CLI::App& app, raw_options& raw) {
  chat_options& values = raw.values;
  const auto up_to = [](std::uint32_t from, std::uint32_t to) {
    return CLI::Range(from, to).description("");  // the help stays readable
  };
  app.add_flag("--chat", raw.chat, "What this help is about");
  app.add_option("--connect", values.uri, "The server: tcp://HOST:PORT or ws://HOST:PORT/PATH")
      ->type_name("URI");
  app.add_option("--members", values.members, "Members, a connection each (2)")
      ->check(up_to(1, chat_options::members_max))
      ->type_name("N");
  app.add_option("--members-from", values.members_from, "Number of the first member (0)")
      ->check(up_to(0, 0x7fffffff))
      ->type_name("K");
  app.add_option("--rooms", values.rooms, "Rooms that they are in (1)")
      ->check(up_to(1, chat_options::rooms_max))
      ->type_name("N");
  app.add_option("--room-prefix", values.room_prefix, "Names of rooms begin with it (load-)")
      ->type_name("TEXT");
  app.add_option("--stalled", values.stalled,
                 "Of the members, the last, that stop to read when they have joined (0)")
      ->check(up_to(0, chat_options::members_max))
      ->type_name("N");
  app.add_option("--token", raw.token_file, "Members' tokens, a line each, taken in turn")
      ->type_name("FILE");
}

void declare_traffic(CLI::App& app, raw_options& raw) {
  chat_options& values = raw.values;
  const auto up_to = [](std::uint32_t from, std::uint32_t to) {
    return CLI::Range(from, to).description("");
  };
  app.add_option("--publishers", values.publishers, "Of each room's members that publish (all)")
      ->check(up_to(1, chat_options::members_max))
      ->type_name("N");
  app.add_flag("--listen-only", values.listen_only, "Nobody publishes");
  app.add_option("--publish-rate", values.rate, "Open loop: messages/s over all rooms")
      ->check(CLI::Range(0.001, 1e7).description(""))
      ->type_name("N");
  app.add_option("--outstanding", values.outstanding,
                 "Closed loop: messages of a room that are not at all members yet (1)")
      ->check(up_to(1, chat_options::outstanding_max))
      ->type_name("K");
  app.add_option("--size", values.text_bytes, "Text of a message (128)")
      ->check(up_to(chat_text::bytes_min, chat_options::text_bytes_max))
      ->type_name("BYTES");
  app.add_option("--warm-up", raw.warm_up, "Before the measured time, such as 500ms (500ms)")
      ->type_name("D");
  app.add_option("--duration", raw.duration, "Measured time, such as 500ms, 5s, 2m (5s)")
      ->type_name("D");
  app.add_option("--server-pid", raw.server_pid, "Measure CPU and memory of this process (Linux)")
      ->check(up_to(1, 0x7fffffff))
      ->type_name("PID");
  app.add_option("--json", values.json_path, "Write the figures as a JSON object")
      ->type_name("FILE");
  app.add_flag("--progress", values.progress,
               "Tell on standard error each second how it goes, even if that is no terminal");
}

// ws://HOST:PORT/PATH is tcp://HOST:PORT with more on it.
std::string read_place(chat_options& values) {
  constexpr std::string_view websocket = "ws://";
  if (!values.uri.starts_with(websocket))
    return read_target(values.uri, values.target);
  const std::string rest = values.uri.substr(websocket.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  values.websocket_host = rest.substr(0, slash);
  values.websocket_path = slash < rest.size() ? rest.substr(slash) : "/";
  return read_target("tcp://" + values.websocket_host, values.target);
}

std::string check_places(raw_options& raw) {
  chat_options& values = raw.values;
  if (const std::string complaint = read_place(values); !complaint.empty())
    return complaint;
  if (const std::string complaint = read_duration("--warm-up", raw.warm_up, values.warm_up);
      !complaint.empty())
    return complaint;
  if (const std::string complaint = read_duration("--duration", raw.duration, values.duration);
      !complaint.empty())
    return complaint;
  if (raw.server_pid != 0)
    values.server_pid = raw.server_pid;
  return {};
}

std::string check_amounts(raw_options& raw) {
  const chat_options& values = raw.values;
  if (values.stalled >= values.members)
    return "--stalled " + number_text(values.stalled) + " leaves nobody of --members " +
           number_text(values.members) + " to read";
  if (std::isnan(values.rate))  // which CLI11 takes for a number in any range
    return "--publish-rate must be a number of messages/s";
  return {};
}

std::string read_tokens(raw_options& raw) {
  if (raw.token_file.empty())
    return {};
  std::ifstream file(raw.token_file);
  std::size_t bytes = 0;
  for (std::string line; std::getline(file, line) && bytes <= chat_options::token_file_bytes_max;
       bytes += line.size())
    if (!line.empty())
      raw.values.tokens.push_back(line);
  if (bytes > chat_options::token_file_bytes_max)
    return "--token: '" + raw.token_file + "' is longer than 16 MiB";
  if (raw.values.tokens.empty())
    return "--token: no token in '" + raw.token_file + "'";
  return {};
}

}  // namespace

std::variant<chat_options, options_refused> parse_chat_options(int count,
                                                               const char* const* arguments) {
  CLI::App app(purpose, "actornet-load --chat");
  app.footer(notes);
  raw_options raw;
  declare_members(app, raw);
  declare_traffic(app, raw);
  if (const auto refused = read_command_line(app, count, arguments))
    return *refused;
  if (raw.values.open_loop() && app.count("--outstanding") > 0)
    return mistake("--publish-rate and --outstanding exclude each other");
  for (const auto check : {check_places, check_amounts, read_tokens})
    if (const std::string complaint = check(raw); !complaint.empty())
      return mistake(complaint);
  return raw.values;
}

std::string describe(const chat_options& options) {
  std::string text = number_text(options.text_bytes) + " B to " + number_text(options.members) +
                     (options.members == 1 ? " member in " : " members in ") +
                     number_text(options.rooms) + (options.rooms == 1 ? " room" : " rooms");
  if (options.stalled > 0)
    text += ", " + number_text(options.stalled) + " of them stalled";
  if (options.listen_only)
    return text + ", listening";
  if (options.open_loop())
    return text + ", " + decimal_text(options.rate, options.rate < 10 ? 1 : 0) +
           " messages/s (open loop)";
  return text + ", " + number_text(options.outstanding) + " outstanding";
}

}  // namespace actornet::load
