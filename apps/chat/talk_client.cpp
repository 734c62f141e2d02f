#include "talk_client.hpp"

#include <algorithm>
#include <cstdio>

namespace actornet::talk {

namespace {

using namespace std::chrono_literals;

constexpr net::duration welcome_within = 10s;  // and as long again

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
  return which.asked != 0 || which.kind == v1::Command::kWho || which.kind == v1::Command::kHistory;
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

v1::Command talk_client::numbered(v1::Command command, const std::string& in, std::uint32_t asked) {
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
  if (ready() && requests_.size() < requests_max) {
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

}  // namespace actornet::talk
