// The histories that need no other process, under simulation.

#include "history_contract.hpp"

#include "actornet/history_sqlite/sqlite_history.hpp"
#include "fake_log.hpp"
#include "temporary_folder.hpp"

namespace actornet::rooms {
namespace {

/// Makes a history with @p Make, under simulation.
class simulated : public history_stage {
 public:
  bool run(std::size_t loop, const std::function<void()>& work,
           const std::function<bool()>& done) override {
    return world_.run_on(loops_.at(loop), work) && world_.run_until_idle() && finish(done);
  }
  void run_for(net::duration length) override { EXPECT_TRUE(world_.run_for(length)); }

 protected:
  // What waits a little before it looks again is no work that is under way.
  bool finish(const std::function<bool()>& done) {
    return world_.run_until(done, loops_.at(0).now() + std::chrono::seconds(1));
  }

  sim::world world_{1, cluster_test::calm()};
  net::multiplexer loops_{2, world_.backends()};
};

class in_memory final : public simulated {
 public:
  std::unique_ptr<history> make(retention keep, std::size_t channels_max) override {
    return std::make_unique<memory_history>(5, memory_history_options{keep, channels_max});
  }
};

class in_a_file final : public simulated {
 public:
  std::unique_ptr<history> make(retention keep, std::size_t channels_max) override {
    return std::make_unique<sqlite_history>(
        folder_.path() / "history.db", 5, loops_.at(1), pool_,
        sqlite_history_options{.keep = keep, .channels_max = channels_max});
  }

 private:
  net::blocking_pool pool_{0};
  const temporary_folder folder_;
};

class in_a_log final : public simulated {
 public:
  std::unique_ptr<history> make(retention keep, std::size_t channels_max) override {
    store_.channel_records_max = std::max(keep.messages_max, keep.ids_max);
    store_.age_max_ms = std::max(keep.age_max_ms, keep.ids_age_max_ms);
    return std::make_unique<log_history>(
        log_, log_history_options{.keep = keep, .channels_max = channels_max});
  }

 private:
  log_store store_;
  fake_log log_{loops_.at(1), store_};
};

template <class Stage>
std::unique_ptr<history_stage> stage_of() {
  return std::make_unique<Stage>();
}

const auto stages = ::testing::Values(stage_maker{"memory", stage_of<in_memory>},
                                      stage_maker{"file", stage_of<in_a_file>},
                                      stage_maker{"log", stage_of<in_a_log>});

INSTANTIATE_TEST_SUITE_P(all, history_contract, stages,
                         [](const auto& one) { return one.param.name; });
INSTANTIATE_TEST_SUITE_P(all, history_contract_in_time, stages,
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace actornet::rooms
