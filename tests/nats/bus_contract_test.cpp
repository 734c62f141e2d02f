#include "cluster/bus_contract.hpp"

#include "actornet/nats/nats_bus.hpp"
#include "nats/real_world.hpp"

namespace actornet::cluster {
namespace {

using nats_test::connected_world;

std::unique_ptr<cluster_test::contract_world> connected() {
  return std::make_unique<connected_world>();
}

std::unique_ptr<bus> make(cluster_test::contract_world& in) {
  return std::make_unique<nats::nats_bus>(static_cast<connected_world&>(in).over);
}

INSTANTIATE_TEST_SUITE_P(nats, bus_contract, ::testing::Values(bus_maker{"nats", connected, make}),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace actornet::cluster
