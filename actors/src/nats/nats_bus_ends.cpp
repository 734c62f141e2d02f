#include "nats_bus_ends.hpp"

namespace actornet::nats {

namespace {

/// Sends the answer to the subject that the request named.
class nats_way final : public cluster::bus_reply::way {
 public:
  nats_way(std::shared_ptr<outlet> back, std::string to) noexcept
      : back_(std::move(back)), to_(std::move(to)) {}

  void answer(const net::shared_bytes& payload) override {
    if (payload.payload.size() <= cluster::bus::payload_bytes_max)
      (void)back_->send({.subject = to_, .payload = payload});
  }

 private:
  const std::shared_ptr<outlet> back_;
  const std::string to_;
};

}  // namespace

result<void> outlet::take(std::size_t bytes) {
  if (closed_ || !over_.up())
    return errc::disconnected;
  if (over_.full() || waiting_.load() >= how_.queue_max ||
      waiting_bytes_.load() + bytes > how_.queue_bytes_max)
    return errc::mailbox_full;
  waiting_.fetch_add(1);
  waiting_bytes_.fetch_add(bytes);
  return {};
}

result<void> outlet::send(message what) {
  return send(std::move(what),
              [](connection& over, const message& sent) { (void)over.publish_accepted(sent); });
}

// What no peer of ours sends, a request without a way back or too large, is left out.
void home_server::on_message(const message& what) {
  if (what.reply.empty() || what.payload.payload.size() > cluster::bus::payload_bytes_max)
    return;
  auto way = std::make_unique<nats_way>(back_, what.reply);
  const auto taken = to_->push(what.payload, cluster::bus_reply(std::move(way)));
  if (!taken)
    (void)over_.publish({.subject = what.reply,
                         .headers = {{refusal_header, std::to_string(taken.error().value())}}});
}

}  // namespace actornet::nats
