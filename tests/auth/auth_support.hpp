#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "actornet/auth/base64url.hpp"
#include "actornet/auth/key.hpp"
#include "actornet/auth/signer.hpp"
#include "actornet/auth/verifier.hpp"

namespace actornet::auth {

inline constexpr algorithm all_algorithms[] = {algorithm::hs256, algorithm::rs256, algorithm::es256,
                                               algorithm::eddsa};

inline constexpr net::wall_time now{std::chrono::sys_days(std::chrono::year(2026) / 11 / 27)};
inline constexpr auto now_s = std::chrono::floor<std::chrono::seconds>(now);

/// Key files of every algorithm, made once: `HS256` and so on, and `.pub` where there is one.
class key_files : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = std::filesystem::temp_directory_path() /
             ("actornet-auth-" + std::to_string(::getpid()) + "-" +
              ::testing::UnitTest::GetInstance()->current_test_suite()->name());
    std::filesystem::create_directory(folder);
    for (const algorithm each : all_algorithms) {
      const key_texts made = make_key(each);
      const std::string name(to_string(each));
      write(name, made.private_text);
      write(name + ".pub", each == algorithm::hs256 ? made.private_text : made.public_text);
    }
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder); }

  static std::string file(const std::string& name) { return (folder / name).string(); }
  static void write(const std::string& name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  static std::string content(const std::string& name) {
    std::ifstream from(folder / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
  }

  static key signing_key(algorithm which) { return key::from_file(file(name_of(which))); }
  static verifier_options checking(algorithm which) {
    return {.keys = {{file(name_of(which) + ".pub")}}};
  }
  static std::string name_of(algorithm which) { return std::string(to_string(which)); }

  /// Of somebody for an hour.
  static token_claims alice() {
    return {.subject = "alice", .expires = now_s + std::chrono::hours(1)};
  }

  /// A token with any header and payload, well signed.
  static std::string raw_token(const std::string& header, const std::string& payload,
                               const key& with) {
    const std::string text = to_base64url(header) + "." + to_base64url(payload);
    return text + "." + to_base64url(with.sign(text));
  }

  static inline std::filesystem::path folder;
};

}  // namespace actornet::auth
