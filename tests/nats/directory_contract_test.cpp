#include "cluster/directory_contract.hpp"

#include <atomic>

#include "actornet/nats/nats_directory.hpp"
#include "nats/real_world.hpp"

namespace actornet::cluster {
namespace {

using nats_test::connected_world;

std::unique_ptr<cluster_test::contract_world> connected() {
  return std::make_unique<connected_world>();
}

// Each test has a bucket of its own.
std::unique_ptr<directory> make(cluster_test::contract_world& in) {
  static std::atomic<int> count{0};
  nats::nats_directory_options how;
  how.bucket = "contract" + std::to_string(++count);
  how.in_memory = true;
  return std::make_unique<nats::nats_directory>(static_cast<connected_world&>(in).over, how);
}

INSTANTIATE_TEST_SUITE_P(nats, directory_contract,
                         ::testing::Values(directory_maker{"nats", connected, make}),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace actornet::cluster
