#include "presence_exchange.hpp"

#include <algorithm>

#include "actornet/proto/codec.hpp"

namespace actornet::rooms::detail {

namespace {

constexpr std::size_t name_overhead_bytes = 4;  // its tag and length

}  // namespace

presence_exchange::presence_exchange(std::string_view room, shard& here, room_users& users)
    : subject_(presence_subject(room)),
      here_(here),
      options_(here.common().options),
      self_(here.common().place),
      users_(users),
      life_(1 + here.common().lives.fetch_add(1, std::memory_order_relaxed)),
      heard_(here.loop().now()),
      sent_(heard_ - options_.across.delta_interval) {
  users_.set_sink(this);
  hears_ = here_.common().between.subscribe(subject_, *this);
  send_by(here_.loop().now() + options_.across.delta_interval);
}

presence_exchange::~presence_exchange() {
  users_.set_sink(nullptr);
  if (version_ == 0 || !here_.loop().in_loop())
    return;
  presence_frame last = frame();
  last.set_gone(true);
  publish(last);
}

// -- this node's users ----------------------------------------------------------------------------

void presence_exchange::on_local(const std::string& user, bool present) {
  count_ += present ? 1 : std::uint32_t{0} - 1;
  hash_ += present ? presence_hash(user) : std::uint64_t{0} - presence_hash(user);
  changed_ = true;
  if (!users_.big() && !names_due_) {
    const auto [place, added] = changes_.try_emplace(user, present);
    if (!added)
      changes_.erase(place);
  }
  send_soon();
}

void presence_exchange::on_big(bool big) {
  changed_ = true;
  changes_.clear();
  names_due_ = !big;
  send_soon();
}

// -- what others say ------------------------------------------------------------------------------

void presence_exchange::on_published(const net::shared_bytes& payload) {
  const auto frame = decode_presence(payload.payload, options_);
  if (!frame)
    return here_.counted.presence_refused.add();
  if (frame->node() != self_.name)
    hear(*frame);
}

void presence_exchange::hear(const presence_frame& frame) {
  other* const from = here_.is_up(frame.node(), frame.boot()) ? find(frame) : nullptr;
  if (!from)
    return here_.counted.presence_refused.add();
  const bool known = from->users.present();
  const auto outcome = from->users.take(frame, options_.names_max, users_);
  if (outcome == presence_peer::outcome::refused)
    return here_.counted.presence_refused.add();
  note_wants(frame);
  const net::time_point now = here_.loop().now();
  heard_ = from->heard = now;
  if (outcome == presence_peer::outcome::wants && from->wanted + want_again <= now) {
    from->wanted = now;
    here_.counted.presence_wanted.add();
    wants_.insert(frame.node());
    send_soon();
  }
  if (!known && from->users.present())
    send_soon();  // it may not know this one either
  settle();
}

void presence_exchange::note_wants(const presence_frame& frame) {
  if (!frame.wants_all() && std::ranges::find(frame.wants(), self_.name) == frame.wants().end())
    return;
  names_due_ = !users_.big();
  send_soon();
}

// Null: it is one too many, or a boot that is over.
presence_exchange::other* presence_exchange::find(const presence_frame& frame) {
  auto found = others_.find(frame.node());
  if (found == others_.end())
    found = add(frame);
  if (found == others_.end() || !begin_boot(found->second, frame.boot()))
    return nullptr;
  return &found->second;
}

presence_exchange::others::iterator presence_exchange::add(const presence_frame& frame) {
  if (others_.size() >= options_.across.nodes_max) {
    const auto gone = std::ranges::find_if(
        others_, [](const auto& each) { return !each.second.users.present(); });
    if (gone == others_.end())
      return gone;
    others_.erase(gone);
  }
  const net::time_point now = here_.loop().now();
  return others_.emplace(frame.node(), other{frame.boot(), {}, now, now - want_again, {}}).first;
}

bool presence_exchange::begin_boot(other& of, std::uint64_t boot) {
  if (boot == of.boot)
    return true;
  if (std::ranges::find(of.ended, boot) != of.ended.end())
    return false;
  of.ended.push_back(std::exchange(of.boot, boot));
  if (of.ended.size() > ended_boots_max)
    of.ended.pop_front();
  of.users.drop(users_);
  of.users = {};
  of.wanted = here_.loop().now() - want_again;
  return true;
}

void presence_exchange::greet(std::string_view node) {
  if (!node.empty() && wants_.size() < options_.across.nodes_max)
    wants_.emplace(node);
  const auto within = options_.across.delta_interval.count();
  const auto spread =
      here_.loop().random() % static_cast<std::uint64_t>(std::max<std::int64_t>(within, 1));
  send_by(here_.loop().now() + net::duration(static_cast<std::int64_t>(spread)));
}

void presence_exchange::drop(std::string_view node) {
  const auto found = others_.find(node);
  if (found == others_.end())
    return;
  found->second.users.drop(users_);
  settle();
}

void presence_exchange::drop_silent() {
  const net::time_point now = here_.loop().now();
  for (auto each = others_.begin(); each != others_.end();) {
    other& who = each->second;
    if (silent_at(who) <= now)
      who.users.drop(users_);
    if (!who.users.present() && who.heard + lonely_after <= now)
      each = others_.erase(each);
    else
      ++each;
  }
  settle();
}

net::time_point presence_exchange::silent_at(const other& who) const noexcept {
  return who.users.present() ? who.heard + options_.across.silence_max : net::never;
}

void presence_exchange::settle() {
  std::uint64_t users = 0;
  bool nameless = false;
  for (const auto& [node, who] : others_) {
    users += who.users.count();
    nameless |= who.users.nameless();
  }
  users_.set_remote(users, nameless);
  users_.settle();
  arm_timer();
}

// -- what this node says --------------------------------------------------------------------------

presence_frame presence_exchange::frame() {
  presence_frame made;
  made.set_protocol(presence_protocol);
  made.set_node(self_.name);
  made.set_boot(self_.boot);
  made.set_life(life_);
  made.set_version(version_);
  made.set_users(count_);
  made.set_hash(hash_);
  made.set_named(!users_.big());
  return made;
}

void presence_exchange::send() {
  const std::uint64_t before = version_;
  version_ += std::exchange(changed_, false) ? 1 : 0;
  if (names_due_)
    return send_names();
  presence_frame next = frame();
  if (next.named() && version_ != before) {
    v1::Changes& told = *next.mutable_changes();
    told.set_from(before);
    for (const auto& [user, present] : changes_)
      (present ? told.add_came(user) : told.add_left(user));
  }
  changes_.clear();
  if (proto::encoded_size(next) > presence_chunk_bytes)
    return send_names();
  publish(next);
}

// Also when there are none: that is known then.
void presence_exchange::send_names() {
  names_due_ = false;
  changes_.clear();
  std::vector<presence_frame> parts(1, frame());
  std::size_t bytes = 0;
  users_.for_each_local([&](const std::string& user) {
    if (bytes + user.size() > presence_chunk_bytes && bytes > 0) {
      parts.push_back(frame());
      bytes = 0;
    }
    bytes += user.size() + name_overhead_bytes;
    parts.back().mutable_names()->add_names(user);
  });
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].mutable_names()->set_part(static_cast<std::uint32_t>(i));
    parts[i].mutable_names()->set_parts(static_cast<std::uint32_t>(parts.size()));
    publish(parts[i]);
  }
}

