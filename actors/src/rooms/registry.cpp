#include "actornet/rooms/registry.hpp"

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "room_home.hpp"
#include "room_part.hpp"
#include "shard.hpp"

namespace actornet::rooms {

using cluster::detail::completion;
using detail::shard;

// -- registry_state -------------------------------------------------------------------------------

class detail::registry_state {
 public:
  registry_state(net::multiplexer& loops, history& kept, cluster::bus& between,
                 const room_options& options, permission may, node_place place);
  ~registry_state();

  shard& here();
  shard& home_of(std::string_view room) {
    return *shards_[cluster::detail::name_hash()(room) % shards_.size()];
  }

  /// `errc{}`: @p user may do @p what.
  errc check(action what, std::string_view user, std::string_view room) const;

  bool name_valid(std::string_view name) const noexcept {
    return !name.empty() && name.size() <= common.options.name_bytes_max;
  }

  rooms_counts counts() const;

  shared_state common;

 private:
  void close_shards();

  net::multiplexer& loops_;
  std::vector<std::unique_ptr<shard>> shards_;
};

namespace {

node_place checked(node_place place) {
  if (!place.name.empty() &&
      (place.boot == 0 || place.name.size() > cluster::nodes::name_bytes_max))
    throw std::invalid_argument(
        "a node that has rooms has a boot, and a name that is not too long");
  return place;
}

}  // namespace

detail::registry_state::registry_state(net::multiplexer& loops, history& kept,
                                       cluster::bus& between, const room_options& options,
                                       permission may, node_place place)
    : common{kept, between, options, std::move(may), checked(std::move(place)), {}, {}},
      loops_(loops) {
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    shards_.push_back(std::make_unique<shard>(loops_.at(i), common));
    shards_.back()->tell([](shard& begins) { begins.watch_nodes(); });
  }
}

detail::registry_state::~registry_state() {
  close_shards();
  for (const auto& each : shards_)
    each->stop();
}

// Timers and homes belong to their loops: where those run, each shard is closed by its own.
void detail::registry_state::close_shards() {
  if (!loops_.running()) {
    for (const auto& each : shards_)
      each->close();
    return;
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t left = shards_.size();
  for (const auto& each : shards_)
    each->tell([&](shard& closing) {
      closing.close();
      const std::lock_guard guard(mutex);
      if (--left == 0)
        changed.notify_one();
    });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&left] { return left == 0; });
}

shard& detail::registry_state::here() {
  net::loop* const current = net::loop::current();
  assert(current && current->index() < shards_.size() &&
         &shards_[current->index()]->loop() == current);
  return *shards_[current->index()];
}

errc detail::registry_state::check(action what, std::string_view user,
                                   std::string_view room) const {
  if (!name_valid(room) || !name_valid(user))
    return errc::name_invalid;
  if (common.may && !common.may(what, user, room))
    return errc::not_allowed;
  return {};
}

rooms_counts detail::registry_state::counts() const {
  rooms_counts sum;
  sum.rooms = common.rooms.load(std::memory_order_relaxed);
  std::uint64_t went = 0;
  for (const auto& each : shards_) {
    const shard_counters& one = each->counted;
    went += one.members_went.value();
    sum.members += one.members_came.value();
    sum.published += one.published.value();
    sum.published_again += one.published_again.value();
    sum.deliveries += one.deliveries.value();
    sum.gaps += one.gaps.value();
    sum.slow_closed += one.slow_closed.value();
    sum.slow_messages_dropped += one.slow_messages_dropped.value();
    sum.presence_conflated += one.presence_conflated.value();
    sum.typing_dropped += one.typing_dropped.value();
    sum.refused += one.refused.value();
    sum.presence_sent += one.presence_sent.value();
    sum.presence_refused += one.presence_refused.value();
    sum.presence_wanted += one.presence_wanted.value();
  }
  sum.members -= std::min(went, sum.members);
  return sum;
}

// -- membership -----------------------------------------------------------------------------------

membership::membership() noexcept = default;
membership::membership(std::unique_ptr<detail::membership_state> state) noexcept
    : state_(std::move(state)) {}
membership::membership(membership&&) noexcept = default;
membership& membership::operator=(membership&&) noexcept = default;
membership::~membership() = default;

