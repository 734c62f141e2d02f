#include "actornet/rooms/memory_history.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "actornet/cluster/detail/names.hpp"
#include "actornet/rooms/detail/channel_ring.hpp"
#include "actornet/rooms/detail/follower.hpp"

namespace actornet::rooms {

namespace {

using cluster::detail::mailbox;
using cluster::detail::mailboxes;
using detail::channel_ring;
using detail::follower;

std::int64_t date_ms() {
  return net::loop::current()->wall_now().time_since_epoch().count();
}

struct channel {
  channel_ring kept;
  std::int64_t used_ms = 0;  // the last append
  std::vector<std::shared_ptr<follower>> followers;

  bool forgettable(std::int64_t now_ms) const noexcept {
    return kept.empty() && followers.empty() && used_ms <= now_ms - memory_history::forget_after_ms;
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
  made.kept = channel_ring({epoch_, 0});
  looks_.emplace_back(name);
  return &made;
}

// Under the mutex. Each append pays for a look at two channels, so that no timer must.
void memory_history::state::look_at_one(std::int64_t now_ms) {
  for (int left = 2; left > 0 && !looks_.empty(); --left) {
    std::string name = std::move(looks_.front());
    looks_.pop_front();
    const auto found = channels_.find(name);
    found->second.kept.expire(options_.keep, now_ms);
    if (found->second.forgettable(now_ms)) {
      // If it comes up again its offsets must not look like the old ones.
      epoch_ += found->second.kept.top().offset > 0 ? 1 : 0;
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
  to->kept.expire(options_.keep, now_ms);
  const position& top = to->kept.top();
  if (const std::uint64_t first = to->kept.find(what); first != 0)
    return appended{{top.epoch, first}, true};
  const position at{top.epoch, top.offset + 1};
  const auto added = std::make_shared<const message>(at, now_ms, std::move(what));
  to->kept.add(added);
  to->kept.expire(options_.keep, now_ms);
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
  found->second.kept.expire(options_.keep, now_ms);
  return read(found->second.kept);
}

void memory_history::state::follow(std::string_view name, const std::shared_ptr<follower>& added) {
  const std::lock_guard guard(mutex_);
  channel* const from = get(name);
  if (!from)
    return added->fail(errc::channels_exhausted);
  from->followers.push_back(added);
  added->start(from->kept.top());
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
                    result<history_page>(state_->read(
                        channel, [&](const auto& from) { return from.after(after, allowed); })));
  return cluster::operation(told);
}

cluster::operation memory_history::read_before(std::string_view channel, std::uint64_t before,
                                               std::size_t count, read_done done) {
  auto told = std::make_shared<cluster::detail::completion<result<history_page>>>(std::move(done));
  const std::size_t allowed = std::min(count, page_messages_max);
  mailboxes::answer(state_->boxes.here(), told,
                    result<history_page>(state_->read(
                        channel, [&](const auto& from) { return from.before(before, allowed); })));
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
