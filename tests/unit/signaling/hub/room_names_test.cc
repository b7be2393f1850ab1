#include "signaling/hub/room_names.h"

#include <gtest/gtest.h>

#include <set>

#include "signaling/identity/names.h"

namespace parley::signaling {
namespace {

TEST(RoomNames, NameTheSiteAndTheRoom) {
  EXPECT_EQ(media_room("default", "hall"), "room/default/hall");
  Grant grant;
  grant.site = "oak";
  EXPECT_EQ(media_room(grant, "hall"), "room/oak/hall");
}

TEST(RoomNames, NoSiteCanSpellTheRoomOfAnother) {
  std::set<std::string> names;
  std::size_t count = 0;
  for (const char* site : {"a", "a/b", "a/b/c", "a%2Fb", "a%252Fb", "%", "/", "%2F"}) {
    for (const char* name : {"b", "b/c", "c", "/", "%2Fb", "2F/b", ""}) {
      names.insert(media_room(site, name));
      ++count;
    }
  }
  EXPECT_EQ(names.size(), count);
}

TEST(RoomNames, R23_NoNameOfARoomIsTheNameOfACallsRoom) {
  const std::string room = call_room(*call::CallId::parse("0123456789abcdef0123456789abcdef"));
  EXPECT_EQ(room, "call/0123456789abcdef0123456789abcdef");
  for (const std::string& site : {std::string("default"), std::string("call"), std::string("../call"), room}) {
    for (const std::string& name : {room, std::string("hall"), "/" + room, "../../" + room}) {
      EXPECT_TRUE(media_room(site, name).starts_with("room/"));
      EXPECT_NE(media_room(site, name), room);
    }
  }
}

// The longest that a token can name, on a site whose name is nothing but slashes.
TEST(RoomNames, FitIntoWhatTheMediaServerTakes) {
  EXPECT_LE(media_room(std::string(kMaxName, '/'), std::string(kMaxName, 'n')).size(), 640u);
}

}  // namespace
}  // namespace parley::signaling
