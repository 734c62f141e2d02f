#include "actornet/cluster/shards.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "actornet/cluster/detail/mailbox.hpp"
#include "shard_lease.hpp"
#include "shard_plan.hpp"

namespace actornet::cluster {

class shards::state final : node_sink, standing_sink, directory_sink {
 public:
  state(net::loop& home, directory& leases, nodes& members, std::string_view service,
        shard_sink& sink, shards_options options);

  void drain();
  shards_counts counts();
  bool acknowledges(std::size_t shard) const {
    return leases_.at(shard).acknowledges(home_.fresh_now());
  }
  const detail::shard_lease& lease(std::size_t shard) const { return leases_.at(shard); }

 private:
  void start();
  void on_up(const node_info& node) override { on_changed(node); }
  void on_down(const node_info& node, down_reason why) override;
  void on_changed(const node_info& node) override;
  void on_standing(standing now, std::string_view why) override;
  void on_put(std::string_view key, const directory_entry& now) override { see(key, now); }
  void on_removed(std::string_view key) override { see(key, {}); }

  bool serves(const node_info& node) const;
  void see(std::string_view key, const directory_entry& now);
  void plan();
  void look();
  bool wants(std::size_t shard) const;
  void look_at(std::size_t shard);

  net::loop& home_;
  directory& kept_;
  nodes& members_;
  const shards_options options_;
  detail::lease_frame frame_;
  std::deque<detail::shard_lease> leases_;
  std::map<std::string, std::uint64_t, std::less<>> others_;  // that may own; their boots
  std::vector<bool> ours_;                                    // by the plan
  standing standing_ = standing::joining;
  bool draining_ = false;
  subscription hears_members_;
  subscription hears_standing_;
  subscription hears_leases_;
  detail::mailbox box_;
  net::timer tick_{net::entry_of<&state::look>(*this)};
};

shards::state::state(net::loop& home, directory& leases, nodes& members, std::string_view service,
                     shard_sink& sink, shards_options options)
    : home_(home),
      kept_(leases),
      members_(members),
      options_(std::move(options)),
      frame_{home,
             leases,
             sink,
             "shards." + std::string(service) + '.',
             members.self().name + ' ' + std::to_string(members.self().boot),
             options_.lease,
             options_.margin},
      ours_(options_.count),
      box_(home) {
  for (std::size_t i = 0; i < options_.count; ++i)
    leases_.emplace_back(frame_, i);
  box_.push([this] { start(); });
}

void shards::state::start() {
  hears_leases_ = kept_.watch(frame_.prefix, *this);
  hears_members_ = members_.watch(*this);
  hears_standing_ = members_.watch_standing(*this);
  look();
}

// -- what is heard --------------------------------------------------------------------------------

bool shards::state::serves(const node_info& node) const {
  return !node.draining &&
         (options_.serves ? options_.serves(node) : node.kind == members_.self().kind);
}

void shards::state::on_changed(const node_info& node) {
  if (serves(node))
    others_.insert_or_assign(node.name, node.boot);
  else
    others_.erase(node.name);
  plan();
}

void shards::state::on_down(const node_info& node, down_reason) {
  others_.erase(node.name);
  plan();
}

void shards::state::on_standing(standing now, std::string_view) {
  standing_ = now;
  plan();
}

void shards::state::see(std::string_view key, const directory_entry& now) {
  key.remove_prefix(frame_.prefix.size());
  std::size_t shard = leases_.size();
  std::from_chars(key.data(), key.data() + key.size(), shard);
  if (shard >= leases_.size())
    return;
  leases_[shard].see(now);
  look_at(shard);
}

// -- what is done ---------------------------------------------------------------------------------

void shards::state::plan() {
  const std::string& self = members_.self().name;
  std::vector<std::string> all{self};
  for (const auto& [name, boot] : others_)
    if (name != self)
      all.push_back(name);
  std::ranges::sort(all);
  const auto owners = detail::plan_shards(all, options_.count);
  for (std::size_t i = 0; i < options_.count; ++i)
    ours_[i] = all[owners[i]] == self;
  look();
}

void shards::state::look() {
  home_.timers().arm(tick_, home_.now() + options_.lease / 20);
  for (std::size_t i = 0; i < leases_.size(); ++i)
    look_at(i);
}

// Who is not joined does not know who is there: it keeps what it has as long as it can. Whose name
// is another's, and who left, keeps nothing.
bool shards::state::wants(std::size_t shard) const {
  if (draining_ || standing_ == standing::left || standing_ == standing::refused)
    return false;
  return standing_ == standing::joined ? ours_[shard] : leases_[shard].held();
}

void shards::state::look_at(std::size_t shard) {
  leases_[shard].look(wants(shard));
}

void shards::state::drain() {
  box_.push([this] {
    draining_ = true;
    look();
  });
}

shards_counts shards::state::counts() {
  const std::lock_guard guard(frame_.mutex);
  return frame_.counts;
}

// -- shards ---------------------------------------------------------------------------------------

shards::shards(net::loop& home, directory& leases, nodes& members, std::string service,
               shard_sink& sink, shards_options options) {
  if (service.empty() || service.size() > service_bytes_max || options.count == 0 ||
      options.count > count_max)
    throw std::invalid_argument("shards: the service's name or the count is over its limit");
  if (options.margin <= net::duration::zero() || options.margin * 2 >= options.lease)
    throw std::invalid_argument("shards: the margin must be less than half of the lease");
  state_ = std::make_unique<state>(home, leases, members, service, sink, std::move(options));
}

shards::~shards() = default;

bool shards::acknowledges(std::size_t shard) const {
  return state_->acknowledges(shard);
}

std::optional<std::uint64_t> shards::token(std::size_t shard) const {
  const detail::shard_lease& lease = state_->lease(shard);
  return lease.told() ? std::optional(lease.token()) : std::nullopt;
}

std::string shards::owner(std::size_t shard) const {
  const std::string& value = state_->lease(shard).seen();
  return value.substr(0, value.rfind(' '));
}

void shards::drain() {
  state_->drain();
}

shards_counts shards::counts() const {
  return state_->counts();
}

}  // namespace actornet::cluster
