#pragma once

// What every directory promises. One more joins with a maker of its own; see
// directory_contract_test.cpp.

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "actornet/cluster/directory.hpp"
#include "cluster/contract_world.hpp"

namespace actornet::cluster {

using namespace std::chrono_literals;
using cluster_test::lines;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct directory_maker {
  const char* name;
  std::unique_ptr<cluster_test::contract_world> (*make_world)();
  std::unique_ptr<directory> (*make)(cluster_test::contract_world& in);
};

class watch_log final : public directory_sink {
 public:
  void on_put(std::string_view key, const directory_entry& now) override {
    told.push_back(std::string(key) + '=' + now.value);
  }
  void on_removed(std::string_view key) override { told.push_back(std::string(key) + " gone"); }

  bool has(const std::string& what) const { return std::ranges::find(told, what) != told.end(); }

  lines told;
  subscription watching;
};

class directory_contract : public ::testing::TestWithParam<directory_maker> {
 protected:
  ~directory_contract() override {
    on(1, [&] { seen_.watching.end(); });
    kept_.reset();
  }

  void on(std::size_t loop, const std::function<void()>& work) { world_->on(loop, work); }

  /// What comes of `start(done)`, called on that loop.
  template <class T, class Start>
  result<T> outcome_of(std::size_t loop, Start start) {
    std::optional<result<T>> outcome;
    world_->run_on(loop, [&] {
      start([&outcome](const result<T>& came) { outcome = came; }).detach();
      EXPECT_FALSE(outcome) << "told inside the call";
    });
    EXPECT_TRUE(world_->wait_for([&] { return outcome.has_value(); }));
    world_->settle();
    return outcome ? *outcome : result<T>(errc::timed_out);
  }

  result<std::uint64_t> put(std::string_view key, std::string value,
                            std::uint64_t expected = directory::any_revision,
                            net::duration time_to_live = {}, std::size_t loop = 0) {
    return outcome_of<std::uint64_t>(loop, [&](auto done) {
      return kept_->put(key, std::move(value), expected, time_to_live, done);
    });
  }

  result<std::uint64_t> remove(std::string_view key, std::uint64_t expected) {
    return outcome_of<std::uint64_t>(0,
                                     [&](auto done) { return kept_->remove(key, expected, done); });
  }

  result<directory_entry> get(std::string_view key) {
    return outcome_of<directory_entry>(1, [&](auto done) { return kept_->get(key, done); });
  }

  void watch(std::string_view prefix) {
    on(1, [&] { seen_.watching = kept_->watch(prefix, seen_); });
  }

  [[nodiscard]] bool wait_until_told(const std::string& what) {
    return world_->wait_for([this, &what] { return seen_.has(what); });
  }

