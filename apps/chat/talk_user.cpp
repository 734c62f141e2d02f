#include "talk_user.hpp"

#include <span>

#include "actornet/proto/json.hpp"
#include "screen.hpp"
#include "typed_line.hpp"

namespace actornet::talk {

namespace {

using namespace std::chrono_literals;

constexpr net::duration quit_patience = 3s;
constexpr net::duration end_patience = 30s;

}  // namespace

void talk_user::take(std::string_view bytes, net::time_point now) {
  if (types_)
    return take_keys(bytes, now);
  for (std::size_t end = 0; (end = bytes.find('\n')) != bytes.npos; bytes.remove_prefix(end + 1)) {
    if (!std::exchange(too_long_, false)) {
      line_ += bytes.substr(0, end);
      take_line(line_, now);
    }
    line_.clear();
  }
  if (!too_long_)
    line_ += bytes;
  if (line_.size() <= line_bytes_max)
    return;
  too_long_ = true;
  line_.clear();
  complain("a line of more than 65536 bytes is left out");
}

void talk_user::end(net::time_point now) {
  if (!line_.empty())
    take_line(std::exchange(line_, {}), now);
  client_.quit(now + end_patience);
}

void talk_user::take_keys(std::string_view keys, net::time_point now) {
  if (over_)
    return;
  const line_editor::happened what = screen_->editor().feed(keys);
  screen_->show_prompt();
  for (const std::string& line : what.lines)
    take_typed(line, now);
  if (!what.lines.empty())
    screen_->show_prompt();  // for another room, perhaps
  if (what.end) {
    over_ = true;
    client_.quit(now + quit_patience);
  } else if (what.changed) {
    const std::string text = screen_->editor().text();
    client_.typing(!text.empty() && text.front() != '/', now);
  }
}

void talk_user::take_line(std::string_view line, net::time_point now) {
  if (screen_)
    take_typed(line, now);
  else
    take_script_line(line);
}

void talk_user::take_script_line(std::string_view line) {
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  if (line.empty())
    return;
  if (line.front() != '{')
    return client_.publish(std::string(line));
  v1::Command command;
  const auto bytes = std::as_bytes(std::span(line));
  if (proto::decode_json(bytes, command, line_bytes_max) == proto::codec_error::none)
    client_.carry_out(std::move(command));
  else
    complain("not a Command in JSON");
}

void talk_user::complain(const std::string& text) {
  client_.complain(v1::FAILURE_CODE_BAD_COMMAND, text);
}

void talk_user::take_typed(std::string_view line, net::time_point now) {
  using meaning = typed_line::meaning;
  typed_line typed = read_typed(line);
  switch (typed.what) {
    case meaning::nothing:
      return;
    case meaning::text:
      return client_.publish(std::move(typed.argument));
    case meaning::join:
      return client_.join(typed.argument);
    case meaning::leave:
      return client_.leave(typed.argument);
    case meaning::room:
      return client_.switch_to(typed.argument);
    case meaning::who:
      return client_.who(typed.argument);
    case meaning::history:
      return client_.history(typed.count);
    case meaning::help:
      return screen_->note(commands_help());
    case meaning::quit:
      over_ = true;
      return client_.quit(now + quit_patience);
    case meaning::mistake:
      return screen_->note(typed.argument);
  }
}

}  // namespace actornet::talk
