// The program actornet-token, run from end to end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "actornet/auth/signer.hpp"
#include "actornet/net/process_clock.hpp"
#include "load_programs.hpp"
#include "token_report.hpp"

namespace actornet::token {
namespace {

using load::child_program;
using ::testing::HasSubstr;
using ::testing::Not;
using words = std::vector<std::string>;

class token_program : public ::testing::Test {
 protected:
  token_program() {
    folder_ =
        std::filesystem::temp_directory_path() / ("actornet-token-" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder_);
  }
  ~token_program() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }

  struct ended {
    int code;
    std::string output;
    std::string errors;
  };
  static ended run(const words& arguments) {
    child_program program("actornet-token", arguments);
    const int code = program.wait();
    return {code, program.output(), program.errors()};
  }
  std::string token(const words& more) {
    words arguments{"--key", file("key")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ended made = run(arguments);
    EXPECT_EQ(made.code, 0) << made.errors;
    EXPECT_THAT(made.output, ::testing::EndsWith("\n"));
    return made.output.substr(0, made.output.size() - 1);
  }
  static std::string mistake(const words& arguments) {
    const ended told = run(arguments);
    EXPECT_EQ(told.code, 2);
    EXPECT_EQ(told.output, "");
    EXPECT_THAT(told.errors, ::testing::MatchesRegex("error: [^\n]*\n"));
    return told.errors;
  }
  static mode_t mode_of(const std::string& path) {
    struct stat found {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
    return found.st_mode & 0777;
  }

  std::filesystem::path folder_;
};

TEST_F(token_program, a_new_secret_signs_and_checks) {
  ASSERT_EQ(run({"--new-key", file("key")}).code, 0);
  EXPECT_EQ(mode_of(file("key")), 0600u);
  EXPECT_FALSE(std::filesystem::exists(file("key.pub")));
  const std::string made = token({"--user", "alice", "--rooms", "general,team/*", "--kid", "2026"});
  const ended told = run({"--check", file("key"), made});
  EXPECT_EQ(told.code, 0);
  EXPECT_THAT(told.output,
              HasSubstr("algorithm HS256\nkid 2026\nuser alice\nrooms general, team/*"));
  EXPECT_THAT(told.output, ::testing::EndsWith("\nvalid\n"));
}

TEST_F(token_program, private_keys_sign_and_their_public_ones_check) {
  for (const char* name : {"RS256", "ES256", "EdDSA"}) {
    ASSERT_EQ(run({"--new-key", file("key"), "--alg", name}).code, 0);
    EXPECT_EQ(mode_of(file("key")), 0600u);
    const std::string made = token({"--user", "alice", "--alg", name});
    EXPECT_EQ(run({"--check", file("key.pub"), made}).code, 0) << name;
    EXPECT_THAT(mistake({"--key", file("key.pub"), "--user", "alice"}), HasSubstr("cannot sign"));
    std::filesystem::remove(file("key"));
    std::filesystem::remove(file("key.pub"));
  }
}

TEST_F(token_program, a_key_is_never_overwritten) {
  std::ofstream(file("key")) << "mine";
  EXPECT_THAT(mistake({"--new-key", file("key")}), HasSubstr("key: File exists"));
  std::filesystem::remove(file("key"));
  std::ofstream(file("key.pub")) << "mine";
  EXPECT_THAT(mistake({"--new-key", file("key"), "--alg", "EdDSA"}),
              HasSubstr("key.pub: File exists"));
  EXPECT_FALSE(std::filesystem::exists(file("key"))) << "half a pair";
  EXPECT_TRUE(std::filesystem::exists(file("key.pub")));
}

TEST_F(token_program, issuer_and_audience_are_checked) {
  ASSERT_EQ(run({"--new-key", file("key")}).code, 0);
  const std::string made = token({"--user", "a", "--issuer", "us", "--audience", "chat"});
  EXPECT_EQ(run({"--check", file("key"), "--issuer", "us", "--audience", "chat", made}).code, 0);
  const ended other = run({"--check", file("key"), "--audience", "mail", made});
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.output, HasSubstr("not valid: the token is for another audience\n"));
}

TEST_F(token_program, a_foreign_token_is_shown_and_not_valid) {
  ASSERT_EQ(run({"--new-key", file("key")}).code, 0);
  ASSERT_EQ(run({"--new-key", file("other")}).code, 0);
  const ended told = run({"--check", file("other"), token({"--user", "alice"})});
  EXPECT_EQ(told.code, 1);
  EXPECT_THAT(told.output, HasSubstr("user alice\n"));
  EXPECT_THAT(told.output, HasSubstr("not valid: the token's signature is wrong\n"));
}

TEST_F(token_program, mistakes_are_one_line_and_exit_code_2) {
  ASSERT_EQ(run({"--new-key", file("key")}).code, 0);
  EXPECT_THAT(mistake({}), HasSubstr("--key"));
  EXPECT_THAT(mistake({"--key", file("key")}), HasSubstr("--user"));
  EXPECT_THAT(mistake({"--key", "a", "--new-key", "b"}), HasSubstr("one of"));
  EXPECT_THAT(mistake({"--key", file("none"), "--user", "a"}), HasSubstr("cannot be read"));
  EXPECT_THAT(mistake({"--key", file("key"), "--user", "a", "--alg", "none"}), HasSubstr("'none'"));
  EXPECT_THAT(mistake({"--key", file("key"), "--user", "a", "--alg", "RS256"}),
              HasSubstr("is a key for HS256"));
  EXPECT_THAT(mistake({"--key", file("key"), "--user", "a", "--expires", "soon"}),
              HasSubstr("'soon'"));
  EXPECT_THAT(mistake({"--key", file("key"), "--user", "a", "--expires", "0"}),
              HasSubstr("--expires"));
  EXPECT_THAT(mistake({"--key", file("key"), "--user", "a\nb"}), HasSubstr("control character"));
  EXPECT_THAT(mistake({"--check", file("key")}), HasSubstr("TOKEN"));
  EXPECT_THAT(mistake({"--key", file("key"), "--user", "a", "--frobnicate"}),
              HasSubstr("--frobnicate"));
}

TEST_F(token_program, no_secret_is_printed) {
  std::ofstream(file("short")) << "topsecret";
  EXPECT_THAT(mistake({"--key", file("short"), "--user", "a"}), Not(HasSubstr("topsecret")));
}

TEST_F(token_program, what_a_token_says_cannot_steer_a_terminal) {
  std::ofstream(file("key")) << std::string(32, 'k');
  const auth::token_claims claims{.subject = "a\x1b[2Jb\u202e"};
  const auth::key key = auth::key::from_file(file("key"));
  const report told =
      describe_token(auth::sign_token(claims, key), auth::verifier({.keys = {{file("key")}}}), {});
  EXPECT_THAT(told.text, HasSubstr("user a\\x1b[2Jb\\xe2\\x80\\xae\n"));
  EXPECT_FALSE(told.valid);
}

TEST_F(token_program, dates_are_those_of_the_calendar) {
  std::ofstream(file("key")) << std::string(32, 'k');
  using namespace std::chrono;
  const sys_seconds then = sys_days(year(2024) / 2 / 29) + 23h + 59min + 58s;
  const auth::token_claims claims{.subject = "a", .expires = then};
  const auth::key key = auth::key::from_file(file("key"));
  const report told = describe_token(auth::sign_token(claims, key),
                                     auth::verifier({.keys = {{file("key")}}}), then - 1s);
  EXPECT_THAT(told.text, HasSubstr("expires 2024-02-29T23:59:58Z\nvalid\n"));
}

}  // namespace
}  // namespace actornet::token
