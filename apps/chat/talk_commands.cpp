// What a client makes of its user's wishes.

#include <algorithm>
#include <utility>

#include "talk_client.hpp"

namespace actornet::talk {

namespace {

using namespace std::chrono_literals;

constexpr net::duration typing_repeat = 2s;

}  // namespace

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

void talk_client::switch_to(const std::string& name) {
  if (!find(name))
    return fail(v1::FAILURE_CODE_NOT_JOINED, "not in this room", v1::Command::KIND_NOT_SET);
  current_ = name;
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
