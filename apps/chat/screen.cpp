#include "screen.hpp"

#include <algorithm>

#include "paragraph.hpp"
#include "printable.hpp"
#include "screen_words.hpp"
#include "typed_line.hpp"

namespace actornet::talk {

namespace {

constexpr std::size_t columns_min = 8;
constexpr std::size_t columns_usual = 80;
constexpr std::size_t typists_max = 100;  // that are kept, of a room
constexpr std::string_view erase_line = "\r\x1b[K";
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view plain = "\x1b[0m";

std::string marked(std::string_view mark, std::string_view text) {
  return std::string(mark).append(text).append(plain);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string whole;
  for (const std::string& line : lines)
    whole += (whole.empty() ? "" : "\n") + line;
  return whole;
}

}  // namespace

std::size_t screen::columns() const {
  const std::size_t asked = style_.columns ? style_.columns() : columns_usual;
  return std::max(asked, columns_min);
}

// The name of a room, and what stands after it, if there are several.
std::string screen::place_of(const std::string& room, std::string_view then) const {
  if (client_->rooms() == 1 && room == client_->current_room())
    return {};
  return printable(room).append(then);
}

// -- the last line --------------------------------------------------------------------------------

void screen::put(std::string text) {
  if (!style_.has_prompt)
    return write_(text + "\n");
  write_(std::string(erase_line) + text + "\n");
  show_prompt();
}

std::string screen::typists() const {
  const auto found = typing_.find(client_->current_room());
  if (found == typing_.end() || found->second.empty())
    return {};
  if (found->second.size() > 1)
    return std::to_string(found->second.size()) + " type… ";
  return printable(*found->second.begin()) + " types… ";
}

void screen::show_prompt() {
  if (!style_.has_prompt)
    return;
  const std::size_t width = columns() - 1;  // the last column stays free: no terminal wraps then
  const std::string room = printable(client_->current_room());
  const std::string prompt = cut_to(room, width / 3) + "> ";
  std::string others = typists();
  if (columns_of(others) + columns_of(prompt) > width / 2)
    others.clear();
  const std::size_t taken = columns_of(others) + columns_of(prompt);
  const line_editor::window typed = editor_.visible(width - taken);
  std::string line(erase_line);
  line += style_.marks ? marked(dim, others) : others;
  line += prompt + typed.text + "\r\x1b[" + std::to_string(taken + typed.cursor) + "C";
  write_(line);
}

void screen::leave() {
  if (style_.has_prompt)
    write_(erase_line);
}

// -- lines ----------------------------------------------------------------------------------------

void screen::note(std::string_view text) {
  const std::string line = "-- " + printable(text, line_feeds::stay) + " --";
  const std::string whole = joined(wrap(line, columns(), 3));
  put(style_.marks ? marked(dim, whole) : whole);
}

void screen::on_phase(const phase_change& change) {
  if (change.now != phase::open)
    typing_.clear();
  if (const std::string words = words_of(change); !words.empty())
    note(words);
}

void screen::on_kept(const std::string&) {
  note("not connected: it is sent when the connection is back");
}

void screen::on_event(const v1::Event& event, v1::Command::KindCase answers) {
  switch (event.kind_case()) {
    case v1::Event::kMessage:
      return show_message(event.message());
    case v1::Event::kGap:
      return note(place_of(event.gap().room(), ": ") + words_of(event.gap()));
    case v1::Event::kJoined:
      return note(event.joined().room() + ": " + words_of(event.joined().members()));
    case v1::Event::kLeft:
      typing_.erase(event.left().room());
      return note("left " + event.left().room());
    case v1::Event::kMembers:
      if (answers != v1::Command::KIND_NOT_SET)
        note(event.members().room() + ": " + words_of(event.members()));
      return;
    case v1::Event::kPresence:
      return show_presence(event.presence());
    case v1::Event::kTyping:
      return show_typing(event.typing());
    case v1::Event::kPage:
      return show_page(event.page());
    case v1::Event::kFailed:
      return note(words_of(event.failed(), answers));
    case v1::Event::kExpiring:
      return note("the token ends soon");
    default:
      return;
  }
}

void screen::show_day(std::int64_t time_ms) {
  std::string day = calendar_day(time_ms);
  if (!day_.empty() && day != day_)
    note(day);
  day_ = std::move(day);
}

void screen::show_message(const v1::Message& message) {
  show_day(message.time_ms());
  typing_[message.room()].erase(message.user());
  const std::string before = clock_time(message.time_ms()) + " " + place_of(message.room(), " ");
  const std::string prefix = before + printable(message.user()) + ": ";
  std::string whole =
      joined(wrap_said(prefix, printable(message.text(), line_feeds::stay), columns()));
  const std::size_t name_end = prefix.size() - 1;
  if (style_.marks && whole.starts_with(prefix))
    whole = marked(dim, before) +
            marked(bold, whole.substr(before.size(), name_end - before.size())) +
            whole.substr(name_end);
  put(std::move(whole));
}

void screen::show_presence(const v1::Presence& change) {
  if (!change.present())
    typing_[change.room()].erase(change.user());
  if (!change.user().empty() && change.user() != client_->user())
    note(place_of(change.room(), ": ") + change.user() +
         (change.present() ? " is here" : " has left"));
}

void screen::show_typing(const v1::TypingNotice& change) {
  std::set<std::string>& here = typing_[change.room()];
  if (change.user() == client_->user())
    return;
  if (!change.active())
    here.erase(change.user());
  else if (here.size() < typists_max)
    here.insert(change.user());
  show_prompt();
}

void screen::show_page(const v1::HistoryPage& page) {
  if (page.messages().empty())
    return note("no older messages");
  note("older messages of " + page.room());
  const std::string day = std::exchange(day_, {});
  for (const v1::Message& each : page.messages())
    show_message(each);
  day_ = day;
  note(page.more() ? "there are older ones still" : "that was the first one");
}

}  // namespace actornet::talk
