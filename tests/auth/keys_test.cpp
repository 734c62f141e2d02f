// Key files: what is taken, which key a token is for, and change of keys.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "auth_support.hpp"

namespace actornet::auth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class keys : public key_files {
 protected:
  static std::string complaint(const std::string& name) {
    try {
      key::from_file(file(name));
    } catch (const std::runtime_error& why) {
      return why.what();
    }
    return "nothing";
  }
  static std::string token_by(algorithm which, std::string_view id = {}) {
    return sign_token(alice(), signing_key(which), id);
  }
  static void openssl(const std::string& arguments) {
    ASSERT_EQ(std::system(("openssl " + arguments + " 2> /dev/null").c_str()), 0) << arguments;
  }
};

TEST_F(keys, know_their_algorithm_and_whether_they_can_sign) {
  for (const algorithm each : all_algorithms) {
    EXPECT_EQ(signing_key(each).kind(), each);
    EXPECT_TRUE(signing_key(each).can_sign());
    const key shown = key::from_file(file(name_of(each) + ".pub"));
    EXPECT_EQ(shown.kind(), each);
    EXPECT_EQ(shown.can_sign(), each == algorithm::hs256);
    if (each != algorithm::hs256) {
      EXPECT_THROW(shown.sign("x"), std::logic_error);
    }
  }
}

TEST_F(keys, of_the_openssl_program_are_taken) {
  openssl("genpkey -algorithm ed25519 -out " + file("ed"));
  EXPECT_EQ(key::from_file(file("ed")).kind(), algorithm::eddsa);
  openssl("ecparam -name prime256v1 -genkey -noout -out " + file("ec"));
  EXPECT_EQ(key::from_file(file("ec")).kind(), algorithm::es256);
  openssl("genrsa -traditional -out " + file("rsa") + " 2048");
  EXPECT_EQ(key::from_file(file("rsa")).kind(), algorithm::rs256);
}

TEST_F(keys, that_are_weak_or_of_another_kind_are_refused) {
  openssl("genrsa -out " + file("small") + " 1024");
  EXPECT_THAT(complaint("small"), HasSubstr("small: an RSA key has 2048"));
  openssl("ecparam -name secp384r1 -genkey -noout -out " + file("p384"));
  EXPECT_THAT(complaint("p384"), HasSubstr("P-256"));
  openssl("genpkey -algorithm x25519 -out " + file("x"));
  EXPECT_THAT(complaint("x"), HasSubstr("not a key of"));
  openssl("genpkey -algorithm rsa-pss -pkeyopt rsa_keygen_bits:2048 -out " + file("pss"));
  EXPECT_THAT(complaint("pss"), HasSubstr("not a key of"));
}

TEST_F(keys, with_a_passphrase_are_refused_and_nobody_is_asked) {
  openssl("genpkey -algorithm ed25519 -aes256 -pass pass:secret -out " + file("locked"));
  EXPECT_THAT(complaint("locked"), HasSubstr("without a passphrase"));
}

