// What a client makes of the server's events.

#include <algorithm>

#include "talk_client.hpp"

namespace actornet::talk {

namespace {

using namespace std::chrono_literals;

constexpr net::duration drain_grace = 2s;  // for the answer to what was sent before
constexpr net::duration again_after = 1s;  // at least, after what was refused for now

bool is_for_now(v1::FailureCode code) {
  return code == v1::FAILURE_CODE_RATE_LIMITED || code == v1::FAILURE_CODE_UNAVAILABLE;
}

net::duration wait_of(const v1::Failed& failed) {
  return std::max<net::duration>(again_after, std::chrono::milliseconds(failed.retry_after_ms()));
}

}  // namespace

void talk_client::received(v1::Event event, net::time_point now) {
  heard_at_ = now;
  if (ready())
    pinged_ = false;
  const request answered = answered_by(event);
  event.set_request(answered.asked);
  switch (event.kind_case()) {
    case v1::Event::kWelcome:
      return on_welcome(event.welcome(), answered, now);
    case v1::Event::kFailed:
      return on_failed(event, answered, now);
    case v1::Event::kJoined:
      on_joined(event.joined());
      break;
    case v1::Event::kLeft:
      return on_left(event, answered);
    case v1::Event::kPublished:
      if (answered.kind == v1::Command::kPublish && outbox_.under_way())
        (void)outbox_.take_sent();
      break;
    case v1::Event::kPage:
      on_page(event.page());
      break;
    case v1::Event::kPong:
      if (answered.asked == 0)
        return;
      break;
    case v1::Event::kMessage:
      return on_message(event);
    case v1::Event::kGap:
      return on_gap(event);
    case v1::Event::kDraining:
      return on_draining(event.draining(), now);
    case v1::Event::kExpiring:
      if (settings_.renews_token)
        token_wanted_at_ = now;
      break;
    case v1::Event::kMembers:
      break;
    case v1::Event::kPresence:
      if (!is_joined(event.presence().room()))
        return;
      break;
    case v1::Event::kTyping:
      if (!is_joined(event.typing().room()))
        return;
      break;
    case v1::Event::KIND_NOT_SET:
      return;  // of a newer server
  }
  view_.on_event(event, answered.kind);
}

// A join may fail once more after it was answered: then the room is left.
talk_client::request talk_client::answered_by(const v1::Event& event) {
  if (event.request() == 0)
    return {};
  if (const auto found = requests_.find(event.request()); found != requests_.end()) {
    request answered = std::move(found->second);
    requests_.erase(found);
    return answered;
  }
  const auto joined = std::ranges::find(rooms_, event.request(), &room::join_number);
  if (!event.has_failed() || joined == rooms_.end())
    return {};
  joined->joined = false;
  return {v1::Command::kJoin, joined->name};
}

void talk_client::on_welcome(const v1::Welcome& welcome, const request& answered,
                             net::time_point now) {
  heartbeat_ = std::chrono::milliseconds(welcome.heartbeat_ms());
  user_ = welcome.user();
  pinged_ = false;
  heard_at_ = now;
  if (answered.kind != v1::Command::kHello) {
    v1::Event event;
    event.set_request(answered.asked);
    *event.mutable_welcome() = welcome;
    return view_.on_event(event, answered.kind);
  }
  was_welcomed_ = true;
  enter({.now = phase::open, .welcome = welcome});
}

void talk_client::on_failed(v1::Event& event, const request& answered, net::time_point now) {
  const v1::Failed& failed = event.failed();
  const bool for_now = is_for_now(failed.code());
  if (answered.kind == v1::Command::kHello || phase_ == phase::connecting)
    return on_hello_refused(event, failed);
  if (answered.kind == v1::Command::kPublish && outbox_.under_way()) {
    if (for_now)
      outbox_.refused_for_now(now + wait_of(failed));
    else
      (void)outbox_.take_sent();
  }
  room* const joining = answered.kind == v1::Command::kJoin ? find(answered.room) : nullptr;
  if (joining) {
    joining->asked = false;
    joining->join_again = now + wait_of(failed);
    joining->join_request = for_now ? answered.asked : 0;
  }
  view_.on_event(event, answered.kind);
  if (joining && !for_now)
    forget(answered.room, "the room cannot be joined");
}

// A token that has run out meanwhile may be renewed; everything else stays as it is.
void talk_client::on_hello_refused(v1::Event& event, const v1::Failed& why) {
  const bool may_change = is_for_now(why.code()) || (why.code() == v1::FAILURE_CODE_TOKEN_EXPIRED &&
                                                     was_welcomed_ && settings_.renews_token);
  refused_ = !may_change;
  end_ = connection_end{.for_good = refused_, .wait = wait_of(why), .why = errc::handshake_refused};
  view_.on_event(event, v1::Command::kHello);
}

void talk_client::on_joined(const v1::Joined& joined) {
  room* const known = find(joined.room());
  if (!known)
    return;
  known->joined = true;
  known->asked = false;
  known->where.joined(place_of(joined.newest()), known->history);
}

void talk_client::on_message(v1::Event& event) {
  const v1::Message& message = event.message();
  room* const known = find(message.room());
  if (!known || !known->joined)
    return;
  const place at = place_of(message.position());
  room_place::seen what = known->where.message(at);
  if (!what.fresh)
    return;
  if (what.gap) {
    v1::Event missing;
    *missing.mutable_gap() = std::move(*what.gap);
    missing.mutable_gap()->set_room(known->name);
    view_.on_event(missing, v1::Command::KIND_NOT_SET);
  }
  if (!known->oldest || known->oldest->epoch != at.epoch)
    known->oldest = at;
  view_.on_event(event, v1::Command::KIND_NOT_SET);
}

void talk_client::on_gap(v1::Event& event) {
  room* const known = find(event.gap().room());
  if (known && known->joined && known->where.gap(place_of(event.gap().to())))
    view_.on_event(event, v1::Command::KIND_NOT_SET);
}

// Also when the server says it without having been asked: a new token does not name the room.
void talk_client::on_left(v1::Event& event, const request& answered) {
  view_.on_event(event, answered.kind);
  if (answered.kind != v1::Command::kLeave)
    forget(event.left().room(), "the room was left");
}

void talk_client::on_page(const v1::HistoryPage& page) {
  room* const known = find(page.room());
  if (!known || page.messages().empty())
    return;
  const place first = place_of(page.messages(0).position());
  if (!known->oldest || known->oldest->epoch != first.epoch || first.offset < known->oldest->offset)
    known->oldest = first;
}

void talk_client::on_draining(const v1::Draining& draining, net::time_point now) {
  if (!ready())
    return;
  const net::duration wait = std::chrono::milliseconds(draining.after_ms());
  comes_back_at_ = now + wait;
  drained_at_ = now + drain_grace;
  enter({.now = phase::draining, .wait = wait});
}

}  // namespace actornet::talk
