// What every bus promises. One more joins with a maker of its own.

#include <gmock/gmock.h>

#include "rooms_support.hpp"

namespace actornet::rooms {
namespace {

using ::testing::ElementsAre;

struct bus_maker {
  const char* name;
  std::unique_ptr<bus> (*make)();
};

class ear final : public bus_sink {
 public:
  void on_published(const net::shared_bytes& payload) override {
    told.push_back(text_of(payload.payload));
  }
  void on_lagged(std::uint64_t lost) override { told.push_back("lost " + std::to_string(lost)); }

  lines told;
  subscription hears;
};

class bus_contract : public ::testing::TestWithParam<bus_maker> {
 protected:
  ~bus_contract() override {
    for (std::size_t i = 0; i < 2; ++i)
      on(i, [&] { ears_[i].hears.end(); });
    bus_.reset();
    EXPECT_TRUE(world_.run_until_idle());
  }

  template <class Work>
  void on(std::size_t loop, Work work) {
    ASSERT_TRUE(world_.run_on(loops_.at(loop), work)) << world_;
    ASSERT_TRUE(world_.run_until_idle()) << world_;
  }

  ear& hear(std::size_t loop, std::string_view subject) {
    on(loop, [&] { ears_[loop].hears = bus_->subscribe(subject, ears_[loop]); });
    return ears_[loop];
  }

  sim::world world_{1, rooms_test::calm()};
  net::multiplexer loops_{2, world_.backends()};
  std::unique_ptr<bus> bus_ = GetParam().make();
  ear ears_[2];
};

TEST_P(bus_contract, who_hears_a_subject_hears_all_of_it_in_order) {
  const ear& near = hear(0, "a");
  const ear& far = hear(1, "a");
  on(0, [&] {
    for (const char* text : {"1", "2", "3"})
      EXPECT_TRUE(bus_->publish("a", bytes_of(text)));
    EXPECT_TRUE(near.told.empty()) << "told inside the call";
  });
  EXPECT_THAT(near.told, ElementsAre("1", "2", "3"));
  EXPECT_THAT(far.told, ElementsAre("1", "2", "3"));
}

TEST_P(bus_contract, subjects_are_apart) {
  const ear& one = hear(0, "a");
  const ear& other = hear(1, "a.b");
  on(0, [&] {
    EXPECT_TRUE(bus_->publish("a.b", bytes_of("x")));
    EXPECT_TRUE(bus_->publish("nobody", bytes_of("x")));
  });
  EXPECT_TRUE(one.told.empty());
  EXPECT_THAT(other.told, ElementsAre("x"));
}

TEST_P(bus_contract, nothing_is_told_after_the_end) {
  ear& one = hear(0, "a");
  on(0, [&] {
    EXPECT_TRUE(bus_->publish("a", bytes_of("x")));
    one.hears.end();
  });
  EXPECT_TRUE(one.told.empty());
}

TEST_P(bus_contract, subjects_and_payloads_have_limits) {
  const std::string long_subject(bus::subject_bytes_max + 1, 's');
  const std::string long_payload(bus::payload_bytes_max + 1, 'p');
  on(0, [&] {
    EXPECT_EQ(bus_->publish(long_subject, bytes_of("x")).error(), errc::message_too_large);
    EXPECT_EQ(bus_->publish("a", bytes_of(long_payload)).error(), errc::message_too_large);
  });
}

INSTANTIATE_TEST_SUITE_P(all, bus_contract,
                         ::testing::Values(bus_maker{"memory",
                                                     []() -> std::unique_ptr<bus> {
                                                       return std::make_unique<memory_bus>();
                                                     }}),
                         [](const auto& one) { return one.param.name; });

class memory_bus_queue : public rooms_test {};

TEST_F(memory_bus_queue, what_is_too_much_for_a_loop_is_counted_to_it) {
  ear slow;
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
}  // namespace actornet::rooms
