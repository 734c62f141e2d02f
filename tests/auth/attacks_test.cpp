// Tokens that somebody made who has no key.

#include <gtest/gtest.h>

#include <set>

#include "actornet/auth/token_error.hpp"
#include "auth_support.hpp"

namespace actornet::auth {
namespace {

class attacks : public key_files {
 protected:
  static std::error_code verdict(algorithm which, std::string_view token) {
    return verifier(checking(which)).verify(token, now).error();
  }
  static std::error_code with_header(const std::string& header) {
    static const verifier checks(checking(algorithm::hs256));
    static const key secret = signing_key(algorithm::hs256);
    return checks.verify(raw_token(header, good_payload, secret), now).error();
  }
  static constexpr const char* good_payload = R"({"sub":"alice","exp":4102444800})";
};

TEST_F(attacks, the_unsigned_algorithm_is_refused_in_every_spelling) {
  for (const char* name : {"none", "None", "NONE", "nOnE", ""}) {
    const std::string start =
        to_base64url(std::string(R"({"alg":")") + name + "\"}") + "." + to_base64url(good_payload);
    for (const algorithm each : all_algorithms) {
      EXPECT_EQ(verdict(each, start + "."), token_error::algorithm_refused) << name;
      EXPECT_EQ(verdict(each, start + ".AAAA"), token_error::algorithm_refused) << name;
    }
  }
}

// RFC 8725, section 2.1: the attacker knows the public key.
TEST_F(attacks, a_public_key_is_never_a_secret) {
  for (const algorithm which : {algorithm::rs256, algorithm::es256, algorithm::eddsa}) {
    const key as_secret =
        key::from_secret(content(name_of(which) + ".pub") + std::string(32, '\n'));
    const std::string pem = content(name_of(which) + ".pub");
    EXPECT_EQ(verdict(which, raw_token(R"({"alg":"HS256"})", good_payload, as_secret)),
              token_error::algorithm_refused);
    EXPECT_EQ(verdict(which, raw_token(R"({"alg":"HS256"})", good_payload, key::from_secret(pem))),
              token_error::algorithm_refused);
  }
}

TEST_F(attacks, the_header_cannot_choose_another_algorithm_than_that_of_the_key) {
  for (const algorithm says : all_algorithms)
    for (const algorithm has : all_algorithms) {
      const std::string header = R"({"alg":")" + std::string(to_string(says)) + "\"}";
      const auto error = verdict(has, raw_token(header, good_payload, signing_key(has)));
      EXPECT_EQ(error,
                says == has ? std::error_code() : make_error_code(token_error::algorithm_refused));
    }
}

TEST_F(attacks, no_byte_can_be_changed) {
  for (const algorithm each : all_algorithms) {
    const verifier checks(checking(each));
    const std::string token = sign_token(alice(), signing_key(each));
    ASSERT_TRUE(checks.verify(token, now));
    for (std::size_t i = 0; i < token.size(); ++i)
      for (const unsigned change : {1u, 2u, 4u, 32u, 64u, 128u}) {
        std::string changed = token;
        changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ change);
        EXPECT_FALSE(checks.verify(changed, now)) << to_string(each) << " at " << i;
      }
  }
}

TEST_F(attacks, nothing_can_be_left_out_or_added) {
  for (const algorithm each : all_algorithms) {
    const verifier checks(checking(each));
    const std::string token = sign_token(alice(), signing_key(each));
    for (std::size_t i = 0; i < token.size(); ++i) {
      EXPECT_FALSE(checks.verify(token.substr(0, i), now)) << to_string(each) << " to " << i;
      EXPECT_FALSE(checks.verify(token.substr(i + 1), now)) << to_string(each) << " from " << i;
    }
    for (const char* more : {".", "A", "AA", "AAAA", "=", " ", "\n"})
      EXPECT_FALSE(checks.verify(token + more, now)) << to_string(each) << more;
  }
}

