#include "cluster/directory_contract.hpp"

#include "actornet/cluster/memory_directory.hpp"
#include "embedded_makers.hpp"

namespace actornet::cluster {
namespace {

using cluster_test::contract_world;

std::unique_ptr<directory> make_memory(contract_world& in) {
  return std::make_unique<memory_directory>(in.loop(0));
}

std::unique_ptr<directory> make_embedded(contract_world& in) {
  return std::make_unique<cluster_test::lonely_directory>(in.loop(0));
}

INSTANTIATE_TEST_SUITE_P(
    all, directory_contract,
    ::testing::Values(directory_maker{"memory", cluster_test::simulated, make_memory},
                      directory_maker{"embedded", cluster_test::simulated, make_embedded}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace actornet::cluster