void membership::typing(bool active) {
  if (state_)
    state_->part->type(*state_, active);
}

void membership::leave() {
  if (state_)
    state_->at_once = true;
  state_ = nullptr;
}

// -- registry -------------------------------------------------------------------------------------

namespace {

/// An answer that is there already, but is not told inside the call.
template <class Result, class Outcome>
cluster::operation answered(shard& here, std::function<void(Result)> done, Outcome outcome) {
  auto told = std::make_shared<cluster::detail::completion<Result>>(std::move(done));
  here.tell([told, answer = Result(std::move(outcome))](shard&) { told->complete(answer); });
  return cluster::operation(told);
}

}  // namespace

registry::registry(net::multiplexer& loops, history& kept, cluster::bus& between,
                   room_options options, permission may, node_place place)
    : state_(std::make_unique<detail::registry_state>(loops, kept, between, options, std::move(may),
                                                      std::move(place))) {}

registry::~registry() = default;

result<membership> registry::join(std::string_view room, member& who, join_request how) {
  shard& here = state_->here();
  if (const errc wrong = state_->check(action::join, how.user, room); wrong != errc{}) {
    here.counted.refused.add();
    return wrong;
  }
  const auto part = here.part(room, state_->home_of(room));
  auto joining = part->join(who, std::move(how));
  if (!joining) {
    here.forget_if_empty(*part);
    here.counted.refused.add();
    return errc::unavailable;
  }
  return membership(std::move(joining));
}

cluster::operation registry::publish(std::string_view room, draft what, publish_done done) {
  shard& here = state_->here();
  errc wrong = state_->check(action::publish, what.user, room);
  if (wrong == errc{} && what.id.size() > options().name_bytes_max)
    wrong = errc::name_invalid;
  if (wrong == errc{} && what.body.payload.size() > options().body_bytes_max)
    wrong = errc::message_too_large;
  if (wrong != errc{}) {
    here.counted.refused.add();
    return answered(here, std::move(done), wrong);
  }
  return state_->common.kept.append(
      room, std::move(what), [&here, done = std::move(done)](result<appended> outcome) {
        if (outcome)
          (outcome->again ? here.counted.published_again : here.counted.published).add();
        else
          here.counted.refused.add();
        done(std::move(outcome));
      });
}

cluster::operation registry::who(std::string_view room, std::string_view user, who_done done) {
  shard& here = state_->here();
  if (const errc wrong = state_->check(action::read, user, room); wrong != errc{})
    return answered(here, std::move(done), wrong);
  auto told = std::make_shared<cluster::detail::completion<result<members_list>>>(std::move(done));
  const bool asked =
      state_->home_of(room).request([&here, told, name = std::string(room)](shard& there) {
        detail::room_home* const home = there.find_home(name);
        const auto list = home ? home->list() : std::make_shared<const members_list>();
        here.tell([told, list](shard&) { told->complete(*list); });
      });
  if (!asked)
    here.tell([told](shard&) { told->complete(errc::unavailable); });
  return cluster::operation(told);
}

cluster::operation registry::page(std::string_view room, std::string_view user,
                                  std::optional<position> before, std::size_t count,
                                  history::read_done done) {
  shard& here = state_->here();
  if (const errc wrong = state_->check(action::read, user, room); wrong != errc{})
    return answered(here, std::move(done), wrong);
  constexpr std::uint64_t end = ~std::uint64_t{0};
  const std::size_t allowed = std::min(count, options().page_messages_max);
  history& kept = state_->common.kept;
  if (!before)
    return kept.read_before(room, end, allowed, std::move(done));
  auto told = std::make_shared<cluster::detail::completion<result<history_page>>>(std::move(done));
  const auto take = [&kept, told, allowed, name = std::string(room),
                     epoch = before->epoch](result<history_page> page) {
    if (!page || page->newest.epoch == epoch)
      return told->complete(std::move(page));
    kept.read_before(name, end, allowed,
                     [told](result<history_page> newest) { told->complete(std::move(newest)); })
        .detach();
  };
  kept.read_before(room, before->offset, allowed, take).detach();
  return cluster::operation(told);
}

rooms_counts registry::counts() const {
  return state_->counts();
}

const room_options& registry::options() const noexcept {
  return state_->common.options;
}

}  // namespace actornet::rooms
