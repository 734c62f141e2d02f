// What a token says, when it is signed as it should be.

#include <gtest/gtest.h>

#include "auth_support.hpp"

namespace actornet::auth {
namespace {

using namespace std::chrono_literals;

class claims : public key_files {
 protected:
  static verifier_options hs256() { return checking(algorithm::hs256); }
  static std::error_code verdict(const std::string& payload, verifier_options options = hs256()) {
    static const key secret = signing_key(algorithm::hs256);
    return verifier(std::move(options))
        .verify(raw_token(R"({"alg":"HS256"})", payload, secret), now)
        .error();
  }
  static std::error_code verdict(const token_claims& said, verifier_options options = hs256(),
                                 net::wall_time at = now) {
    return verifier(std::move(options))
        .verify(sign_token(said, signing_key(algorithm::hs256)), at)
        .error();
  }
};

TEST_F(claims, come_back_as_they_were_signed_by_every_algorithm) {
  const token_claims said{.subject = "\"Zoë\"\n",
                          .issuer = "https://login.example.org",
                          .audience = {"chat", "mail"},
                          .expires = now_s + 1h,
                          .not_before = now_s - 1h,
                          .issued_at = now_s,
                          .rooms = {{"general", "team/*"}}};
  for (const algorithm each : all_algorithms) {
    verifier_options options = checking(each);
    options.audience = "chat";
    const auto heard = verifier(options).verify(sign_token(said, signing_key(each)), now);
    ASSERT_TRUE(heard) << to_string(each) << ": " << heard.error().message();
    EXPECT_EQ(*heard, said);
  }
}

TEST_F(claims, of_others_are_not_looked_at) {
  EXPECT_FALSE(verdict(R"({"sub":"a","exp":4102444800,"admin":{"is":[1,null,true]},"jti":7})"));
}

TEST_F(claims, need_a_subject_and_an_expiry) {
  EXPECT_EQ(verdict(R"({"exp":4102444800})"), token_error::missing_claim);
  EXPECT_EQ(verdict(R"({"sub":"","exp":4102444800})"), token_error::missing_claim);
  EXPECT_EQ(verdict(R"({"sub":"a"})"), token_error::missing_claim);
  verifier_options options = hs256();
  options.expiry_required = false;
  EXPECT_FALSE(verdict(R"({"sub":"a"})", options));
}

TEST_F(claims, of_a_wrong_kind_are_malformed) {
  for (const char* text : {R"({"sub":1})",
                           R"({"sub":null})",
                           R"({"sub":["a"]})",
                           R"({"sub":"a","iss":1})",
                           R"({"sub":"a","aud":1})",
                           R"({"sub":"a","aud":["x",1]})",
                           R"({"sub":"a","exp":"1"})",
                           R"({"sub":"a","exp":null})",
                           R"({"sub":"a","exp":-1})",
                           R"({"sub":"a","exp":1e300})",
                           R"({"sub":"a","exp":18446744073709551615})",
                           R"({"sub":"a","nbf":true})",
                           R"({"sub":"a","iat":[]})",
                           R"({"sub":"a","rooms":"general"})",
                           R"({"sub":"a","rooms":[1]})",
                           "[]",
                           "1",
                           "null",
                           "",
                           " ",
                           "{",
                           R"({"sub":"a"} x)",
                           R"({"sub":"a"}{})",
                           R"({sub:"a"})",
                           R"({"sub":"a",})",
                           R"({"sub":"a"/**/})",
                           "{\"sub\":\"\xff\"}",
                           R"({"sub":"\ud800"})",
                           "{\"sub\":\"a\nb\"}"})
    EXPECT_EQ(verdict(text), token_error::malformed) << text;
}

TEST_F(claims, that_stand_twice_are_malformed) {
  for (const char* text : {R"({"sub":"a","sub":"b"})", R"({"sub":"a","exp":1,"exp":4102444800})",
                           R"({"sub":"a","s\u0075b":"b"})", R"({"sub":"a","x":{"y":1,"y":2}})",
                           R"({"sub":"a","x":[{"y":1,"y":2}]})"})
    EXPECT_EQ(verdict(text), token_error::malformed) << text;
  EXPECT_FALSE(verdict(R"({"sub":"a","exp":4102444800,"x":{"sub":1},"y":{"sub":2}})"));
}

TEST_F(claims, have_limits_in_depth_and_number) {
  const std::string deep = std::string(20, '[') + std::string(20, ']');
  EXPECT_EQ(verdict(R"({"sub":"a","x":)" + deep + "}"), token_error::malformed);
  std::string rooms;
  for (std::size_t i = 0; i <= token_claims::list_max; ++i)
    rooms += std::string(i == 0 ? "" : ",") + "\"r\"";
  EXPECT_EQ(verdict(R"({"sub":"a","exp":4102444800,"rooms":[)" + rooms + "]}"),
            token_error::malformed);
}

TEST_F(claims, expire_at_their_second_and_the_leeway) {
  verifier_options options = hs256();
  options.leeway = 30s;
  const token_claims said{.subject = "a", .expires = now_s};
  EXPECT_FALSE(verdict(said, options, now + 29'999ms));
  EXPECT_EQ(verdict(said, options, now + 30s), token_error::expired);
  options.leeway = 0s;
  EXPECT_FALSE(verdict(said, options, now - 1ms));
  EXPECT_EQ(verdict(said, options, now), token_error::expired);
}

TEST_F(claims, begin_at_their_second_less_the_leeway) {
  verifier_options options = hs256();
  token_claims said = alice();
  said.not_before = now_s;
  EXPECT_FALSE(verdict(said, options, now - 30s));
  EXPECT_EQ(verdict(said, options, now - 30'001ms), token_error::not_yet_valid);
}

TEST_F(claims, may_have_parts_of_seconds) {
  verifier_options options = hs256();
  options.leeway = 0s;
  EXPECT_FALSE(verdict(R"({"sub":"a","exp":4102444800.9,"nbf":1.5e9})", options));
}

TEST_F(claims, name_the_issuer_that_is_asked_for) {
  verifier_options options = hs256();
  options.issuer = "us";
  token_claims said = alice();
  EXPECT_EQ(verdict(said, options), token_error::wrong_issuer);
  said.issuer = "them";
  EXPECT_EQ(verdict(said, options), token_error::wrong_issuer);
  said.issuer = "us";
  EXPECT_FALSE(verdict(said, options));
}

TEST_F(claims, name_our_audience_among_others) {
  verifier_options options = hs256();
  options.audience = "chat";
  token_claims said = alice();
  EXPECT_EQ(verdict(said, options), token_error::wrong_audience);
  said.audience = {"mail"};
  EXPECT_EQ(verdict(said, options), token_error::wrong_audience);
  said.audience = {"mail", "chat"};
  EXPECT_FALSE(verdict(said, options));
}

TEST_F(claims, for_an_audience_are_not_for_who_has_no_name) {
  token_claims said = alice();
  said.audience = {"chat"};
  EXPECT_EQ(verdict(said), token_error::wrong_audience);
}

TEST(rooms, are_names_or_what_names_begin_with) {
  token_claims who{.subject = "a"};
  EXPECT_TRUE(who.may_join("anything")) << "the token does not say";
  who.rooms.emplace();
  EXPECT_FALSE(who.may_join("general"));
  who.rooms = {{"general", "team/*"}};
  EXPECT_TRUE(who.may_join("general"));
  EXPECT_FALSE(who.may_join("general2"));
  EXPECT_TRUE(who.may_join("team/x"));
  EXPECT_TRUE(who.may_join("team/"));
  EXPECT_FALSE(who.may_join("team"));
  EXPECT_FALSE(who.may_join(""));
  who.rooms = {{"*"}};
  EXPECT_TRUE(who.may_join("anything"));
}

}  // namespace
}  // namespace actornet::auth
