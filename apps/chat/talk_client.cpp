#include "talk_client.hpp"

#include <algorithm>
#include <cstdio>

namespace actornet::talk {

namespace {

using namespace std::chrono_literals;

constexpr net::duration welcome_within = 10s;  // and as long again
constexpr net::duration typing_repeat = 2s;

std::string hex(std::uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

std::uint32_t after(std::uint32_t number) {
  return number == 0xffff'ffff ? 1 : number + 1;
}

}  // namespace

talk_client::talk_client(talk_settings settings, talk_view& view,
                         std::function<std::uint64_t()> random)
    : settings_(std::move(settings)),
      view_(view),
      random_(std::move(random)),
      device_(hex(random_())) {
  for (const std::string& name : settings_.rooms)
    if (!find(name) && rooms_.size() < rooms_max)
      rooms_.push_back({.name = name, .history = settings_.history});
  if (!rooms_.empty())
    current_ = rooms_.front().name;
}

talk_client::room* talk_client::find(const std::string& name) {
  const auto found = std::ranges::find(rooms_, name, &room::name);
  return found == rooms_.end() ? nullptr : &*found;
}

bool talk_client::is_joined(const std::string& name) {
  const room* const known = find(name);
  return known && known->joined;
}

std::string talk_client::new_id() {
  return hex(random_()) + hex(random_());
}

void talk_client::enter(phase_change change) {
  phase_ = change.now;
  view_.on_phase(change);
}

// -- the connection -------------------------------------------------------------------------------

void talk_client::dialing() {
  announced_ = false;
  enter({.now = phase::connecting});
}

void talk_client::connected(const std::string& token, net::time_point now) {
  connected_ = true;
  token_ = token;
  heard_at_ = now;
  heartbeat_ = welcome_within;
  pinged_ = true;  // before Welcome only Hello may be said
  v1::Command command;
  v1::Hello& hello = *command.mutable_hello();
  hello.set_version(1);
  hello.set_token(token);
  hello.set_name(settings_.name);
  hello.set_device(device_);
  queue(std::move(command), {});
}

void talk_client::lost() {
  connected_ = false;
  queue_.clear();
  outbox_.connection_lost();
  for (room& each : rooms_) {
    each.joined = each.asked = false;
    each.join_again = {};
    each.join_number = 0;
  }
  for (const auto& [number, each] : std::exchange(requests_, {}))
    give_up(each);
  end_.reset();
  drained_at_ = token_wanted_at_ = net::never;
  typing_in_.clear();
}

// Joins and messages are sent again; what else was asked for has no answer.
void talk_client::give_up(const request& unanswered) {
  room* const joining = unanswered.kind == v1::Command::kJoin ? find(unanswered.room) : nullptr;
  if (joining)
    joining->join_request = unanswered.asked;
  else if (is_awaited(unanswered) && unanswered.kind != v1::Command::kPublish)
    fail(v1::FAILURE_CODE_UNAVAILABLE, "the connection was lost before the answer came",
         unanswered.kind, unanswered.asked);
}

void talk_client::waiting(net::duration wait, std::error_code why) {
  if (!std::exchange(announced_, true))
    enter({.now = phase::waiting, .wait = wait, .why = why});
}

void talk_client::closed(std::string reason) {
  enter({.now = phase::closed, .reason = std::move(reason), .unsent = outbox_.size()});
}

std::optional<connection_end> talk_client::end(net::time_point now) {
  if (end_)
    return end_;
  if (over(now))
    return connection_end{.for_good = true};
  if (phase_ == phase::draining && (!outbox_.under_way() || now >= drained_at_))
    return connection_end{.wait = std::max(net::duration{}, comes_back_at_ - now)};
  if (pinged_ && heartbeat_ > net::duration{} && now - heard_at_ >= 2 * heartbeat_)
    return connection_end{.why = errc::timed_out};
  return std::nullopt;
}

bool talk_client::over(net::time_point now) const noexcept {
  return refused_ || now >= quits_at_ || (quits_at_ != net::never && !has_work());
}

// Somebody waits for the answer.
bool talk_client::is_awaited(const request& which) noexcept {
  return which.asked != 0 || which.kind == v1::Command::kWho ||
         which.kind == v1::Command::kHistory;
}

bool talk_client::has_work() const noexcept {
  return outbox_.size() > 0 || !wanted_.empty() || (ready() && !queue_.empty()) ||
         std::ranges::any_of(requests_, [](const auto& each) { return is_awaited(each.second); }) ||
         std::ranges::any_of(rooms_, [](const room& each) { return each.join_request != 0; });
}

net::time_point talk_client::wakes_at(net::time_point now) const {
  net::time_point earliest = std::min({quits_at_, token_wanted_at_, drained_at_});
  if (heartbeat_ > net::duration{})
    earliest = std::min(earliest, heard_at_ + (pinged_ ? 2 : 1) * heartbeat_);
  const auto also = [&](net::time_point when) {
    if (when > now)
      earliest = std::min(earliest, when);
  };
  also(outbox_.waits_until());
  for (const room& each : rooms_)
    also(each.join_again);
  return earliest;
}

// -- commands -------------------------------------------------------------------------------------

v1::Command talk_client::numbered(v1::Command command, const std::string& in,
                                  std::uint32_t asked) {
  do
    last_request_ = after(last_request_);
  while (requests_.contains(last_request_));
  requests_.emplace(last_request_, request{command.kind_case(), in, asked});
  command.set_request(last_request_);
  return command;
}

void talk_client::queue(v1::Command command, const std::string& in, std::uint32_t asked) {
  if (queue_.size() >= queue_max || requests_.size() >= requests_max)
    return fail(v1::FAILURE_CODE_RATE_LIMITED, "too many commands wait for an answer",
                command.kind_case(), asked);
  queue_.push_back(numbered(std::move(command), in, asked));
}

std::optional<v1::Command> talk_client::next(net::time_point now) {
  if (!queue_.empty()) {
    v1::Command command = std::move(queue_.front());
    queue_.pop_front();
    return command;
  }
  if (requests_.size() >= requests_max)
    return std::nullopt;
  if (ready()) {
    if (auto command = next_join(now))
      return command;
    if (!wanted_.empty()) {
      v1::Command command = std::move(wanted_.front());
      wanted_.pop_front();
      const std::uint32_t asked = command.request();
      return numbered(std::move(command), {}, asked);
    }
    if (auto command = next_publish(now))
      return command;
  }
  return next_ping(now);
}

std::optional<v1::Command> talk_client::next_join(net::time_point now) {
  const auto found = std::ranges::find_if(rooms_, [&](const room& each) {
    return !each.joined && !each.asked && now >= each.join_again;
  });
  if (found == rooms_.end())
    return std::nullopt;
  found->asked = true;
  v1::Command command;
  v1::Join& join = *command.mutable_join();
  join.set_room(found->name);
  if (const auto last = found->where.last())
    fill(*join.mutable_after(), *last);
  else
    join.set_history(found->history);
  v1::Command ready_to_go =
      numbered(std::move(command), found->name, std::exchange(found->join_request, 0));
  found->join_number = ready_to_go.request();
  return ready_to_go;
}

std::optional<v1::Command> talk_client::next_publish(net::time_point now) {
  const unsent* const message =
      outbox_.next(now, [this](const std::string& name) { return is_joined(name); });
  if (!message)
    return std::nullopt;
  v1::Command command;
  v1::Publish& publish = *command.mutable_publish();
  publish.set_room(message->room);
  publish.set_id(message->id);
  publish.set_text(message->text);
  return numbered(std::move(command), message->room, message->asked);
}

std::optional<v1::Command> talk_client::next_ping(net::time_point now) {
  if (pinged_ || heartbeat_ == net::duration{} || now - heard_at_ < heartbeat_)
    return std::nullopt;
  pinged_ = true;
  v1::Command command;
  command.mutable_ping();
  return numbered(std::move(command), {});
}

void talk_client::renew(const std::string& token, net::time_point now) {
  constexpr net::duration look_again = 5s;
  if (token.empty() || token == token_) {  // the same one again would only bring the next warning
    token_wanted_at_ = now + look_again;
    return;
  }
  token_wanted_at_ = net::never;
  token_ = token;
  v1::Command command;
  command.mutable_refresh()->set_token(token);
  queue(std::move(command), {});
}

// -- the user -------------------------------------------------------------------------------------

void talk_client::fail(v1::FailureCode code, std::string text, v1::Command::KindCase kind,
                       std::uint32_t asked) {
  v1::Event event;
  event.set_request(asked);
  event.mutable_failed()->set_code(code);
  event.mutable_failed()->set_text(std::move(text));
  view_.on_event(event, kind);
}

void talk_client::publish(std::string text) {
  if (current_.empty())
    return fail(v1::FAILURE_CODE_NOT_JOINED, "join a room first", v1::Command::kPublish);
  add_message({current_, new_id(), std::move(text)});
}

void talk_client::add_message(unsent message) {
  const std::uint32_t asked = message.asked;
  const std::string name = message.room;
  if (!find(name))
    return fail(v1::FAILURE_CODE_NOT_JOINED, "join the room first", v1::Command::kPublish, asked);
  if (!outbox_.add(std::move(message)))
    return fail(v1::FAILURE_CODE_TOO_MANY, "too many messages wait to be sent",
                v1::Command::kPublish, asked);
  typing_in_.clear();
  if (!ready())
    view_.on_kept(name);
}

void talk_client::join(const std::string& name) {
  current_ = name;
  begin_join(name, std::nullopt, settings_.history, 0);
}

void talk_client::begin_join(const std::string& name, const std::optional<place>& after,
                             std::uint32_t history, std::uint32_t asked) {
  if (find(name)) {
    if (asked != 0)
      fail(v1::FAILURE_CODE_BAD_COMMAND, "joined already", v1::Command::kJoin, asked);
    return;
  }
  if (rooms_.size() >= rooms_max)
    return fail(v1::FAILURE_CODE_TOO_MANY, "leave another room first", v1::Command::kJoin, asked);
  room added{.name = name, .join_request = asked, .history = history};
  if (after)
    added.where.joined(*after, 0);
  rooms_.push_back(std::move(added));
  if (current_.empty())
    current_ = name;
}

void talk_client::leave(const std::string& name) {
  begin_leave(name.empty() ? current_ : name, 0);
}

void talk_client::begin_leave(const std::string& name, std::uint32_t asked) {
  if (!find(name))
    return fail(v1::FAILURE_CODE_NOT_JOINED, "not in this room", v1::Command::kLeave, asked);
  const bool was_told = find(name)->joined || find(name)->asked;
  forget(name, "the room was left");
  v1::Event left;
  left.set_request(asked);
  left.mutable_left()->set_room(name);
  if (!ready() || !was_told)
    return view_.on_event(left, v1::Command::kLeave);
  v1::Command command;
  command.mutable_leave()->set_room(name);
  queue(std::move(command), name, asked);
}

// Messages to it will not be published.
void talk_client::forget(const std::string& name, const std::string& why) {
  std::erase_if(rooms_, [&](const room& each) { return each.name == name; });
  std::erase_if(requests_, [&](const auto& each) {
    return each.second.room == name && each.second.kind != v1::Command::kLeave;
  });
  for (const unsent& each : outbox_.drop_room(name))
    fail(v1::FAILURE_CODE_NOT_JOINED, "not published, " + why + ": " + each.text,
         v1::Command::kPublish, each.asked);
  if (current_ == name)
    current_ = rooms_.empty() ? std::string() : rooms_.back().name;
}

bool talk_client::switch_to(const std::string& name) {
  if (!find(name)) {
    fail(v1::FAILURE_CODE_NOT_JOINED, "not in this room", v1::Command::KIND_NOT_SET);
    return false;
  }
  current_ = name;
  return true;
}

void talk_client::who(const std::string& name) {
  v1::Command command;
  command.mutable_who()->set_room(name.empty() ? current_ : name);
  carry_out(std::move(command));
}

void talk_client::history(std::uint32_t count) {
  v1::Command command;
  v1::ReadHistory& wanted = *command.mutable_history();
  wanted.set_room(current_);
  wanted.set_count(count == 0 ? std::max(settings_.history, 1u) : count);
  const room* const known = find(current_);
  if (known && known->oldest)
    fill(*wanted.mutable_before(), *known->oldest);
  carry_out(std::move(command));
}

void talk_client::typing(bool active, net::time_point now) {
  const bool told = !typing_in_.empty();
  if (!ready() || !is_joined(active ? current_ : typing_in_) ||
      (active ? told && typing_in_ == current_ && now - typing_told_at_ < typing_repeat : !told))
    return;
  v1::Command command;
  command.mutable_typing()->set_room(active ? current_ : typing_in_);
  command.mutable_typing()->set_active(active);
  typing_in_ = active ? current_ : std::string();
  typing_told_at_ = now;
  if (queue_.size() < queue_max)
    queue_.push_back(std::move(command));  // without a number: no answer
}

void talk_client::carry_out(v1::Command command) {
  const std::uint32_t asked = command.request();
  const auto kind = command.kind_case();
  switch (kind) {
    case v1::Command::kPublish: {
      v1::Publish& wanted = *command.mutable_publish();
      return add_message({std::move(*wanted.mutable_room()),
                          wanted.id().empty() ? new_id() : std::move(*wanted.mutable_id()),
                          std::move(*wanted.mutable_text()), asked});
    }
    case v1::Command::kJoin: {
      const v1::Join& join = command.join();
      const auto after = join.has_after() ? std::optional(place_of(join.after())) : std::nullopt;
      return begin_join(join.room(), after, join.history(), asked);
    }
    case v1::Command::kLeave:
      return begin_leave(command.leave().room(), asked);
    case v1::Command::kHello:
    case v1::Command::KIND_NOT_SET:
      return fail(v1::FAILURE_CODE_BAD_COMMAND, "not a command of yours", kind, asked);
    default:
      break;
  }
  if (kind == v1::Command::kTyping) {
    if (ready() && queue_.size() < queue_max)  // of use now only
      queue_.push_back(std::move(command));
    return;
  }
  if (wanted_.size() >= queue_max)
    return fail(v1::FAILURE_CODE_RATE_LIMITED, "too many commands wait", kind, asked);
  wanted_.push_back(std::move(command));
}

void talk_client::quit(net::time_point latest) {
  quits_at_ = std::min(quits_at_, latest);
}

}  // namespace actornet::talk
