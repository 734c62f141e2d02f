#include "talk_program.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>

#include "actornet/flow/blocking.hpp"
#include "actornet/flow/scope.hpp"
#include "actornet/net/console.hpp"
#include "actornet/runtime.hpp"
#include "json_view.hpp"
#include "screen.hpp"
#include "talk_filters.hpp"
#include "talk_run.hpp"

namespace actornet::talk {

namespace {

constexpr std::size_t token_bytes_max = 16 * 1024;
constexpr std::size_t input_pieces_max = 16;

// The first line of the file.
std::string read_token_file(const std::string& path) {
  std::ifstream file(path);
  std::string token;
  for (char each = 0; token.size() < token_bytes_max && file.get(each) && each > ' ';)
    token += each;
  return token;
}

bool may_use_marks(const net::console& terminal) {
  const char* const kind = std::getenv("TERM");
  return terminal.shows_terminal() && !std::getenv("NO_COLOR") && kind &&
         std::string_view(kind) != "dumb";
}

// Everything of one run. Made on the client's loop.
struct program {
  program(const talk_options& options, net::console& terminal, bool keyboard, talk_output& output,
          net::loop& home)
      : view(make_view(options, terminal, keyboard, output)),
        client(options.settings, *view, [&home] { return home.random(); }),
        link{client, output, options.uri, dialing_of(options.server, options.ca_file)},
        user(client, shown, keyboard) {
    if (shown)
      shown->show_for(client);
    if (!options.token_file.empty())
      link.read_token = [path = options.token_file] { return read_token_file(path); };
  }

  std::unique_ptr<talk_view> make_view(const talk_options& options, net::console& terminal,
                                       bool keyboard, talk_output& output) {
    auto write = [&output](std::string_view text) { output.add(text); };
    if (options.json)
      return std::make_unique<json_view>(std::move(write));
    screen_style style;
    style.columns = [&terminal] { return terminal.columns(); };
    style.marks = may_use_marks(terminal);
    style.has_prompt = keyboard;
    auto made = std::make_unique<screen>(std::move(style), std::move(write));
    shown = made.get();
    return made;
  }

  screen* shown = nullptr;
  std::unique_ptr<talk_view> view;
  talk_client client;
  talk_link link;
  talk_user user;
};

task<> read_console(net::console& terminal, channel<std::string> into) {
  for (;;) {
    auto work = [&terminal] { return terminal.read(); };
    auto bytes = co_await blocking(std::move(work));
    if (!bytes || bytes->empty())
      break;
    const auto given = co_await into.send(std::move(*bytes));
    if (!given)
      break;
  }
  into.close();
}

// Until the channel `added` is closed and nothing waits; or it cannot be written any more, which is
// the end of input as well.
task<> write_console(net::console& terminal, talk_output& output) {
  for (;;) {
    if (output.is_empty()) {
      const auto more = co_await output.added.receive();
      if (!more)
        co_return;
      continue;
    }
    auto work = [&terminal, &output] { return terminal.write(output.take()); };
    const auto written = co_await blocking(std::move(work));
    if (!written) {
      output.taken.close();
      terminal.stop_reading();
      co_return;
    }
  }
}

task<int> talk_at_console(net::console& terminal, program& here) {
  channel<std::string> input(input_pieces_max);
  int code = 0;
  (void)co_await with_scope([&](scope& go) -> task<> {
    go.spawn(write_console(terminal, here.link.output));
    auto reading = go.spawn(read_console(terminal, input));
    if (here.shown)
      here.shown->show_prompt();
    code = co_await talk(here.link, here.user, input);
    if (here.shown)
      here.shown->leave();
    terminal.stop_reading();
    reading.cancel();
    here.link.output.added.close();
  });
  co_return code;
}

int run(const talk_options& options) {
  net::console terminal;
  const bool keyboard = !options.json && terminal.take_keyboard();
  talk_output output;
  runtime_options how;
  how.loops = 1;
  how.stall_budget = {};  // its warnings would stand in the conversation
  std::error_code unreachable;
  const int code = run_task(
      [&](runtime&) -> task<int> {
        net::loop& home = (co_await this_task()).home();
        program here(options, terminal, keyboard, output, home);
        const int ended = co_await talk_at_console(terminal, here);
        unreachable = here.link.unreachable;
        co_return ended;
      },
      std::move(how));
  (void)terminal.write(output.take());  // what a signal left over
  if (unreachable == errc::certificate_refused)
    std::fprintf(stderr, "error: %s: its certificate is not trusted by %s\n", options.uri.c_str(),
                 options.ca_file.empty() ? "the system (see --ca)" : options.ca_file.c_str());
  else if (unreachable)
    std::fprintf(stderr, "error: %s: %s\n", options.uri.c_str(), unreachable.message().c_str());
  return code;
}

}  // namespace

int run_program(const talk_options& options) {
  try {
    if (!options.token_file.empty() && read_token_file(options.token_file).empty())
      throw std::runtime_error("no token in '" + options.token_file + "'");
    (void)dialing_of(options.server, options.ca_file);  // its files
    return run(options);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "error: %s\n", failure.what());
    return exit_setup;
  }
}

}  // namespace actornet::talk
