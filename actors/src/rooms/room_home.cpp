#include "room_home.hpp"

namespace actornet::rooms::detail {

namespace {

void refuse(const std::shared_ptr<room_part>& from, std::uint64_t id, std::error_code reason) {
  room_parts::tell(from, [&](part_inbox& to) { return to.push(join_refused{id, reason}); });
}

}  // namespace

room_home::room_home(std::string_view name, shard& here)
    : name_(name),
      here_(here),
      options_(here.common().options),
      typing_(here, parts_),
      users_(name, here, parts_, typing_) {
  if (!here_.common().place.name.empty())
    exchange_ = std::make_unique<presence_exchange>(name_, here_, users_);
  follows_ = here_.common().kept.live(name_, *this);
  hears_ = here_.common().between.subscribe(typing_subject(name_), *this);
}

room_home::~room_home() = default;

// -- members --------------------------------------------------------------------------------------

void room_home::join(const std::shared_ptr<room_part>& from, std::uint64_t id,
                     const std::string& user) {
  if (failed_)
    refuse(from, id, failed_);
  else if (members_ + waiting_.size() >= options_.members_max)
    refuse(from, id, errc::members_exhausted);
  else if (started_)
    admit(from, id, user);
  else
    waiting_.push_back({from, id, user});
}

void room_home::admit(const std::shared_ptr<room_part>& from, std::uint64_t id,
                      const std::string& user) {
  ++members_;
  users_.join(user);
  parts_.add(from);
  room_parts::tell(from, [&](part_inbox& to) {
    return to.push(join_accepted{id, newest_, list()});
  });
}

void room_home::leave(const std::shared_ptr<room_part>& from, const std::string& user,
                      bool at_once) {
  --members_;
  parts_.remove(from);
  users_.leave(user, at_once);
  here_.forget_if_unused(*this);
}

// -- messages -------------------------------------------------------------------------------------

void room_home::on_start(const position& newest) {
  newest_ = newest;
  started_ = true;
  parts_.tell([&](part_inbox& to) { return to.push(newest_moved{newest}); });
  for (const waiting& each : std::exchange(waiting_, {}))
    admit(each.from, each.id, each.user);
}

void room_home::on_message(const message_ref& next) {
  newest_ = next->at();
  parts_.tell([&](part_inbox& to) { return to.push_message(next); });
}

void room_home::on_failed(std::error_code reason) {
  failed_ = reason;
  for (const waiting& each : std::exchange(waiting_, {}))
    refuse(each.from, each.id, reason);
  parts_.tell([&](part_inbox& to) { return to.push(room_failed{reason}); });
  here_.forget_if_unused(*this);
}

// -- other nodes ----------------------------------------------------------------------------------

void room_home::on_node_up(std::string_view node) {
  if (exchange_)
    exchange_->greet(node);
}

void room_home::on_node_down(std::string_view node) {
  if (exchange_)
    exchange_->drop(node);
}

void room_home::on_bus_up() {
  if (exchange_)
    exchange_->greet({});
}

// -- typing ---------------------------------------------------------------------------------------

std::string room_home::typing_subject(std::string_view room) {
  return "rooms.typing." + std::string(room);
}

net::shared_bytes room_home::typing_payload(std::string_view user, bool active) {
  const std::string text = (active ? '+' : '-') + std::string(user);
  return net::shared_bytes::copy_of(std::as_bytes(std::span(text)));
}

void room_home::on_published(const net::shared_bytes& payload) {
  const std::string text(reinterpret_cast<const char*>(payload.payload.data()),
                         payload.payload.size());
  const std::string user = text.substr(std::min<std::size_t>(1, text.size()));
  if (!users_.knows(user) || users_.counts_only())
    return;
  if (text[0] == '+')
    typing_.type(user);
  else
    typing_.stop(user);
}

}  // namespace actornet::rooms::detail
