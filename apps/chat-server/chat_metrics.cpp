#include "chat_metrics.hpp"

namespace actornet::chat {

namespace {

std::uint64_t sum(const service& of, net::counter service::counts::*which) {
  std::uint64_t all = 0;
  for (const service::counts& loop : of.counted())
    all += (loop.*which).value();
  return all;
}

void write_sessions(apps::metrics_text& page, const service& of) {
  using counts = service::counts;
  page.counter("chat_welcomed_total", "Connections that said who they are.",
               sum(of, &counts::welcomed));
  page.counter("chat_hellos_refused_total", "Hellos with a bad token or name.",
               sum(of, &counts::hellos_refused));
  page.counter("chat_rate_limited_total", "Commands beyond a rate limit.",
               sum(of, &counts::rate_limited));
  page.counter("chat_commands_refused_total", "Commands refused for another reason.",
               sum(of, &counts::commands_refused));
  page.counter("chat_tokens_expired_total", "Connections ended because their token had expired.",
               sum(of, &counts::tokens_expired));
}

void write_rooms(apps::metrics_text& page, const rooms::rooms_counts& now) {
  page.gauge("chat_rooms", "Rooms with members.", now.rooms);
  page.gauge("chat_members", "Members of all rooms.", now.members);
  page.counter("chat_published_total", "Messages that got a position.", now.published);
  page.counter("chat_published_again_total", "Retries of messages that had one.",
               now.published_again);
  page.counter("chat_deliveries_total", "Messages given to members.", now.deliveries);
  page.counter("chat_gaps_total", "Gaps told to members.", now.gaps);
  page.counter("chat_slow_closed_total", "Members closed as slow consumers.", now.slow_closed);
  page.counter("chat_slow_dropped_total", "Messages not given to slow members.",
               now.slow_messages_dropped);
  page.counter("chat_presence_conflated_total", "Changes of presence that a later one replaced.",
               now.presence_conflated);
  page.counter("chat_typing_dropped_total", "Typing notices dropped.", now.typing_dropped);
  page.counter("chat_refused_total", "Joins and messages refused by a room.", now.refused);
}

}  // namespace

void write_chat_metrics(apps::metrics_text& page, const service& of) {
  write_sessions(page, of);
  write_rooms(page, of.rooms().counts());
}

void write_listener_metrics(apps::metrics_text& page, const web::web_counters& web,
                            const std::optional<tls::server>& secure) {
  page.counter("chat_http_bad_requests_total", "Requests that are no HTTP, or over a limit.",
               web.bad_requests.load());
  page.counter("chat_websockets_refused_total", "Bad handshakes, and pages of other hosts.",
               web.handshakes_refused.load());
  if (!secure)
    return;
  page.counter("chat_tls_failed_total", "Handshakes that failed, or were none.",
               secure->handshakes_failed());
  page.counter("chat_tls_refused_total", "Connections refused as too many shook hands.",
               secure->handshakes_refused());
}

}  // namespace actornet::chat
