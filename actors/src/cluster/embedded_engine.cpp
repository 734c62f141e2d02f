#include "actornet/cluster/embedded_engine.hpp"

#include "actornet/cluster/detail/embedded_network.hpp"
#include "embedded_bus.hpp"
#include "embedded_directory.hpp"

namespace actornet::cluster {

embedded_node::embedded_node(std::shared_ptr<detail::embedded_network> in, std::string name)
    : link_(std::make_shared<detail::embedded_link>(std::move(in), std::move(name))),
      bus_(std::make_unique<bus_end>(link_)),
      directory_(std::make_unique<directory_end>(link_)) {}

embedded_node::~embedded_node() = default;

const std::string& embedded_node::name() const noexcept {
  return link_->name();
}

bus& embedded_node::bus() noexcept {
  return *bus_;
}

directory& embedded_node::directory() noexcept {
  return *directory_;
}

void embedded_node::disconnect() {
  link_->disconnect(true);
}

void embedded_node::reconnect() {
  link_->disconnect(false);
}

void embedded_node::crash() {
  link_->crash();
}

embedded_engine::embedded_engine(net::loop& home, std::uint64_t seed)
    : network_(std::make_shared<detail::embedded_network>(home, seed)) {}

embedded_engine::~embedded_engine() = default;

void embedded_engine::set_faults(const embedded_faults& what) {
  network_->set_faults(what);
}

void embedded_engine::partition(const std::vector<std::vector<std::string>>& groups) {
  network_->partition(groups);
}

void embedded_engine::heal() {
  network_->partition({});
}

}  // namespace actornet::cluster
