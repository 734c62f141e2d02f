// The directory on NATS: several processes, servers that go, and strangers.

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <system_error>

#include "actornet/nats/nats_directory.hpp"
#include "nats/real_world.hpp"

namespace actornet::nats {
namespace {

using namespace std::chrono_literals;
using cluster::directory;
using cluster::directory_entry;
using cluster_test::bytes_of;
using cluster_test::lines;
using nats_test::connected_world;
using nats_test::real_world;
using nats_test::server;
using ::testing::ElementsAre;

class change_log final : public cluster::directory_sink {
 public:
  void on_put(std::string_view key, const directory_entry& now) override {
    told.push_back(std::string(key) + '=' + now.value);
  }
  void on_removed(std::string_view key) override { told.push_back(std::string(key) + " gone"); }
  bool has(const std::string& what) const { return std::ranges::find(told, what) != told.end(); }

  lines told;
  cluster::subscription watching;
};

/// What one process has; both are turned by the same test.
struct process {
  process(real_world& in, const std::string& url, const nats_directory_options& how)
      : world(in),
        over(in.loop(0), in.pool(), connected_world::options_for(url)),
        kept(std::make_unique<nats_directory>(over, how)) {
    EXPECT_TRUE(world.wait_for([this] { return over.up(); }));
  }
  ~process() {
    world.run_on(1, [this] { seen.watching.end(); });
    world.settle();
  }

  void watch(std::string_view prefix = "") {
    world.run_on(1, [&] { seen.watching = kept->watch(prefix, seen); });
  }

  template <class T, class Start>
  result<T> outcome_of(Start start) {
    std::optional<result<T>> outcome;
    world.run_on(1, [&] { start([&outcome](const result<T>& came) { outcome = came; }).detach(); });
    EXPECT_TRUE(world.wait_for([&] { return outcome.has_value(); }));
    return outcome ? *outcome : result<T>(errc::timed_out);
  }
  result<std::uint64_t> put(std::string_view key, std::string value,
                            std::uint64_t expected = directory::any_revision,
                            net::duration lease = {}) {
    return outcome_of<std::uint64_t>(
        [&](auto done) { return kept->put(key, std::move(value), expected, lease, done); });
  }
  result<directory_entry> get(std::string_view key) {
    return outcome_of<directory_entry>([&](auto done) { return kept->get(key, done); });
  }
  result<std::uint64_t> remove(std::string_view key) {
    return outcome_of<std::uint64_t>(
        [&](auto done) { return kept->remove(key, directory::any_revision, done); });
  }
  [[nodiscard]] bool wait_until_told(const std::string& what) {
    return world.wait_for([&] { return seen.has(what); });
  }

