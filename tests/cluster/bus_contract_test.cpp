#include "cluster/bus_contract.hpp"

#include "actornet/cluster/memory_bus.hpp"
#include "embedded_makers.hpp"

namespace actornet::cluster {
namespace {

using cluster_test::contract_world;

std::unique_ptr<bus> make_memory(contract_world&) {
  return std::make_unique<memory_bus>();
}

std::unique_ptr<bus> make_embedded(contract_world&) {
  return std::make_unique<cluster_test::lonely_bus>();
}

INSTANTIATE_TEST_SUITE_P(
    all, bus_contract,
    ::testing::Values(bus_maker{"memory", cluster_test::simulated, make_memory},
                      bus_maker{"embedded", cluster_test::simulated, make_embedded}),
    [](const auto& one) { return one.param.name; });

TEST(memory_bus_queue, what_is_too_much_for_a_loop_is_counted_to_it) {
  sim::world world(1, cluster_test::calm());
  net::multiplexer loops(2, world.backends());
  memory_bus between;
  ear slow;
  const auto on = [&](std::size_t loop, auto work) {
    ASSERT_TRUE(world.run_on(loops.at(loop), work)) << world;
    ASSERT_TRUE(world.run_until_idle()) << world;
  };
  on(0, [&] { slow.hears = between.subscribe("a", slow); });
  on(1, [&] {
    for (std::size_t i = 0; i < memory_bus::queue_max + 3; ++i)
      EXPECT_TRUE(between.publish("a", bytes_of("x")));
  });
  EXPECT_EQ(slow.told.size(), memory_bus::queue_max + 1);
  EXPECT_EQ(slow.told.back(), "lost 3");
  on(0, [&] { slow.hears.end(); });
}

}  // namespace
}  // namespace actornet::cluster
