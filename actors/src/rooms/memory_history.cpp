#include "actornet/rooms/memory_history.hpp"

#include <algorithm>
#include <cassert>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "actornet/cluster/detail/names.hpp"
#include "actornet/rooms/detail/follower.hpp"

namespace actornet::rooms {

namespace {

using cluster::detail::mailbox;
using cluster::detail::mailboxes;
using detail::follower;

constexpr std::uint64_t last_offset = ~std::uint64_t{0};

std::int64_t date_ms() {
  return net::loop::current()->wall_now().time_since_epoch().count();
}

// What was appended lately, so that a retry is noticed.
class id_window {
 public:
  /// The offset that @p what got, or 0.
  std::uint64_t find(const draft& what) const {
    const auto found = offsets_.find(key_of(what));
    return found == offsets_.end() ? 0 : found->second;
  }

  void add(const draft& what, std::uint64_t offset, std::int64_t now_ms) {
    order_.push_back({now_ms, offsets_.emplace(key_of(what), offset).first->first});
  }

  void expire(const retention& keep, std::int64_t now_ms) {
    while (!order_.empty() &&
           ((keep.ids_max > 0 && order_.size() > keep.ids_max) ||
            (keep.ids_age_max_ms > 0 && order_.front().time_ms < now_ms - keep.ids_age_max_ms))) {
      offsets_.erase(std::string(order_.front().key));
      order_.pop_front();
    }
  }

  bool empty() const noexcept { return order_.empty(); }

 private:
  static std::string key_of(const draft& what) {
    return std::to_string(what.user.size()) + ' ' + what.user + what.id;
  }

  struct remembered {
    std::int64_t time_ms;
    std::string_view key;  // of the map's node
  };
  std::unordered_map<std::string, std::uint64_t> offsets_;
  std::deque<remembered> order_;
};

struct channel {
  std::uint64_t epoch = 0;
  std::uint64_t newest = 0;
  std::int64_t used_ms = 0;  // the last append
  std::deque<message_ref> ring;
  std::size_t bytes = 0;
  id_window ids;
  std::vector<std::shared_ptr<follower>> followers;

  position top() const noexcept { return {epoch, newest}; }
  std::uint64_t first_kept() const noexcept { return newest - ring.size() + 1; }

  void expire(const retention& keep, std::int64_t now_ms) {
    while (!ring.empty() &&
           (ring.size() > keep.messages_max || (keep.bytes_max > 0 && bytes > keep.bytes_max) ||
            (keep.age_max_ms > 0 && ring.front()->time_ms() < now_ms - keep.age_max_ms))) {
      bytes -= ring.front()->bytes();
      ring.pop_front();
    }
    ids.expire(keep, now_ms);
  }

  bool forgettable(std::int64_t now_ms) const noexcept {
    return ring.empty() && ids.empty() && followers.empty() &&
           used_ms <= now_ms - memory_history::forget_after_ms;
  }

  /// At most @p count of the kept messages from @p first on, and at most a page's bytes.
  history_page forward(std::uint64_t first, std::size_t count) const {
    history_page page{{}, top(), first_kept()};
    std::size_t taken = 0;
    for (std::uint64_t i = std::max(first, page.first_kept); i <= newest && count > 0; ++i) {
      const message_ref& next = ring[i - page.first_kept];
      taken += next->bytes();
      if (!page.messages.empty() && taken > history::page_bytes_max)
        break;
      page.messages.push_back(next);
      --count;
    }
    return page;
  }

  history_page backward(std::uint64_t before, std::size_t count) const {
    history_page page{{}, top(), first_kept()};
    std::size_t taken = 0;
    for (std::uint64_t i = std::min(before, newest + 1); i > page.first_kept && count > 0; --i) {
      const message_ref& next = ring[i - 1 - page.first_kept];
      taken += next->bytes();
      if (!page.messages.empty() && taken > history::page_bytes_max)
        break;
      page.messages.push_back(next);
      --count;
    }
    std::ranges::reverse(page.messages);
    return page;
  }
};

}  // namespace

class memory_history::state {
 public:
  state(std::uint64_t epoch, memory_history_options options) : epoch_(epoch), options_(options) {}

  result<appended> append(std::string_view name, draft what);
  template <class Read>
  history_page read(std::string_view name, const Read& read);
  void follow(std::string_view name, const std::shared_ptr<follower>& added);
  void unfollow(std::string_view name, const std::shared_ptr<follower>& gone);
  std::size_t channels() const;

  mailboxes boxes;

 private:
  channel* get(std::string_view name);
  void look_at_one(std::int64_t now_ms);