  std::unique_ptr<cluster_test::contract_world> world_ = GetParam().make_world();
  std::unique_ptr<directory> kept_ = GetParam().make(*world_);
  watch_log seen_;
};

TEST_P(directory_contract, what_is_put_is_got_with_its_revision) {
  const auto first = put("a", "1");
  EXPECT_EQ(get("a")->value, "1");
  EXPECT_EQ(get("a")->revision, *first);
  EXPECT_GT(*put("a", "2"), *first);
  EXPECT_EQ(get("a")->value, "2");
  EXPECT_EQ(get("b").error(), errc::not_found);
}

TEST_P(directory_contract, of_two_that_expect_the_same_one_succeeds) {
  const auto first = put("a", "1", 0);
  EXPECT_TRUE(first);
  EXPECT_EQ(put("a", "other", 0).error(), errc::wrong_revision);
  EXPECT_TRUE(put("a", "2", *first));
  EXPECT_EQ(put("a", "3", *first).error(), errc::wrong_revision);
  EXPECT_EQ(get("a")->value, "2");
}

TEST_P(directory_contract, a_key_is_removed_if_its_revision_is_the_expected) {
  const auto first = put("a", "1");
  EXPECT_EQ(remove("a", *first + 1).error(), errc::wrong_revision);
  EXPECT_EQ(*remove("a", *first), *first);
  EXPECT_EQ(remove("a", directory::any_revision).error(), errc::not_found);
  EXPECT_EQ(get("a").error(), errc::not_found);
}

TEST_P(directory_contract, a_lease_ends_unless_it_is_renewed) {
  watch("");
  EXPECT_TRUE(put("b", "1", 0, 200ms));
  EXPECT_TRUE(put("c", "1", 0, 10s));
  EXPECT_TRUE(put("c", "for good"));
  do {
    ASSERT_TRUE(put("a", "1", directory::any_revision, 4s, 1));
    world_->pass(50ms);
  } while (!seen_.has("b gone"));
  EXPECT_EQ(get("b").error(), errc::not_found);
  EXPECT_TRUE(get("a"));
  ASSERT_TRUE(wait_until_told("a gone"));
  EXPECT_EQ(get("a").error(), errc::not_found);
  EXPECT_TRUE(get("c"));
}

TEST_P(directory_contract, a_key_whose_lease_ended_may_be_taken) {
  watch("");
  const auto first = put("a", "1", 0, 100ms);
  ASSERT_TRUE(wait_until_told("a gone"));
  const auto second = put("a", "2", 0, 60s);
  ASSERT_TRUE(second);
  EXPECT_GT(*second, *first);
  EXPECT_EQ(remove("a", *first).error(), errc::wrong_revision);
}

TEST_P(directory_contract, a_removed_key_may_be_taken) {
  const auto first = put("a", "1", 0);
  EXPECT_TRUE(remove("a", *first));
  EXPECT_GT(*put("a", "2", 0), *first);
  EXPECT_EQ(put("a", "3", 0).error(), errc::wrong_revision);
}

TEST_P(directory_contract, who_watches_is_told_what_there_is_and_then_changes) {
  EXPECT_TRUE(put("node.1", "x"));
  EXPECT_TRUE(put("other", "x"));
  watch("node.");
  ASSERT_TRUE(wait_until_told("node.1=x"));
  EXPECT_TRUE(put("node.2", "y"));
  EXPECT_TRUE(put("node.1", "z"));
  EXPECT_TRUE(put("other", "y"));
  EXPECT_TRUE(remove("node.1", directory::any_revision));
  EXPECT_TRUE(put("node.3", "y", 0, 200ms));
  ASSERT_TRUE(wait_until_told("node.3 gone"));
  EXPECT_THAT(seen_.told, ElementsAre("node.1=x", "node.2=y", "node.1=z", "node.1 gone", "node.3=y",
                                      "node.3 gone"));
}

TEST_P(directory_contract, a_key_is_any_text) {
  watch("..");
  const std::string odd = "..Zoë * > 100% \r\n\t.";
  EXPECT_TRUE(put(odd, "x", 0));
  EXPECT_EQ(get(odd)->value, "x");
  EXPECT_TRUE(remove(odd, directory::any_revision));
  EXPECT_THAT(seen_.told, ElementsAre(odd + "=x", odd + " gone"));
}

TEST_P(directory_contract, nothing_is_told_after_the_end) {
  watch("");
  on(1, [&] { seen_.watching.end(); });
  EXPECT_TRUE(put("a", "1"));
  EXPECT_THAT(seen_.told, IsEmpty());
}

TEST_P(directory_contract, keys_and_values_have_limits) {
  EXPECT_EQ(put(std::string(directory::key_bytes_max + 1, 'k'), "").error(),
            errc::message_too_large);
  EXPECT_EQ(put("", "").error(), errc::name_invalid);
  EXPECT_EQ(put("a", std::string(directory::value_bytes_max + 1, 'v')).error(),
            errc::message_too_large);
}

}  // namespace actornet::cluster
