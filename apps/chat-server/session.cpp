#include "session.hpp"

#include <chrono>

#include "actornet/net/address_group.hpp"

namespace actornet::chat {

session::session(service& of, peer_type peer)
    : of_(of),
      peer_(std::move(peer)),
      out_(peer_.ref()),
      home_(net::loop::current()),
      address_(net::address_group(peer_.peer().host)),
      began_(home_->now()),
      commands_(of.limits().connection, began_) {}

task<> session::run() {
  peer_.limit_frames(of_.limits().hello_bytes_max);
  for (bool goes_on = true; goes_on;) {
    set_alarm();
    const auto next = co_await peer_.receive();
    if (!next && next.error() != errc::timed_out)
      co_return end(next.error());
    reply what;
    if (!next) {
      what = on_alarm();
    } else if (!welcomed() || !is_deferred(*next)) {
      what = answer(*next);
    } else if (const auto why = refusal_of_deferred(*next)) {
      what = refuse(next->request(), *why);
    } else {
      auto from = co_await peer_.begin_request();
      if (!from)
        co_return end(from.error());
      begin(*next, std::move(*from));
    }
    if (what.event) {
      const auto said = co_await peer_.send(*what.event);
      if (!said)
        co_return;
    }
    goes_on = !what.last;
  }
}

void session::end(std::error_code why) {
  if (why == errc::shutting_down && welcomed())
    (void)out_.send(draining());
}

// -- time -----------------------------------------------------------------------------------------

void session::set_alarm() {
  if (!welcomed())
    return peer_.set_read_deadline(began_ + of_.limits().hello_timeout);
  const auto expires = who_->expires();
  if (!expires)
    return peer_.set_read_deadline(net::never);
  const auto left = *expires - home_->wall_now();
  peer_.set_read_deadline(home_->now() + left -
                          (expiry_told_ ? net::duration{} : of_.limits().expiry_notice));
}

// The wall clock may have been set: then there is nothing to do yet.
session::reply session::on_alarm() {
  if (!welcomed())
    return refuse(0, {v1::FAILURE_CODE_BAD_COMMAND, "no Hello in time"}, true);
  const auto expires = who_->expires();
  const auto now = home_->wall_now();
  if (expires && now >= *expires) {
    of_.counted_here().tokens_expired.add();
    return refuse(0, {v1::FAILURE_CODE_TOKEN_EXPIRED, "the token is not valid any more"}, true);
  }
  if (!expires || expiry_told_ || now < *expires - of_.limits().expiry_notice)
    return {};
  expiry_told_ = true;
  v1::Event event;
  event.mutable_expiring()->set_at_ms(
      static_cast<std::uint64_t>(expires->time_since_epoch().count()));
  return {event};
}

v1::Event session::draining() {
  const auto spread = std::chrono::floor<std::chrono::milliseconds>(of_.options().reconnect_spread);
  v1::Event event;
  v1::Draining& notice = *event.mutable_draining();
  notice.set_resume(true);
  if (spread.count() > 0)
    notice.set_after_ms(
        static_cast<std::uint32_t>(home_->random() % static_cast<std::uint64_t>(spread.count())));
  return event;
}

// -- who it is ------------------------------------------------------------------------------------

session::reply session::greet(const v1::Command& command) {
  const v1::Hello& hello = command.hello();
  const auto no = [&](const refusal& why) {
    of_.counted_here().hellos_refused.add();
    return refuse(command.request(), why, true);
  };
  if (hello.version() != 1)
    return no({v1::FAILURE_CODE_UNSUPPORTED_VERSION, "version 1 is spoken here"});
  if (const auto free = of_.by_address().take(address_, home_->now()); !free)
    return no({v1::FAILURE_CODE_RATE_LIMITED, "too much from this address", free.wait});
  if (!hello.device().empty() && net::check_name(hello.device()) != net::text_fault::none)
    return no({v1::FAILURE_CODE_BAD_NAME, "the device's name cannot be taken"});
  auto found = identify(of_, hello.token(), hello.name(), home_->wall_now());
  if (const auto* const why = std::get_if<refusal>(&found))
    return no(*why);
  who_ = std::move(std::get<identity>(found));
  peer_.limit_frames(of_.limits().command_bytes_max);
  of_.counted_here().welcomed.add();
  return {welcome(command.request())};
}

session::reply session::refresh(const v1::Command& command) {
  if (of_.open_to_all())
    return refuse(command.request(),
                  {v1::FAILURE_CODE_BAD_COMMAND, "no tokens are asked for here"});
  auto found = identify(of_, command.refresh().token(), {}, home_->wall_now());
  if (const auto* const why = std::get_if<refusal>(&found))
    return refuse(command.request(), *why);
  auto& who = std::get<identity>(found);
  if (who.user != who_->user)
    return refuse(command.request(), {v1::FAILURE_CODE_BAD_TOKEN, "it is another user's"});
  expiry_told_ = expiry_told_ && who.expires() && *who.expires() <= *who_->expires();
  who_ = std::move(who);
  for (auto at = seats_.begin(); at != seats_.end();)
    at = who_->may_join(at->first) ? std::next(at) : put_out(at);
  return {welcome(command.request())};
}

// The new token does not let its user into this room.
session::seat_map::iterator session::put_out(seat_map::iterator which) {
  v1::Event event;
  event.mutable_left()->set_room(which->first);
  (void)out_.send(event);
  return seats_.erase(which);
}

v1::Event session::welcome(std::uint32_t request) const {
  v1::Event event;
  event.set_request(request);
  v1::Welcome& welcome = *event.mutable_welcome();
  welcome.set_user(who_->user);
  welcome.set_server(of_.options().server_id);
  const auto heartbeat = std::chrono::floor<std::chrono::milliseconds>(of_.limits().heartbeat);
  welcome.set_heartbeat_ms(static_cast<std::uint32_t>(heartbeat.count()));
  if (const auto expires = who_->expires())
    welcome.set_token_expires_ms(static_cast<std::uint64_t>(expires->time_since_epoch().count()));
  welcome.set_open_to_all(of_.open_to_all());
  welcome.set_text_bytes_max(static_cast<std::uint32_t>(of_.limits().text_bytes_max));
  return event;
}

}  // namespace actornet::chat
