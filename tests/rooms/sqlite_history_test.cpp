// What only a history in a file has: restarts, a queue, and files that are not what they should be.

#include <gmock/gmock.h>

#include <fstream>

#include "actornet/history_sqlite/sqlite_history.hpp"
#include "history_sqlite/store.hpp"
#include "rooms_support.hpp"
#include "temporary_folder.hpp"

namespace actornet::rooms {
namespace {

using ::testing::HasSubstr;

class file_history : public ::testing::Test {
 protected:
  ~file_history() override { close(); }

  void open(sqlite_history_options options = {}, std::uint64_t new_epoch = 5) {
    kept_ = std::make_unique<sqlite_history>(file(), new_epoch, loops_.at(0), pool_, options);
  }

  void close() {
    EXPECT_TRUE(world_.run_until_idle());
    kept_.reset();
    EXPECT_TRUE(world_.run_until_idle());
  }

  /// What it says when it cannot be opened.
  std::string complaint() {
    try {
      open();
    } catch (const std::system_error& failure) {
      EXPECT_EQ(failure.code(), errc::unavailable);
      EXPECT_THAT(failure.what(), HasSubstr(file().string()));
      return failure.what();
    }
    return "none";
  }

  result<appended> append(std::string_view text, std::string id = "") {
    result<appended> outcome = errc::timed_out;
    EXPECT_TRUE(world_.run_on(loops_.at(0), [&] {
      auto told = [&outcome](result<appended> got) { outcome = std::move(got); };
      kept_->append("tea", {"ann", std::move(id), bytes_of(text)}, told).detach();
    }));
    EXPECT_TRUE(world_.run_until_idle());
    return outcome;
  }

  std::filesystem::path file() const { return folder_.path() / "history.db"; }

  sim::world world_{1, cluster_test::calm()};
  net::multiplexer loops_{1, world_.backends()};
  net::blocking_pool pool_{0};
  const temporary_folder folder_;
  std::unique_ptr<sqlite_history> kept_;
};

TEST_F(file_history, positions_and_ids_hold_over_a_restart) {
  open();
  EXPECT_EQ(append("a", "1")->at, (position{5, 1}));
  close();
  open({}, 6);
  EXPECT_EQ(append("b", "2")->at, (position{5, 2}));
  const auto again = append("a", "1");
  EXPECT_TRUE(again->again);
  EXPECT_EQ(again->at, (position{5, 1}));
}

TEST_F(file_history, what_cannot_wait_any_more_is_unavailable) {
  open({.queue_max = 2});
  std::vector<std::error_code> errors;
  const auto add = [&] {
    auto told = [&errors](const result<appended>& got) { errors.push_back(got.error()); };
    kept_->append("tea", {"ann", "", bytes_of("x")}, told).detach();
  };
  EXPECT_TRUE(world_.run_on(loops_.at(0), [&] { add(), add(), add(); }));
  EXPECT_TRUE(world_.run_until_idle());
  EXPECT_EQ(std::ranges::count(errors, errc::unavailable), 1);
  EXPECT_EQ(std::ranges::count(errors, std::error_code()), 2);
}

TEST_F(file_history, so_many_bytes_may_wait) {
  open({.queue_bytes_max = 10});
  EXPECT_EQ(append("12345678").error(), errc::unavailable);
  EXPECT_TRUE(append("1234567"));
}

TEST_F(file_history, a_file_that_another_has_open_is_refused) {
  open();
  const auto first = std::move(kept_);
  EXPECT_THAT(complaint(), HasSubstr("locked"));
}

TEST_F(file_history, a_file_that_is_no_database_is_refused) {
  std::ofstream(file()) << std::string(4096, 'x');
  EXPECT_THAT(complaint(), HasSubstr("not a database"));
}

TEST_F(file_history, a_database_of_another_program_is_refused) {
  database(file().string()).execute("create table other(x)");
  EXPECT_THAT(complaint(), HasSubstr("another program"));
}

TEST_F(file_history, a_file_of_another_version_is_refused) {
  open();
  close();
  database(file().string()).execute("pragma user_version = 99");
  EXPECT_THAT(complaint(), HasSubstr("another version"));
}

TEST_F(file_history, a_damaged_file_is_refused) {
  open();
  for (int i = 0; i < 200; ++i)
    EXPECT_TRUE(append(std::string(500, 'x')));
  close();
  std::fstream damaged(file(), std::ios::in | std::ios::out | std::ios::binary);
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(file()));
  for (std::streamoff at = 8192; at < size; at += 4096) {
    damaged.seekp(at);
    damaged << std::string(64, '\xff');
  }
  damaged.close();
  EXPECT_THAT(complaint(), ::testing::AnyOf(HasSubstr("damaged"), HasSubstr("malformed")));
}

TEST_F(file_history, a_folder_that_is_not_there_is_refused) {
  try {
    sqlite_history(folder_.path() / "none" / "history.db", 1, loops_.at(0), pool_);
    FAIL();
  } catch (const std::system_error& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("unable to open"));
  }
}

TEST_F(file_history, a_batch_that_fails_leaves_nothing) {
  store kept(file().string(), 5, {});
  const auto append_one = [&kept] { return kept.append("tea", {"ann", "1", bytes_of("x")}, 0); };
  EXPECT_THROW(kept.together([&] {
    EXPECT_TRUE(append_one().answer);
    throw database_error("the disk is full");
  }),
               database_error);
  kept.together([&] { EXPECT_EQ(append_one().answer->at, (position{5, 1})); });
  EXPECT_EQ(kept.read_after("tea", 0, 9, 0).messages.size(), 1u);
}

}  // namespace
}  // namespace actornet::rooms
