#include "server/join_check.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

JoinRequest request() {
  return {.room = "room", .member = "alice", .name = "Alice", .permissions = {}, .only_publisher = {}};
}

TEST(JoinCheck, TakesANameOrNone) {
  EXPECT_TRUE(check_join(request()));
  JoinRequest nameless = request();
  nameless.name = "";
  EXPECT_TRUE(check_join(nameless));
}

TEST(JoinCheck, SaysWhatIsWrongWithARequest) {
  JoinRequest r = request();
  r.room = "";
  EXPECT_EQ(check_join(r).error().message, "the room's name must be 1 to 640 bytes of UTF-8");
  r.room = std::string(641, 'r');
  EXPECT_EQ(check_join(r).error().message, "the room's name must be 1 to 640 bytes of UTF-8");
  r.room = std::string(640, 'r');
  EXPECT_TRUE(check_join(r));
  r = request();
  r.member = std::string(129, 'a');
  EXPECT_EQ(check_join(r).error().message, "the member's identity must be 1 to 128 bytes of UTF-8");
  r = request();
  r.name = "\xff";
  EXPECT_EQ(check_join(r).error().message, "the member's name must be at most 128 bytes of UTF-8");
  EXPECT_EQ(check_join(r).error().code, ErrorCode::kBadRequest);
}

TEST(JoinCheck, RefusesWhereALimitIsReached) {
  LimitsConfig limits;
  limits.max_sessions = 3;
  limits.max_rooms = 2;
  limits.max_sessions_per_room = 1;
  EXPECT_TRUE(check_occupancy({.sessions = 2, .rooms = 1, .in_room = 0}, limits));
  EXPECT_EQ(check_occupancy({.sessions = 3, .rooms = 1, .in_room = 0}, limits).error().message, "the server is full");
  EXPECT_EQ(check_occupancy({.sessions = 2, .rooms = 2, .in_room = 0}, limits).error().message,
            "there are too many rooms");
  EXPECT_EQ(check_occupancy({.sessions = 2, .rooms = 1, .in_room = 1}, limits).error().message, "the room is full");
  EXPECT_EQ(check_occupancy({.sessions = 3, .rooms = 0, .in_room = 0}, limits).error().code, ErrorCode::kTooMany);
}

TEST(JoinCheck, WantsIceCredentialsAsIceWritesThem) {
  const std::string pwd(22, 'p');
  EXPECT_TRUE(check_restart({"ufra", pwd}));
  EXPECT_FALSE(check_restart({"ufr", pwd}));
  EXPECT_FALSE(check_restart({"ufra", pwd.substr(1)}));
  EXPECT_FALSE(check_restart({"uf:a", pwd}));
  EXPECT_FALSE(check_restart({std::string(257, 'u'), pwd}));
}

TEST(JoinCheck, KnowsUtf8) {
  for (const char* good :
       {"", "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace parley