  mutable std::mutex mutex_;  // guards all below
  std::uint64_t epoch_;       // of channels made from now on
  const memory_history_options options_;
  cluster::detail::name_map<channel> channels_;
  std::deque<std::string> looks_;  // which is looked at next: is there anything left in it?
};

// Under the mutex. Null: there are too many.
channel* memory_history::state::get(std::string_view name) {
  if (const auto found = channels_.find(name); found != channels_.end())
    return &found->second;
  if (channels_.size() >= options_.channels_max)
    return nullptr;
  channel& made = channels_[std::string(name)];
  made.epoch = epoch_;
  looks_.emplace_back(name);
  return &made;
}

// Under the mutex. Each append pays for a look at two channels, so that no timer must.
void memory_history::state::look_at_one(std::int64_t now_ms) {
  for (int left = 2; left > 0 && !looks_.empty(); --left) {
    std::string name = std::move(looks_.front());
    looks_.pop_front();
    const auto found = channels_.find(name);
    found->second.expire(options_.keep, now_ms);
    if (found->second.forgettable(now_ms)) {
      // If it comes up again its offsets must not look like the old ones.
      epoch_ += found->second.newest > 0 ? 1 : 0;
      channels_.erase(found);
    } else {
      looks_.push_back(std::move(name));
    }
  }
}

result<appended> memory_history::state::append(std::string_view name, draft what) {
  const std::int64_t now_ms = date_ms();
  const std::lock_guard guard(mutex_);
  look_at_one(now_ms);
  channel* const to = get(name);
  if (!to)
    return errc::channels_exhausted;
  to->used_ms = now_ms;
  to->expire(options_.keep, now_ms);
  if (!what.id.empty()) {
    if (const std::uint64_t first = to->ids.find(what); first != 0)
      return appended{{to->epoch, first}, true};
    to->ids.add(what, to->newest + 1, now_ms);
  }
  const position at{to->epoch, ++to->newest};
  const auto added = std::make_shared<const message>(at, now_ms, std::move(what));
  to->ring.push_back(added);
  to->bytes += added->bytes();
  to->expire(options_.keep, now_ms);
  for (const auto& each : to->followers)
    each->append(added);
  return appended{at, false};
}

template <class Read>
history_page memory_history::state::read(std::string_view name, const Read& read) {
  const std::int64_t now_ms = date_ms();
  const std::lock_guard guard(mutex_);
  const auto found = channels_.find(name);
  if (found == channels_.end())
    return {{}, {epoch_, 0}, 1};
  found->second.expire(options_.keep, now_ms);
  return read(found->second);
}

void memory_history::state::follow(std::string_view name, const std::shared_ptr<follower>& added) {
  const std::lock_guard guard(mutex_);
  channel* const from = get(name);
  if (!from)
    return added->fail(errc::channels_exhausted);
  from->followers.push_back(added);
  added->start(from->top());
}

void memory_history::state::unfollow(std::string_view name, const std::shared_ptr<follower>& gone) {
  gone->end();
  const std::lock_guard guard(mutex_);
  if (const auto found = channels_.find(name); found != channels_.end())
    std::erase(found->second.followers, gone);
}

std::size_t memory_history::state::channels() const {
  const std::lock_guard guard(mutex_);
  return channels_.size();
}

memory_history::memory_history(std::uint64_t epoch, memory_history_options options)
    : state_(std::make_unique<state>(epoch, options)) {}

memory_history::~memory_history() = default;

cluster::operation memory_history::append(std::string_view channel, draft what, append_done done) {
  auto told = std::make_shared<cluster::detail::completion<result<appended>>>(std::move(done));
  mailboxes::answer(state_->boxes.here(), told, state_->append(channel, std::move(what)));
  return cluster::operation(told);
}

cluster::operation memory_history::read_after(std::string_view channel, std::uint64_t after,
                                              std::size_t count, read_done done) {
  auto told = std::make_shared<cluster::detail::completion<result<history_page>>>(std::move(done));
  const std::size_t allowed = std::min(count, page_messages_max);
  mailboxes::answer(state_->boxes.here(), told,
                    result<history_page>(state_->read(channel, [&](const auto& from) {
                      return from.forward(after == last_offset ? after : after + 1, allowed);
                    })));
  return cluster::operation(told);
}

cluster::operation memory_history::read_before(std::string_view channel, std::uint64_t before,
                                               std::size_t count, read_done done) {
  auto told = std::make_shared<cluster::detail::completion<result<history_page>>>(std::move(done));
  const std::size_t allowed = std::min(count, page_messages_max);
  mailboxes::answer(state_->boxes.here(), told,
                    result<history_page>(state_->read(channel, [&](const auto& from) {
                      return from.backward(before, allowed);
                    })));
  return cluster::operation(told);
}

cluster::subscription memory_history::live(std::string_view channel, live_sink& sink) {
  class following final : public cluster::subscription::state {
   public:
    following(memory_history::state& from, std::string_view channel, live_sink& sink)
        : from_(from),
          channel_(channel),
          mine_(std::make_shared<follower>(from.boxes.here(), sink)) {
      from_.follow(channel_, mine_);
    }
    ~following() override { from_.unfollow(channel_, mine_); }

   private:
    memory_history::state& from_;
    const std::string channel_;
    const std::shared_ptr<follower> mine_;
  };
  return cluster::subscription(std::make_unique<following>(*state_, channel, sink));
}

std::size_t memory_history::channels() const {
  return state_->channels();
}

}  // namespace actornet::rooms