// What the bus does not take is missing: the next digest shows it.
void presence_exchange::publish(presence_frame& frame) {
  frame.set_wants_all(std::exchange(wants_all_, false));
  for (const std::string& node : std::exchange(wants_, {}))
    frame.add_wants(node);
  (void)here_.common().between.publish(subject_, encode_presence(frame));
  here_.counted.presence_sent.add();
  sent_ = here_.loop().now();
  send_at_ = sent_ + digest_after();
}

// A little less than the interval: rooms that began at the same time do not stay together.
net::duration presence_exchange::digest_after() {
  const bool lonely = self_.watch && heard_ + lonely_after <= here_.loop().now();
  const auto most = (lonely ? lonely_interval : options_.across.digest_interval).count();
  const auto spread = static_cast<std::uint64_t>(std::max<std::int64_t>(most / 4, 1));
  return net::duration(most - static_cast<std::int64_t>(here_.loop().random() % spread));
}

// -- time -----------------------------------------------------------------------------------------

void presence_exchange::send_soon() {
  send_by(sent_ + options_.across.delta_interval);
}

void presence_exchange::send_by(net::time_point when) {
  send_at_ = std::min(send_at_, when);
  arm_timer();
}

void presence_exchange::on_timer() {
  drop_silent();
  if (send_at_ <= here_.loop().now())
    send();
  arm_timer();
}

void presence_exchange::arm_timer() {
  net::time_point next = send_at_;
  for (const auto& [node, who] : others_)
    next = std::min(next, silent_at(who));
  here_.loop().timers().arm(timer_, next);
}

}  // namespace actornet::rooms::detail
