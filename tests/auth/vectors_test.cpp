// The examples of the standards: RFC 7515, appendix A.1 to A.3; RFC 8037, appendix A.

#include <gtest/gtest.h>

#include "actornet/auth/base64url.hpp"
#include "actornet/auth/key.hpp"
#include "auth/token_parts.hpp"

namespace actornet::auth {
namespace {

constexpr const char* hs256_secret =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
constexpr const char* hs256_token =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

constexpr const char* rs256_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAofgWCuLjybRlzo0tZWJj\n"
    "NiuSfb4p4fAkd/wWJcyQoTbji9k0l8W26mPddxHmfHQp+Vaw+4qPCJrcS2mJPMEz\n"
    "P1Pt0Bm4d4QlL+yRT+SFd2lZS+pCgNMsD1W/YpRPEwOWvG6b32690r2jZ47soMZo\n"
    "9wGzjb/7OMg0LOL+bSf63kpaSHSXndS5z5rexMdbBYUsLA9e+KXBdQOS+UTo7WTB\n"
    "EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6/I5IhlJH7aGhyxX\n"
    "FvUK+DWNmoudF8NAco9/h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp\n"
    "oQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* rs256_token =
    "eyJhbGciOiJSUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L"
    "07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUi"
    "pUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

constexpr const char* es256_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
    "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* es256_token =
    "eyJhbGciOiJFUzI1NiJ9"
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlf"
    "Q.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

constexpr const char* eddsa_private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* eddsa_public_key =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* eddsa_token =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

bool is_signed_by(const key& by, std::string_view token) {
  const auto parts = detail::split_token(token);
  return by.verifies(parts->signed_text, *from_base64url(parts->signature));
}

std::string signature_of(const key& by, std::string_view token) {
  return to_base64url(by.sign(detail::split_token(token)->signed_text));
}

TEST(vectors, hs256_of_rfc_7515_a_1) {
  const key secret = key::from_secret(*from_base64url(hs256_secret));
  EXPECT_EQ(secret.kind(), algorithm::hs256);
  EXPECT_TRUE(is_signed_by(secret, hs256_token));
  EXPECT_EQ(signature_of(secret, hs256_token), detail::split_token(hs256_token)->signature);
}

TEST(vectors, rs256_of_rfc_7515_a_2) {
  const key shown = key::from_pem(rs256_key);
  EXPECT_EQ(shown.kind(), algorithm::rs256);
  EXPECT_FALSE(shown.can_sign());
  EXPECT_TRUE(is_signed_by(shown, rs256_token));
}

TEST(vectors, es256_of_rfc_7515_a_3) {
  const key shown = key::from_pem(es256_key);
  EXPECT_EQ(shown.kind(), algorithm::es256);
  EXPECT_TRUE(is_signed_by(shown, es256_token));
}

TEST(vectors, eddsa_of_rfc_8037_a_4) {
  const key own = key::from_pem(eddsa_private_key);
  const key shown = key::from_pem(eddsa_public_key);
  EXPECT_EQ(shown.kind(), algorithm::eddsa);
  EXPECT_TRUE(own.can_sign());
  EXPECT_TRUE(is_signed_by(shown, eddsa_token));
  EXPECT_TRUE(is_signed_by(own, eddsa_token));
  EXPECT_EQ(signature_of(own, eddsa_token), detail::split_token(eddsa_token)->signature);
}

TEST(vectors, no_key_takes_the_token_of_another) {
  const key keys[] = {key::from_secret(*from_base64url(hs256_secret)), key::from_pem(rs256_key),
                      key::from_pem(es256_key), key::from_pem(eddsa_public_key)};
  const char* tokens[] = {hs256_token, rs256_token, es256_token, eddsa_token};
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j)
      EXPECT_EQ(is_signed_by(keys[i], tokens[j]), i == j) << i << " " << j;
}

}  // namespace
}  // namespace actornet::auth
