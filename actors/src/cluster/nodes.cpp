#include "actornet/cluster/nodes.hpp"

#include <stdexcept>

#include "nodes_state.hpp"

namespace actornet::cluster {

const char* to_string(down_reason reason) noexcept {
  static constexpr const char* names[] = {"left", "silent", "replaced"};
  return names[static_cast<int>(reason)];
}

const char* to_string(standing now) noexcept {
  static constexpr const char* names[] = {"joining", "joined", "isolated", "refused", "left"};
  return names[static_cast<int>(now)];
}

namespace {

template <class Watcher>
class watching final : public subscription::state {
 public:
  template <class Sink>
  watching(nodes::state& of, Sink& sink)
      : of_(of), mine_(std::make_shared<Watcher>(of.box_here(), sink)) {
    of_.add(mine_);
  }
  ~watching() override { of_.remove(mine_); }

 private:
  nodes::state& of_;
  const std::shared_ptr<Watcher> mine_;
};

}  // namespace

nodes::nodes(net::loop& home, bus& between, node_info self, nodes_options options) {
  if (!detail::valid(self))
    throw std::invalid_argument("a node needs a name and a boot, and must not say too much");
  state_ = std::make_unique<state>(home, between, std::move(self), std::move(options));
}

nodes::~nodes() = default;

const node_info& nodes::self() const noexcept {
  return state_->self();
}

subscription nodes::watch(node_sink& sink) {
  return subscription(std::make_unique<watching<detail::node_watcher>>(*state_, sink));
}

subscription nodes::watch_standing(standing_sink& sink) {
  return subscription(std::make_unique<watching<detail::standing_watcher>>(*state_, sink));
}

void nodes::drain() {
  state_->drain();
}

result<void> nodes::set_attributes(std::map<std::string, std::string> attributes) {
  return state_->set_attributes(std::move(attributes));
}

void nodes::leave() {
  state_->leave();
}

standing nodes::now() const {
  return state_->now();
}

std::vector<node_info> nodes::up() const {
  return state_->up();
}

nodes_counts nodes::counts() const {
  return state_->counts();
}

}  // namespace actornet::cluster
