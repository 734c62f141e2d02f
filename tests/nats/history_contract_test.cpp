// A history in a real nats-server keeps what every history promises. What depends on the age of
// messages needs a clock that can be moved (`history_contract_in_time`): there a log in memory
// stands for the server.

#include "rooms/history_contract.hpp"

#include "actornet/history_nats/nats_history.hpp"
#include "nats/real_world.hpp"

namespace actornet::rooms {
namespace {

class in_nats final : public history_stage {
 public:
  std::unique_ptr<history> make(retention keep, std::size_t channels_max) override {
    static int made = 0;
    return std::make_unique<nats::nats_history>(
        world_.over, nats::nats_history_options{.log = {.keep = keep, .channels_max = channels_max},
                                                .space = "contract" + std::to_string(++made),
                                                .shards = 2});
  }
  bool run(std::size_t loop, const std::function<void()>& work,
           const std::function<bool()>& done) override {
    world_.run_on(loop, work);
    return world_.wait_for(done);
  }
  void run_for(net::duration) override { ADD_FAILURE() << "its time cannot be moved"; }

 private:
  nats_test::connected_world world_;
};

std::unique_ptr<history_stage> nats_stage() {
  return std::make_unique<in_nats>();
}

INSTANTIATE_TEST_SUITE_P(nats, history_contract, ::testing::Values(stage_maker{"nats", nats_stage}),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace actornet::rooms