TEST_F(keys, in_files_that_are_none_are_refused_without_their_content) {
  EXPECT_THAT(complaint("missing"), HasSubstr("missing: cannot be read"));
  write("empty", "");
  EXPECT_THAT(complaint("empty"), HasSubstr("empty"));
  write("short", "topsecret-topsecret-topsecret-1\n");
  EXPECT_THAT(complaint("short"), HasSubstr("at least 32 bytes"));
  EXPECT_THAT(complaint("short"), Not(HasSubstr("topsecret")));
  write("long", std::string(key::file_bytes_max + 1, 'x'));
  EXPECT_THAT(complaint("long"), HasSubstr("too long"));
  write("broken", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
  EXPECT_THAT(complaint("broken"), HasSubstr("not a public key"));
  write("strange", "-----BEGINNING of a sentence that is longer than a secret");
  EXPECT_THAT(complaint("strange"), HasSubstr("one block of PEM"));
  write("two", content("EdDSA.pub") + content("EdDSA.pub"));
  EXPECT_THAT(complaint("two"), HasSubstr("one block of PEM"));
  EXPECT_THAT(complaint("."), HasSubstr("cannot be read"));
}

TEST_F(keys, are_secrets_without_one_line_break) {
  const std::string secret(32, 's');
  write("plain", secret);
  write("with_break", secret + "\n");
  write("with_windows_break", secret + "\r\n");
  const std::string token = sign_token(alice(), key::from_secret(secret));
  for (const char* name : {"plain", "with_break", "with_windows_break"})
    EXPECT_TRUE(verifier({.keys = {{file(name)}}}).verify(token, now)) << name;
}

TEST_F(keys, sources_are_files_with_or_without_a_name) {
  const auto is = [](std::string_view text, std::string_view id, std::string_view path) {
    const key_source source = parse_key_source(text);
    return source.id == id && source.file == path;
  };
  EXPECT_TRUE(is("jwt.pub", "", "jwt.pub"));
  EXPECT_TRUE(is("2026=jwt.pub", "2026", "jwt.pub"));
  EXPECT_TRUE(is("a=/etc/b=c", "a", "/etc/b=c"));
  EXPECT_TRUE(is("/etc/b=c", "", "/etc/b=c"));
  EXPECT_TRUE(is("=x", "", "=x"));
}

TEST_F(keys, are_chosen_by_the_name_in_the_token) {
  const verifier checks({.keys = {{file("EdDSA.pub"), "old"}, {file("ES256.pub"), "new"}}});
  EXPECT_TRUE(checks.verify(token_by(algorithm::eddsa, "old"), now));
  EXPECT_TRUE(checks.verify(token_by(algorithm::es256, "new"), now));
  EXPECT_EQ(checks.verify(token_by(algorithm::eddsa, "new"), now).error(),
            token_error::algorithm_refused);
  EXPECT_EQ(checks.verify(token_by(algorithm::eddsa, "other"), now).error(),
            token_error::unknown_key);
  EXPECT_TRUE(checks.verify(token_by(algorithm::eddsa), now)) << "any, without a name";
}

TEST_F(keys, without_a_name_are_for_tokens_with_any) {
  const verifier checks({.keys = {{file("EdDSA.pub")}, {file("ES256.pub"), "new"}}});
  EXPECT_TRUE(checks.verify(token_by(algorithm::eddsa, "whatever"), now));
  EXPECT_EQ(checks.verify(token_by(algorithm::es256, "whatever"), now).error(),
            token_error::algorithm_refused);
}

TEST_F(keys, of_one_algorithm_are_all_tried) {
  write("second", make_key(algorithm::hs256).private_text);
  const verifier checks({.keys = {{file("second")}, {file("HS256")}}});
  EXPECT_TRUE(checks.verify(token_by(algorithm::hs256), now));
  EXPECT_TRUE(checks.verify(sign_token(alice(), key::from_file(file("second"))), now));
}

TEST_F(keys, must_be_some_and_not_too_many_and_named_once) {
  EXPECT_THROW(verifier({.keys = {}}), std::invalid_argument);
  EXPECT_THROW(verifier({.keys = std::vector<key_source>(verifier::keys_max + 1,
                                                         key_source{file("HS256")})}),
               std::invalid_argument);
  EXPECT_THROW(verifier({.keys = {{file("HS256"), "a"}, {file("EdDSA.pub"), "a"}}}),
               std::invalid_argument);
  EXPECT_THROW(verifier({.keys = {{file("missing")}}}), std::runtime_error);
}

TEST_F(keys, are_changed_by_a_reload_for_all_copies) {
  write("current", content("HS256"));
  verifier checks({.keys = {{file("current")}}});
  const verifier copy = checks;
  const std::string old_token = token_by(algorithm::hs256);
  write("current", content("EdDSA.pub"));
  EXPECT_TRUE(copy.verify(old_token, now)) << "not yet";
  checks.reload();
  EXPECT_EQ(copy.verify(old_token, now).error(), token_error::algorithm_refused);
  EXPECT_TRUE(copy.verify(token_by(algorithm::eddsa), now));
}

TEST_F(keys, stay_when_a_reload_fails) {
  write("current", content("HS256"));
  verifier checks({.keys = {{file("current")}}});
  write("current", "x");
  EXPECT_THROW(checks.reload(), std::runtime_error);
  EXPECT_TRUE(checks.verify(token_by(algorithm::hs256), now));
}

TEST_F(keys, unverified_reading_tells_what_a_token_says) {
  const auto seen = read_unverified(token_by(algorithm::es256, "new"));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->algorithm, "ES256");
  EXPECT_EQ(seen->key_id, "new");
  EXPECT_EQ(seen->claims, alice());
  EXPECT_EQ(read_unverified("x.y.z").error(), token_error::malformed);
}

}  // namespace
}  // namespace actornet::auth
