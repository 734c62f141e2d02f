#include "talk_run.hpp"

#include "actornet/flow/scope.hpp"
#include "actornet/flow/select.hpp"
#include "actornet/flow/time.hpp"

namespace actornet::talk {

namespace {

using namespace std::chrono_literals;

constexpr net::duration grace = 2s;  // for a connection to end after the client is over

struct outcome {
  int code;
  const char* reason;
};

outcome outcome_of(const talk_link& link) {
  if (link.client.refused())
    return {exit_refused, "refused"};
  if (link.unreachable)
    return {exit_setup, "unreachable"};
  return {link.client.unsent_messages() > 0 ? exit_unacknowledged : 0, "quit"};
}

// When it must be over, whatever the connection does.
net::time_point latest_end(const talk_client& client) {
  return net::deadline_after(client.quits_at(), client.is_connected() ? grace : net::duration{});
}

task<> take_input(talk_link& link, talk_user& user, channel<std::string> input,
                  channel<int> taken) {
  net::loop& home = (co_await this_task()).home();
  for (;;) {
    const auto bytes = co_await input.receive();
    if (!bytes && bytes.error() != errc::channel_closed)
      co_return;
    if (bytes)
      user.take(*bytes, home.now());
    else
      user.end(home.now());
    (void)link.changed.try_send(1);
    (void)taken.try_send(1);
    if (!bytes)
      co_return;
    co_await wait_for_room(link.output);
  }
}

task<> talk_in(scope& go, talk_link& link, talk_user& user, channel<std::string> input) {
  net::loop& home = (co_await this_task()).home();
  channel<int> taken(1);
  auto connected = go.spawn(keep_connected(link));
  auto reading = go.spawn(take_input(link, user, std::move(input), taken));
  for (;;) {
    const auto next =
        co_await select(connected.join(), taken.receive(), sleep_until(latest_end(link.client)));
    const bool over = link.client.over(home.now()) && !link.client.is_connected();
    if (next.index() == 0 || next.index() == next.none || over ||
        home.now() >= latest_end(link.client))
      break;
  }
  connected.cancel();
  reading.cancel();
}

}  // namespace

task<int> talk(talk_link& link, talk_user& user, channel<std::string> input) {
  (void)co_await with_scope(
      [&](scope& go) -> task<> { return talk_in(go, link, user, std::move(input)); });
  const outcome what = outcome_of(link);
  link.client.closed(what.reason);
  co_return what.code;
}

}  // namespace actornet::talk
