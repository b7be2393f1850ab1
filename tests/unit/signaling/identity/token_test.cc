#include "signaling/identity/token.h"

#include <gtest/gtest.h>
#include <jwt.h>

#include <cstdlib>

#include "signaling/identity/names.h"
#include "signaling/identity/secret.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;

const SigningKey kKey{std::string(32, 'k')};
constexpr std::chrono::sys_seconds kNow{1'800'000'000s};

Grant ada() {
  Grant grant;
  grant.member = "ada";
  grant.room = "hall";
  grant.publish = true;
  grant.expires_at = kNow + 2h;
  return grant;
}

// A token with any claims and any of libjwt's algorithms.
std::string signed_with(jwt_alg_t alg, const std::string& claims, const SigningKey& key = kKey,
                        const std::string& headers = {}) {
  jwt_t* jwt = nullptr;
  jwt_new(&jwt);
  if (!headers.empty()) jwt_add_headers_json(jwt, headers.c_str());
  jwt_add_grants_json(jwt, claims.c_str());
  const bool none = alg == JWT_ALG_NONE;
  jwt_set_alg(jwt, alg, none ? nullptr : reinterpret_cast<const unsigned char*>(key.bytes.data()),
              none ? 0 : static_cast<int>(key.bytes.size()));
  char* text = jwt_encode_str(jwt);
  std::string token = text;
  std::free(text);
  jwt_free(jwt);
  return token;
}

TEST(Token, SaysWhatWasWritten) {
  const auto grant = read_token(write_token(ada(), kKey, kNow), kKey, kNow);
  ASSERT_TRUE(grant) << grant.error().message;
  EXPECT_EQ(grant->member, "ada");
  EXPECT_EQ(grant->room, "hall");
  EXPECT_TRUE(grant->publish);
  EXPECT_FALSE(grant->subscribe);
  EXPECT_FALSE(grant->service);
  EXPECT_EQ(grant->expires_at, kNow + 2h);
  EXPECT_TRUE(grant->allows_room("hall"));
  EXPECT_FALSE(grant->allows_room("cellar"));
}

TEST(Token, OfAServiceNeedsNoMemberAndOpensAnyRoom) {
  Grant service;
  service.service = true;
  service.expires_at = kNow + 1h;
  const auto grant = read_token(write_token(service, kKey, kNow), kKey, kNow);
  ASSERT_TRUE(grant);
  EXPECT_TRUE(grant->allows_room("anywhere"));
}

TEST(Token, EndsAtItsTimeToTheSecond) {
  const std::string token = write_token(ada(), kKey, kNow);
  EXPECT_TRUE(read_token(token, kKey, kNow + 2h - 1s));
  const auto late = read_token(token, kKey, kNow + 2h);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kUnauthorized);
  EXPECT_EQ(late.error().message, "the token has expired");
}

TEST(Token, OfAnotherKeyIsNotValid) {
  EXPECT_FALSE(read_token(write_token(ada(), kKey, kNow), SigningKey{std::string(32, 'x')}, kNow));
}

TEST(Token, WithOneLetterChangedIsNotValid) {
  const std::string token = write_token(ada(), kKey, kNow);
  for (std::size_t i = 0; i + 2 < token.size(); i += 3) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_token(changed, kKey, kNow)) << i;
  }
}

TEST(Token, IsOnlyEverHmacSha256) {
  const std::string claims = R"({"sub":"ada","exp":1900000000,"publish":true})";
  EXPECT_TRUE(read_token(signed_with(JWT_ALG_HS256, claims), kKey, kNow));
  EXPECT_FALSE(read_token(signed_with(JWT_ALG_HS384, claims), kKey, kNow));
  EXPECT_FALSE(read_token(signed_with(JWT_ALG_HS512, claims), kKey, kNow));
  const std::string unsigned_token = signed_with(JWT_ALG_NONE, claims);
  EXPECT_FALSE(read_token(unsigned_token, kKey, kNow));
  EXPECT_FALSE(read_token(unsigned_token + "AAAA", kKey, kNow));
}

TEST(Token, NeedsClaimsOfTheirTypes) {
  for (const char* claims :
       {R"({"sub":"ada"})", R"({"exp":1900000000})", R"({"sub":"ada","exp":"1900000000"})",
        R"({"sub":7,"exp":1900000000})", R"({"sub":"ada","exp":1900000000,"publish":"yes"})",
        R"({"sub":"ada","exp":1900000000,"room":["hall"]})", R"({"sub":"ada","exp":-1})",
        R"({"sub":"ada","exp":1900000000,"site":""})", R"({"sub":"ada","exp":1900000000,"site":7})",
        R"({"sub":"ada","exp":1900000000,"aud":"another"})", R"({"sub":"ada","exp":1900000000,"iat":1850000000})",
        R"({"sub":"a\u0007","exp":1900000000})", R"({"sub":"ada","exp":1900000000,"nbf":1850000000})"}) {
    const auto grant = read_token(signed_with(JWT_ALG_HS256, claims), kKey, kNow);
    ASSERT_FALSE(grant) << claims;
    EXPECT_EQ(grant.error().message, "the token is not valid") << claims;
  }
}

TEST(Token, LongerThanEightKilobytesIsNotRead) {
  const std::string claims = R"({"sub":"ada","exp":1900000000,"x":")" + std::string(8000, 'x') + "\"}";
  EXPECT_FALSE(read_token(signed_with(JWT_ALG_HS256, claims), kKey, kNow));
}

TEST(Token, IsNoOtherText) {
  for (const char* text : {"", ".", "..", "a.b", "a.b.", "a.b.c.d", "a b.c.d", "a.b.c=", "\xff.a.b"}) {
    EXPECT_FALSE(read_token(text, kKey, kNow)) << text;
  }
}

TEST(Names, AreUtf8OfBoundedLengthWithoutControls) {
  EXPECT_TRUE(is_identifier("Zoë"));
  EXPECT_FALSE(is_identifier(""));
  EXPECT_TRUE(is_display_name(""));
  EXPECT_FALSE(is_identifier("a\nb"));
  EXPECT_FALSE(is_identifier("\xc3"));
  EXPECT_FALSE(is_identifier("\xc0\x80"));
  EXPECT_FALSE(is_identifier("\xed\xa0\x80"));
  EXPECT_TRUE(is_identifier(std::string(128, 'a')));
  EXPECT_FALSE(is_identifier(std::string(129, 'a')));
}

TEST(Secret, IsLongAndNeverTheSame) {
  EXPECT_EQ(random_hex(16).size(), 32u);
  EXPECT_NE(random_hex(16), random_hex(16));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

}  // namespace
}  // namespace parley::signaling
