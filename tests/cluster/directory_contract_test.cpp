// What every directory promises. One more joins with a maker of its own.

#include <gmock/gmock.h>

#include "actornet/cluster/memory_directory.hpp"
#include "actornet/net/multiplexer.hpp"
#include "cluster_support.hpp"
#include "embedded_makers.hpp"

namespace actornet::cluster {
namespace {

using namespace std::chrono_literals;
using cluster_test::lines;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct directory_maker {
  const char* name;
  std::unique_ptr<directory> (*make)(net::loop& home);
};

class watch_log final : public directory_sink {
 public:
  void on_put(std::string_view key, const directory_entry& now) override {
    told.push_back(std::string(key) + '=' + now.value);
  }
  void on_removed(std::string_view key) override { told.push_back(std::string(key) + " gone"); }

  lines told;
  subscription watching;
};

class directory_contract : public ::testing::TestWithParam<directory_maker> {
 protected:
  ~directory_contract() override {
    on(1, [&] { seen_.watching.end(); });
    kept_.reset();
    EXPECT_TRUE(world_.run_until_idle());
  }

  template <class Work>
  void on(std::size_t loop, Work work) {
    ASSERT_TRUE(world_.run_on(loops_.at(loop), work)) << world_;
    ASSERT_TRUE(world_.run_until_idle()) << world_;
  }

  result<std::uint64_t> put(std::string_view key, std::string value,
                            std::uint64_t expected = directory::any_revision,
                            net::duration time_to_live = {}, std::size_t loop = 0) {
    result<std::uint64_t> outcome = errc::timed_out;
    on(loop, [&] {
      auto told = [&outcome](const result<std::uint64_t>& got) { outcome = got; };
      kept_->put(key, std::move(value), expected, time_to_live, told).detach();
      EXPECT_EQ(outcome.error(), errc::timed_out) << "told inside the call";
    });
    return outcome;
  }

  result<std::uint64_t> remove(std::string_view key, std::uint64_t expected) {
    result<std::uint64_t> outcome = errc::timed_out;
    on(0, [&] {
      auto told = [&outcome](const result<std::uint64_t>& got) { outcome = got; };
      kept_->remove(key, expected, told).detach();
    });
    return outcome;
  }

  result<directory_entry> get(std::string_view key) {
    result<directory_entry> outcome = errc::timed_out;
    on(1, [&] {
      auto told = [&outcome](const result<directory_entry>& got) { outcome = got; };
      kept_->get(key, told).detach();
    });
    return outcome;
  }

  sim::world world_{1, cluster_test::calm()};
  net::multiplexer loops_{2, world_.backends()};
  std::unique_ptr<directory> kept_ = GetParam().make(loops_.at(0));
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
  EXPECT_TRUE(put("a", "1", 0, 10s, 1));
  EXPECT_TRUE(put("b", "1", 0, 10s));
  EXPECT_TRUE(put("c", "1", 0, 10s));
  EXPECT_TRUE(world_.run_for(6s));
  EXPECT_TRUE(put("a", "1", directory::any_revision, 10s, 1));
  EXPECT_TRUE(put("c", "for good"));
  EXPECT_TRUE(world_.run_for(6s));
  EXPECT_TRUE(get("a"));
  EXPECT_EQ(get("b").error(), errc::not_found);
  EXPECT_TRUE(get("c"));
  EXPECT_TRUE(world_.run_for(6s));
  EXPECT_EQ(get("a").error(), errc::not_found);
}

TEST_P(directory_contract, who_watches_is_told_what_there_is_and_then_changes) {
  EXPECT_TRUE(put("node.1", "x"));
  EXPECT_TRUE(put("other", "x"));
  on(1, [&] { seen_.watching = kept_->watch("node.", seen_); });
  EXPECT_THAT(seen_.told, ElementsAre("node.1=x"));
  EXPECT_TRUE(put("node.2", "y", 0, 5s));
  EXPECT_TRUE(put("node.1", "z"));
  EXPECT_TRUE(put("other", "y"));
  EXPECT_TRUE(remove("node.1", directory::any_revision));
  EXPECT_TRUE(world_.run_for(6s));
  EXPECT_THAT(seen_.told,
              ElementsAre("node.1=x", "node.2=y", "node.1=z", "node.1 gone", "node.2 gone"));
}

TEST_P(directory_contract, nothing_is_told_after_the_end) {
  on(1, [&] { seen_.watching = kept_->watch("", seen_); });
  on(1, [&] { seen_.watching.end(); });
  EXPECT_TRUE(put("a", "1"));
  EXPECT_THAT(seen_.told, IsEmpty());
}

TEST_P(directory_contract, keys_and_values_have_limits) {
  EXPECT_EQ(put(std::string(directory::key_bytes_max + 1, 'k'), "").error(),
            errc::message_too_large);
  EXPECT_EQ(put("a", std::string(directory::value_bytes_max + 1, 'v')).error(),
            errc::message_too_large);
}

INSTANTIATE_TEST_SUITE_P(
    all, directory_contract,
    ::testing::Values(directory_maker{"memory",
                                      [](net::loop& home) -> std::unique_ptr<directory> {
                                        return std::make_unique<memory_directory>(home);
                                      }},
                      directory_maker{"embedded",
                                      [](net::loop& home) -> std::unique_ptr<directory> {
                                        return std::make_unique<cluster_test::lonely_directory>(
                                            home);
                                      }}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace actornet::cluster