  real_world& world;
  connection over;
  std::unique_ptr<nats_directory> kept;
  change_log seen;
};

struct nats_directory_test : ::testing::Test {
  nats_directory_options how{.bucket = "b", .check_every = 50ms};
  server there;
  real_world world;
};

TEST_F(nats_directory_test, processes_see_each_others_changes) {
  process one(world, there.url(), how);
  process other(world, there.url(), how);
  other.watch("node.");
  const auto first = one.put("node.1", "x");
  ASSERT_TRUE(other.wait_until_told("node.1=x"));
  EXPECT_EQ(other.get("node.1")->revision, *first);
  EXPECT_EQ(other.put("node.1", "y", 0).error(), errc::wrong_revision);
  EXPECT_TRUE(other.put("node.1", "y", *first));
  EXPECT_EQ(one.put("node.1", "z", *first).error(), errc::wrong_revision);
  EXPECT_TRUE(one.remove("node.1"));
  ASSERT_TRUE(other.wait_until_told("node.1 gone"));
  EXPECT_THAT(other.seen.told, ElementsAre("node.1=x", "node.1=y", "node.1 gone"));
  process late(world, there.url(), how);
  late.watch();
  EXPECT_TRUE(one.put("last", ""));
  ASSERT_TRUE(late.wait_until_told("last="));
  EXPECT_THAT(late.seen.told, ElementsAre("last="));
}

TEST_F(nats_directory_test, no_increment_of_a_counter_is_lost) {
  process one(world, there.url(), how);
  process other(world, there.url(), how);
  ASSERT_TRUE(one.put("count", "0"));
  const auto increment = [](process& by) {
    for (;;) {
      const auto now = by.get("count");
      ASSERT_TRUE(now);
      const auto put = by.put("count", std::to_string(std::stoi(now->value) + 1), now->revision);
      if (put)
        return;
      ASSERT_EQ(put.error(), errc::wrong_revision);
    }
  };
  for (int i = 0; i < 20; ++i) {
    increment(one);
    increment(other);
  }
  EXPECT_EQ(one.get("count")->value, "40");
}

TEST_F(nats_directory_test, the_lease_of_a_process_that_ends_ends_for_the_others) {
  process other(world, there.url(), how);
  other.watch();
  {
    process one(world, there.url(), how);
    for (int i = 0; i < 5; ++i)
      ASSERT_TRUE(one.put("node.1", "x", directory::any_revision, 2s));
  }
  ASSERT_TRUE(other.wait_until_told("node.1 gone"));
  EXPECT_EQ(other.get("node.1").error(), errc::not_found);
  EXPECT_TRUE(other.put("node.1", "mine", 0, 60s));
}

TEST_F(nats_directory_test, a_key_whose_lease_ended_is_taken_out_of_the_bucket) {
  process one(world, there.url(), how);
  one.watch();
  ASSERT_TRUE(one.put("a", "x", 0, 50ms));
  ASSERT_TRUE(one.wait_until_told("a gone"));
  std::string state;
  ASSERT_TRUE(world.wait_for([&] {
    bool asked = false;
    world.run_on(0, [&] {
      one.over
          .request({.subject = "$JS.API.STREAM.INFO.KV_b"}, 10s,
                   [&](const result<message>& came) {
                     asked = true;
                     if (came)
                       state = cluster_test::text_of(came->payload.payload);
                   })
          .detach();
    });
    return world.wait_for([&] { return asked; }) &&
           state.find("\"messages\":0") != std::string::npos;
  })) << state;
}

TEST_F(nats_directory_test, it_goes_on_when_the_server_was_away) {
  process one(world, there.url(), how);
  process other(world, there.url(), how);
  other.watch();
  ASSERT_TRUE(one.put("a", "1"));
  ASSERT_TRUE(other.wait_until_told("a=1"));
  there.kill();
  ASSERT_TRUE(world.wait_for([&] { return !one.over.up() && !other.over.up(); }));
  EXPECT_EQ(one.put("a", "2").error(), errc::disconnected);
  EXPECT_EQ(one.get("a").error(), errc::disconnected);
  there.start();
  ASSERT_TRUE(world.wait_for([&] { return one.over.up() && other.over.up(); }));
  result<std::uint64_t> put = errc::unavailable;
  ASSERT_TRUE(world.wait_for([&] { return bool(put = one.put("a", "2")); }));
  ASSERT_TRUE(other.wait_until_told("a=2"));
  EXPECT_THAT(other.seen.told, ElementsAre("a=1", "a=2"));
}

TEST_F(nats_directory_test, a_bucket_that_is_lost_with_the_servers_memory_begins_anew) {
  how.in_memory = true;
  process one(world, there.url(), how);
  one.watch();
  for (const char* value : {"1", "2", "3"})
    ASSERT_TRUE(one.put("a", value));
  ASSERT_TRUE(one.wait_until_told("a=3"));
  there.kill();
  there.start();
  ASSERT_TRUE(one.wait_until_told("a gone"));
  ASSERT_TRUE(one.put("b", "1"));
  ASSERT_TRUE(one.wait_until_told("b=1"));
  EXPECT_EQ(one.get("a").error(), errc::not_found);
}

TEST_F(nats_directory_test, what_a_stranger_says_falsely_is_put_right) {
  process one(world, there.url(), how);
  connection& stranger = one.over;
  one.watch();
  ASSERT_TRUE(one.put("a", "1"));
  ASSERT_TRUE(one.wait_until_told("a=1"));
  const auto say = [&](const char* key, const char* sequence) {
    world.run_on(0, [&] {
      EXPECT_TRUE(stranger.publish({.subject = "$KVR.b.x",
                                    .payload = bytes_of("lie"),
                                    .headers = {{"Nats-Subject", std::string("$KV.b.") + key},
                                                {"Nats-Sequence", sequence}}}));
    });
  };
  say("never", "1000000");
  ASSERT_TRUE(one.wait_until_told("never gone"));
  say("%zz", "7");
  say("never", "nonsense");
  say("never", "");
  ASSERT_TRUE(one.put("b", "2"));
  ASSERT_TRUE(one.get("a"));
  EXPECT_EQ(one.get("never").error(), errc::not_found);
}

TEST_F(nats_directory_test, a_full_bucket_takes_no_more_keys) {
  how.keys_max = 2;
  process one(world, there.url(), how);
  EXPECT_TRUE(one.put("a", "1"));
  EXPECT_TRUE(one.put("b", "1"));
  EXPECT_EQ(one.put("c", "1").error(), errc::unavailable);
  EXPECT_TRUE(one.put("b", "2"));
  EXPECT_TRUE(one.remove("a"));
  EXPECT_TRUE(one.put("c", "1"));
}

TEST_F(nats_directory_test, servers_without_jetstream_have_none) {
  server plain({}, false);
  process one(world, plain.url(), how);
  EXPECT_EQ(one.put("a", "1").error(), errc::unavailable);
}

TEST_F(nats_directory_test, a_bucket_has_a_plain_name) {
  connected_world other(there.url());
  for (const char* name : {"", "a.b", "a b", "*"})
    EXPECT_THROW(nats_directory(other.over, {.bucket = name}), std::system_error) << name;
}

}  // namespace
}  // namespace actornet::nats
