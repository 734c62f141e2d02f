#include "cluster/directory_contract.hpp"

#include "actornet/cluster/memory_directory.hpp"

namespace actornet::cluster {
namespace {

INSTANTIATE_TEST_SUITE_P(memory, directory_contract,
                         ::testing::Values(directory_maker{
                             "memory", cluster_test::simulated,
                             [](cluster_test::contract_world& in) -> std::unique_ptr<directory> {
                               return std::make_unique<memory_directory>(in.loop(0));
                             }}),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace actornet::cluster
