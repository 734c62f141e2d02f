#include "shard_lease.hpp"

#include <utility>

namespace actornet::cluster::detail {

void shard_lease::look(bool wanted) {
  wanted_ = wanted;
  const net::time_point now = frame_.home.now();
  if (told_ && now >= valid_until_) {
    count(&shards_counts::ran_out);
    lose();
  }
  if (!wanted_)
    lose();
  if (!open_ && (now >= next_ || (!wanted_ && held())))
    ask();
}

void shard_lease::see(const directory_entry& now) {
  seen_ = now.value;
  if (now.revision == 0 && !held())
    next_ = {};  // free for whoever comes first
}

void shard_lease::ask() {
  if (unsure_ && (wanted_ || held()))
    find_out();
  else if (wanted_)
    claim_or_renew();
  else if (held())
    release();
}

void shard_lease::claim_or_renew() {
  if (!begin())
    return;
  // Before it is asked: the lease is not counted from later than the directory does.
  const net::time_point asked = frame_.home.fresh_now();
  asking_ = frame_.leases.put(
      key_, frame_.value, revision_, frame_.lease,
      [this, asked](const result<std::uint64_t>& outcome) { on_put(asked, outcome); });
}

void shard_lease::on_put(net::time_point asked, const result<std::uint64_t>& outcome) {
  end();
  if (outcome) {
    count(held() ? &shards_counts::renewed : &shards_counts::claimed);
    return take(*outcome, asked);
  }
  count(outcome.error() == errc::wrong_revision ? &shards_counts::refused : &shards_counts::failed);
  // Ours may be one that was put although we were not told.
  unsure_ = true;
  next_ = frame_.home.now();
}

void shard_lease::take(std::uint64_t revision, net::time_point asked) {
  revision_ = revision;
  valid_until_ = asked + frame_.lease - frame_.margin;
  next_ = asked + frame_.lease / 4;
  if (told_ || !wanted_ || frame_.home.fresh_now() >= valid_until_)
    return;
  token_ = revision;
  told_ = true;
  {
    const std::lock_guard guard(frame_.mutex);
    ++frame_.counts.owned;
  }
  frame_.sink.on_owned(shard_, token_);
}

void shard_lease::find_out() {
  if (!begin())
    return;
  asking_ = frame_.leases.get(
      key_, [this](const result<directory_entry>& outcome) { on_found(outcome); });
}

void shard_lease::on_found(const result<directory_entry>& outcome) {
  end();
  const net::time_point now = frame_.home.now();
  if (!outcome && outcome.error() != errc::not_found) {
    count(&shards_counts::failed);
    next_ = now + frame_.lease / 20;
    return;
  }
  unsure_ = false;
  const bool ours = outcome && outcome->value == frame_.value;
  revision_ = ours ? outcome->revision : 0;
  next_ = ours || !outcome ? now : now + frame_.lease / 4;
  if (!ours)
    lose();
}

void shard_lease::release() {
  if (!begin())
    return;
  asking_ = frame_.leases.remove(key_, revision_, [this](const result<std::uint64_t>& outcome) {
    end();
    count(outcome ? &shards_counts::released : &shards_counts::failed);
    revision_ = 0;  // unless it is gone it runs out
    next_ = frame_.home.now();
  });
}

void shard_lease::lose() {
  if (!std::exchange(told_, false))
    return;
  {
    const std::lock_guard guard(frame_.mutex);
    --frame_.counts.owned;
  }
  frame_.sink.on_lost(shard_);
}

bool shard_lease::begin() {
  const std::size_t most = held() ? shards::open_max : shards::open_max / 2;
  if (frame_.open >= most)
    return false;
  ++frame_.open;
  return open_ = true;
}

void shard_lease::end() {
  --frame_.open;
  open_ = false;
}

void shard_lease::count(std::uint64_t shards_counts::*which) {
  const std::lock_guard guard(frame_.mutex);
  ++(frame_.counts.*which);
}

}  // namespace actornet::cluster::detail
