// Sessions of a server that asks for tokens.

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "actornet/auth/signer.hpp"
#include "chat/simulated_chat.hpp"

namespace actornet::chat {
namespace {

using kind = v1::Event;

constexpr const char* secret = "a secret of the tests, 32 bytes or more";

/// A file with the secret, for as long as it lives.
class key_file {
 public:
  key_file()
      : path_(testing::TempDir() + "chat-key-" +
              std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "-" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::ofstream(path_) << secret;
  }
  ~key_file() { std::filesystem::remove(path_); }
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

class chat_token : public testing::Test {
 protected:
  static service_options with_tokens(const key_file& from) {
    service_options options;
    options.tokens.emplace(auth::verifier_options{.keys = {{from.path()}}, .leeway = {}});
    return options;
  }

  std::string token(const std::string& user, std::chrono::seconds lasts,
                    std::optional<std::vector<std::string>> rooms = {}) {
    auth::token_claims claims;
    claims.subject = user;
    claims.expires =
        std::chrono::floor<std::chrono::seconds>(chat_.rt().loops().at(0).wall_now()) + lasts;
    claims.rooms = std::move(rooms);
    return auth::sign_token(claims, auth::key::from_secret(secret));
  }

  simulated_member with(const std::string& sent) {
    simulated_member member = chat_.connect();
    member.hello("", sent);
    return member;
  }

  v1::FailureCode refused(const std::string& sent) {
    simulated_member member = chat_.connect();
    v1::Command hello;
    hello.mutable_hello()->set_version(1);
    hello.mutable_hello()->set_token(sent);
    member.say(hello);
    const v1::FailureCode code = member.hear_failure();
    EXPECT_TRUE(member.ended());
    return code;
  }

  static v1::Command refresh(const std::string& sent) {
    v1::Command command;
    command.mutable_refresh()->set_token(sent);
    return command;
  }

  sim::world world_{41};
  key_file file_;
  simulated_chat chat_{world_, with_tokens(file_)};
};

TEST_F(chat_token, says_who_it_is) {
  simulated_member ann = chat_.connect();
  const v1::Welcome welcome = ann.hello("somebody else", token("ann", 1h)).welcome();
  EXPECT_EQ(welcome.user(), "ann");
  EXPECT_FALSE(welcome.open_to_all());
  EXPECT_GT(welcome.token_expires_ms(), 0u);
}

TEST_F(chat_token, that_is_not_ours_or_old_is_refused) {
  EXPECT_EQ(refused(""), v1::FAILURE_CODE_BAD_TOKEN);
  EXPECT_EQ(refused(token("ann", 1h) + "x"), v1::FAILURE_CODE_BAD_TOKEN);
  EXPECT_EQ(refused(token("ann", -1s)), v1::FAILURE_CODE_TOKEN_EXPIRED);
  EXPECT_EQ(refused(token("a\nb", 1h)), v1::FAILURE_CODE_BAD_NAME);
}

TEST_F(chat_token, may_name_the_rooms_that_its_user_may_join) {
  simulated_member ann = with(token("ann", 1h, {{"team-*"}}));
  ann.join("team-a");
  v1::Command join;
  join.mutable_join()->set_room("lobby");
  ann.say(join);
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_NOT_ALLOWED);
  v1::Command who;
  who.mutable_who()->set_room("lobby");
  ann.say(who);
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_NOT_ALLOWED);
}

TEST_F(chat_token, is_warned_of_a_minute_before_its_end_and_then_ends_the_connection) {
  simulated_member ann = with(token("ann", 90s));
  const net::time_point began = world_.now();
  ann.hear(kind::kExpiring);
  EXPECT_NEAR(std::chrono::duration<double>(world_.now() - began).count(), 30, 2);
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_TOKEN_EXPIRED);
  EXPECT_NEAR(std::chrono::duration<double>(world_.now() - began).count(), 90, 2);
  EXPECT_TRUE(ann.ended());
}

TEST_F(chat_token, is_replaced_without_a_new_connection) {
  simulated_member ann = with(token("ann", 90s));
  ann.hear(kind::kExpiring);
  ann.say(refresh(token("ann", 1h)));
  ann.hear(kind::kWelcome);
  EXPECT_TRUE(world_.run_for(5min));
  ann.join("lobby");
}

TEST_F(chat_token, that_lasts_no_longer_is_not_warned_of_again) {
  const std::string sent = token("ann", 90s);
  simulated_member ann = with(sent);
  ann.hear(kind::kExpiring);
  ann.say(refresh(sent));
  ann.hear(kind::kWelcome);
  EXPECT_FALSE(ann.hears(kind::kExpiring, 30s));
}

TEST_F(chat_token, of_another_user_does_not_replace_it) {
  simulated_member ann = with(token("ann", 1h));
  ann.say(refresh(token("bob", 1h)));
  EXPECT_EQ(ann.hear_failure(), v1::FAILURE_CODE_BAD_TOKEN);
  ann.join("lobby");
}

TEST_F(chat_token, that_names_fewer_rooms_puts_its_user_out_of_the_others) {
  simulated_member ann = with(token("ann", 1h));
  ann.join("lobby");
  ann.join("team");
  ann.say(refresh(token("ann", 1h, {{"team"}})));
  EXPECT_EQ(ann.hear(kind::kLeft).left().room(), "lobby");
  ann.hear(kind::kWelcome);
  ann.publish("team", "still here");
  EXPECT_EQ(ann.hear(kind::kMessage).message().text(), "still here");
}

}  // namespace
}  // namespace actornet::chat
