#pragma once

// What every bus promises. One more joins with a maker of its own; see bus_contract_test.cpp.

#include <gmock/gmock.h>

#include <deque>
#include <memory>

#include "actornet/cluster/bus.hpp"
#include "cluster/contract_world.hpp"

namespace actornet::cluster {

using namespace std::chrono_literals;
using cluster_test::bytes_of;
using cluster_test::lines;
using cluster_test::text_of;
using ::testing::ElementsAre;

struct bus_maker {
  const char* name;
  std::unique_ptr<cluster_test::contract_world> (*make_world)();
  std::unique_ptr<bus> (*make)(cluster_test::contract_world& in);
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

/// Answers each request with its payload behind a name, at once or when it is told to.
class echo final : public bus_server {
 public:
  explicit echo(std::string name) : name_(std::move(name)) {}
  void on_request(const net::shared_bytes& payload, bus_reply reply) override {
    asked.push_back(text_of(payload.payload));
    if (answers)
      reply.answer(bytes_of(name_ + ':' + asked.back()));
    else
      kept.push_back(std::move(reply));
  }

  bool answers = true;
  lines asked;
  std::vector<bus_reply> kept;
  subscription serves;

 private:
  const std::string name_;
};

class bus_contract : public ::testing::TestWithParam<bus_maker> {
 protected:
  ~bus_contract() override {
    for (std::size_t i = 0; i < 2; ++i)
      on(i, [&] {
        ears_[i].hears.end();
        servers_[i].serves.end();
        servers_[i].kept.clear();
      });
    bus_.reset();
  }

  void on(std::size_t loop, const std::function<void()>& work) { world_->on(loop, work); }

  ear& hear(std::size_t loop, std::string_view subject) {
    on(loop, [&] { ears_[loop].hears = bus_->subscribe(subject, ears_[loop]); });
    return ears_[loop];
  }

  echo& serve(std::size_t loop, std::string_view subject) {
    on(loop, [&] { servers_[loop].serves = bus_->serve(subject, servers_[loop]); });
    return servers_[loop];
  }

  /// What came of a request: an answer, or an error's text. As far as it came by now.
  const std::string& ask(std::size_t loop, std::string_view subject, std::string_view text,
                         net::duration deadline = 60s) {
    std::string& outcome = outcomes_.emplace_back();
    on(loop, [&] {
      auto told = [&outcome](const result<net::shared_bytes>& got) {
        outcome += got ? text_of(got->payload) : got.error().message();
      };
      bus_->request(subject, bytes_of(text), deadline, told).detach();
      EXPECT_EQ(outcome, "") << "told inside the call";
    });
    return outcome;
  }

  std::unique_ptr<cluster_test::contract_world> world_ = GetParam().make_world();
  std::unique_ptr<bus> bus_ = GetParam().make(*world_);
  ear ears_[2];
  echo servers_[2]{echo("s0"), echo("s1")};
  std::deque<std::string> outcomes_;
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

TEST_P(bus_contract, a_subject_is_any_text) {
  const std::string odd = "..Zoë * > 100% \r\n\t.";
  const ear& one = hear(0, odd);
  const ear& other = hear(1, "..Zo");
  serve(1, odd);
  on(0, [&] { EXPECT_TRUE(bus_->publish(odd, bytes_of("x"))); });
  EXPECT_THAT(one.told, ElementsAre("x"));
  EXPECT_TRUE(other.told.empty());
  EXPECT_EQ(ask(0, odd, "y"), "s1:y");
}

TEST_P(bus_contract, an_empty_payload_is_one) {
  const ear& one = hear(1, "a");
  serve(1, "a");
  on(0, [&] { EXPECT_TRUE(bus_->publish("a", bytes_of(""))); });
  EXPECT_THAT(one.told, ElementsAre(""));
  EXPECT_EQ(ask(0, "a", ""), "s1:");
}

TEST_P(bus_contract, the_largest_payload_arrives) {
  const std::string large(bus::payload_bytes_max, 'p');
  const ear& one = hear(1, "a");
  on(0, [&] { EXPECT_TRUE(bus_->publish("a", bytes_of(large))); });
  EXPECT_THAT(one.told, ElementsAre(large));
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

TEST_P(bus_contract, a_request_is_answered_on_the_loop_that_asked) {
  serve(1, "a");
  EXPECT_EQ(ask(0, "a", "x"), "s1:x");
  EXPECT_EQ(ask(1, "a", "y"), "s1:y");
}

TEST_P(bus_contract, a_request_goes_to_one_of_several_servers) {
  serve(0, "a");
  serve(1, "a");
  for (int i = 0; i < 32; ++i)
    EXPECT_NE(ask(0, "a", "x"), "");
  EXPECT_EQ(servers_[0].asked.size() + servers_[1].asked.size(), 32);
  EXPECT_FALSE(servers_[0].asked.empty());
  EXPECT_FALSE(servers_[1].asked.empty());
}

TEST_P(bus_contract, without_a_server_a_request_fails_at_once) {
  hear(1, "a");
  EXPECT_EQ(ask(0, "a", "x"), describe(errc::unavailable));
  serve(1, "a");
  on(1, [&] { servers_[1].serves.end(); });
  EXPECT_EQ(ask(0, "a", "x"), describe(errc::unavailable));
}

TEST_P(bus_contract, a_request_that_is_not_answered_times_out_and_a_late_answer_is_dropped) {
  echo& slow = serve(1, "a");
  slow.answers = false;
  const std::string& outcome = ask(0, "a", "x", 50ms);
  ASSERT_TRUE(world_->wait_for([&] { return !outcome.empty(); }));
  EXPECT_EQ(outcome, describe(errc::timed_out));
  on(1, [&] { slow.kept[0].answer(bytes_of("late")); });
  EXPECT_EQ(outcome, describe(errc::timed_out));
}

TEST_P(bus_contract, an_operation_that_is_destroyed_tells_nothing) {
  serve(1, "a");
  bool told = false;
  on(0, [&] {
    auto asked = bus_->request("a", bytes_of("x"), 60s,
                               [&told](const result<net::shared_bytes>&) { told = true; });
  });
  EXPECT_FALSE(told);
  EXPECT_EQ(servers_[1].asked.size(), 1);
}

TEST_P(bus_contract, requests_have_limits_too) {
  serve(1, "a");
  EXPECT_EQ(ask(0, "a", std::string(bus::payload_bytes_max + 1, 'p')),
            describe(errc::message_too_large));
  EXPECT_EQ(ask(0, "", "x"), describe(errc::name_invalid));
}

TEST_P(bus_contract, its_state_is_told) {
  class watcher final : public bus_state_sink {
   public:
    void on_state(bus_state now) override { told.push_back(now); }
    std::vector<bus_state> told;
  } seen;
  subscription watching;
  on(0, [&] { watching = bus_->watch_state(seen); });
  EXPECT_THAT(seen.told, ElementsAre(bus_state::up));
  on(0, [&] { watching.end(); });
}

}  // namespace actornet::cluster