TEST_F(attacks, signatures_of_zeros_are_wrong) {
  for (const algorithm each : all_algorithms) {
    const std::string token = sign_token(alice(), signing_key(each));
    const std::string start = token.substr(0, token.rfind('.') + 1);
    for (const std::size_t length : {0u, 1u, 32u, 64u, 256u, 384u})
      for (const char filler : {'\0', '\xff', '\1'})
        EXPECT_EQ(verdict(each, start + to_base64url(std::string(length, filler))),
                  token_error::bad_signature)
            << to_string(each) << " " << length;
  }
}

TEST_F(attacks, the_key_of_another_signs_nothing) {
  for (const algorithm each : all_algorithms) {
    const std::string text = make_key(each).private_text;
    const key foreign = each == algorithm::hs256 ? key::from_secret(text) : key::from_pem(text);
    EXPECT_EQ(verdict(each, sign_token(alice(), foreign)), token_error::bad_signature);
  }
}

TEST_F(attacks, what_is_too_long_is_not_looked_at) {
  verifier_options options = checking(algorithm::hs256);
  options.token_bytes_max = 100;
  const verifier checks(options);
  EXPECT_EQ(checks.verify(std::string(101, '.'), now).error(), token_error::too_long);
  EXPECT_EQ(checks.verify(std::string(100, '.'), now).error(), token_error::malformed);
}

TEST_F(attacks, what_is_not_three_parts_is_malformed) {
  for (const char* text : {"", ".", "..", "...", "a.b", "a.b.c.d", "e30.e30.", "e30..e30", "☃.☃.☃"})
    EXPECT_EQ(verdict(algorithm::hs256, text), token_error::malformed) << text;
}

TEST_F(attacks, critical_extensions_are_refused) {
  for (const char* header :
       {R"({"alg":"HS256","crit":["exp"]})", R"({"alg":"HS256","crit":[]})",
        R"({"alg":"HS256","crit":null})", R"({"alg":"HS256","b64":false,"crit":["b64"]})",
        R"({"alg":"HS256","b64":false})"})
    EXPECT_EQ(with_header(header), token_error::critical_extension) << header;
}

TEST_F(attacks, headers_that_mean_two_things_are_malformed) {
  for (const char* header :
       {R"({"alg":"none","alg":"HS256"})", R"({"alg":"HS256","alg":"HS256"})", R"({"alg":1})",
        R"({"alg":["HS256"]})", "{}", R"({"alg":"HS256","kid":1})", R"({"alg":"HS256","typ":1})",
        R"(["HS256"])", "HS256",
        R"({"alg":"HS256"} )"
        "\x01"})
    EXPECT_EQ(with_header(header), token_error::malformed) << header;
}

TEST_F(attacks, keys_in_the_header_are_not_used) {
  EXPECT_FALSE(with_header(R"({"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"},"jku":"http://x"})"));
}

TEST_F(attacks, tokens_of_another_type_are_refused) {
  for (const char* header : {R"({"alg":"HS256","typ":"dpop+jwt"})", R"({"alg":"HS256","typ":""})",
                             R"({"alg":"HS256","cty":"JWT"})"})
    EXPECT_EQ(with_header(header), token_error::wrong_type) << header;
  for (const char* header :
       {R"({"alg":"HS256","typ":"JWT"})", R"({"alg":"HS256","typ":"jwt"})",
        R"({"alg":"HS256","typ":"at+jwt"})", R"({"alg":"HS256","typ":"application/at+jwt"})"})
    EXPECT_FALSE(with_header(header)) << header;
}

TEST(token_errors, have_texts_of_their_own_and_a_category) {
  std::set<std::string> all;
  for (int i = 1; i <= 12; ++i)
    all.insert(make_error_code(static_cast<token_error>(i)).message());
  EXPECT_EQ(all.size(), 12u);
  EXPECT_STREQ(token_category().name(), "actornet.auth");
}

}  // namespace
}  // namespace actornet::auth
