#include "signaling/identity/key_ring.h"

#include <gtest/gtest.h>
#include <jwt.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "signaling/identity/token.h"

namespace parley::signaling {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds kNow{1'800'000'000s};
const SigningKey kOwn{std::string(32, 'k')};
const SigningKey kOak{std::string(32, 'o'), "oak-1", {"oak", "elm"}};
const SigningKey kMembersOnly{std::string(32, 'm'), "oak-members", {"oak"}, true, false};
const SigningKey kServiceOnly{std::string(32, 's'), "oak-service", {"oak"}, false, true};
const SigningKey kBeech{std::string(32, 'b'), "beech-1", {"beech"}};
const KeyRing kKeys(kOwn, {kOak, kMembersOnly, kServiceOnly, kBeech});

Grant member_of(const std::string& site) {
  Grant grant;
  grant.site = site;
  grant.member = "ada";
  grant.expires_at = kNow + 1h;
  return grant;
}

Grant service_of(const std::string& site) {
  Grant grant = member_of(site);
  grant.member.clear();
  grant.service = true;
  return grant;
}

Result<Grant> read(const Grant& grant, const SigningKey& key) {
  return read_token(write_token(grant, key, kNow), kKeys, kNow);
}

// Any header and claims over any secret.
std::string token_of(const std::string& header, const std::string& claims, const SigningKey& key) {
  jwt_t* jwt = nullptr;
  jwt_new(&jwt);
  jwt_add_headers_json(jwt, header.c_str());
  jwt_add_grants_json(jwt, claims.c_str());
  jwt_set_alg(jwt, JWT_ALG_HS256, reinterpret_cast<const unsigned char*>(key.bytes.data()),
              static_cast<int>(key.bytes.size()));
  char* text = jwt_encode_str(jwt);
  std::string token = text;
  std::free(text);
  jwt_free(jwt);
  return token;
}

TEST(KeyRing, ATokenNamesItsKeyAndTheGrantKeepsTheName) {
  const auto grant = read(member_of("elm"), kOak);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->key_id, "oak-1");
  EXPECT_EQ(grant->site, "elm");
  EXPECT_EQ(read(member_of("oak"), kOwn)->key_id, "local");
}

TEST(KeyRing, TheServersOwnKeySignsForEverySite) {
  for (const char* site : {"default", "oak", "anywhere"}) EXPECT_TRUE(read(service_of(site), kOwn)) << site;
}

TEST(KeyRing, APlatformsKeySignsForItsSitesOnly) {
  for (const Grant& grant : {member_of("beech"), service_of("beech"), member_of("default"), service_of("default")}) {
    const auto read_back = read(grant, kOak);
    ASSERT_FALSE(read_back) << grant.site;
    EXPECT_EQ(read_back.error().message, "the token is not valid");
  }
}

TEST(KeyRing, APlatformsKeySignsItsKindsOnly) {
  EXPECT_TRUE(read(member_of("oak"), kMembersOnly));
  EXPECT_FALSE(read(service_of("oak"), kMembersOnly));
  EXPECT_TRUE(read(service_of("oak"), kServiceOnly));
  EXPECT_FALSE(read(member_of("oak"), kServiceOnly));
}

TEST(KeyRing, ASecretUnderAnotherKeysNameOpensNothing) {
  for (const SigningKey& named : {kOwn, kOak, kBeech}) {
    for (const SigningKey& secret : {kOwn, kOak, kBeech}) {
      SigningKey forged = named;
      forged.bytes = secret.bytes;
      EXPECT_EQ(read(member_of(named.is_own() ? "oak" : named.sites[0]), forged).has_value(), named.id == secret.id)
          << named.id << " with the secret of " << secret.id;
    }
  }
}

TEST(KeyRing, HeadersThatNameNoKeyOfOursOpenNothing) {
  const std::string claims = R"({"aud":"parley","site":"oak","sub":"ada","exp":1900000000})";
  EXPECT_TRUE(read_token(token_of(R"({"kid":"oak-1"})", claims, kOak), kKeys, kNow));
  EXPECT_TRUE(read_token(token_of(R"({"kid":"local"})", claims, kOwn), kKeys, kNow));
  for (const char* header : {R"({"kid":"oak-2"})", R"({"kid":7})", R"({"kid":["oak-1"]})", R"({"kid":""})", "{}",
                             R"({"kid":"oak-1","crit":["exp"]})", R"({"kid":"../token.key"})"}) {
    EXPECT_FALSE(read_token(token_of(header, claims, kOak), kKeys, kNow)) << header;
  }
}

TEST(KeyRing, APlatformsTokenIsForThisServerAndSaysUntilWhenAndForWhichSite) {
  const auto reads = [](const std::string& claims) {
    return read_token(token_of(R"({"kid":"oak-1"})", claims, kOak), kKeys, kNow).has_value();
  };
  EXPECT_TRUE(reads(R"({"aud":["x","parley"],"site":"oak","sub":"ada","exp":1900000000})"));
  EXPECT_FALSE(reads(R"({"aud":["x"],"site":"oak","sub":"ada","exp":1900000000})"));
  EXPECT_FALSE(reads(R"({"aud":"x","site":"oak","sub":"ada","exp":1900000000})"));
  EXPECT_FALSE(reads(R"({"aud":{"parley":1},"site":"oak","sub":"ada","exp":1900000000})"));
  EXPECT_FALSE(reads(R"({"site":"oak","sub":"ada","exp":1900000000})"));
  EXPECT_FALSE(reads(R"({"aud":"parley","site":"oak","sub":"ada"})"));
  EXPECT_FALSE(reads(R"({"aud":"parley","sub":"ada","exp":1900000000})"));
}

TEST(KeyRing, ClocksMayDifferByThirtySeconds) {
  const auto reads = [](const char* name, std::chrono::seconds ahead) {
    const std::string claims = R"({"sub":"ada","exp":1900000000,")" + std::string(name) +
                               "\":" + std::to_string((kNow + ahead).time_since_epoch().count()) + "}";
    return read_token(token_of("{}", claims, kOwn), kKeys, kNow).has_value();
  };
  for (const char* name : {"nbf", "iat"}) {
    EXPECT_TRUE(reads(name, 30s)) << name;
    EXPECT_FALSE(reads(name, 31s)) << name;
  }
}

TEST(KeyRing, R23_OnlyAMemberWithoutARoomHasPrivateCalls) {
  Grant grant = member_of("oak");
  EXPECT_TRUE(grant.allows_calls());
  grant.room = "hall";
  EXPECT_FALSE(grant.allows_calls());
  EXPECT_FALSE(service_of("oak").allows_calls());
}

}  // namespace
}  // namespace parley::signaling
