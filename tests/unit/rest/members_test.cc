#include "signaling/identity/names.h"
#include "unit/rest/site_fixture.h"

namespace parley::signaling {
namespace {

using test::body_of;
using test::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class MembersRest : public test::SiteFixture {
 protected:
  std::vector<std::string> keys_of(const json& object) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object.items()) keys.push_back(key);
    return keys;
  }
  std::vector<std::string> ids_of(const json& page) {
    std::vector<std::string> ids;
    for (const json& each : page["members"]) ids.push_back(each["member"]);
    return ids;
  }
  std::int64_t milliseconds_ago(std::chrono::milliseconds span) {
    return (now_.calendar - span).time_since_epoch().count();
  }
};

TEST_F(MembersRest, R50_MembersMeetNamesAndPicturesOfThoseWhoAreThere) {
  const json page = body_of(ask("GET", "/v1/sites/oak/members", member("bob")));
  EXPECT_THAT(ids_of(page), ElementsAre("ada", "bob", "eve"));
  EXPECT_THAT(keys_of(page["members"][0]), UnorderedElementsAre("member", "name", "avatar"));
  EXPECT_EQ(ask("GET", "/v1/sites/oak/members/gone", member("bob")).status, 404);
  EXPECT_EQ(ask("GET", "/v1/sites/oak/members/gone", member("bob")).body,
            ask("GET", "/v1/sites/oak/members/stranger", member("bob")).body);
  EXPECT_THAT(keys_of(body_of(ask("GET", "/v1/sites/oak/members/ada", member("bob")))),
              UnorderedElementsAre("member", "name", "avatar"));
}

TEST_F(MembersRest, PlatformAndAdministratorsReadEverythingAndBlocksAreBetweenMemberAndPlatform) {
  add_member("oak", {.member = call::MemberId("bob"), .blocked = std::vector{call::MemberId("ada")}});
  for (const std::string& bearer : {service(), member("ada")}) {
    const json page = body_of(ask("GET", "/v1/sites/oak/members", bearer));
    EXPECT_THAT(ids_of(page), ElementsAre("ada", "bob", "eve", "gone"));
    EXPECT_THAT(keys_of(page["members"][0]), UnorderedElementsAre("member", "name", "avatar", "role", "messenger",
                                                                  "takes_calls", "deactivated", "version"));
    EXPECT_EQ(page["members"][0]["role"], "admin");
    EXPECT_EQ(page["members"][3]["deactivated"], true);
  }
  EXPECT_THAT(body_of(ask("GET", "/v1/sites/oak/members/bob", service()))["blocked"], ElementsAre("ada"));
  EXPECT_THAT(body_of(ask("GET", "/v1/sites/oak/members/bob", member("bob")))["blocked"], ElementsAre("ada"));
  EXPECT_FALSE(body_of(ask("GET", "/v1/sites/oak/members/bob", member("ada"))).contains("blocked"));
}

TEST_F(MembersRest, ComeInPages) {
  const json first = body_of(ask("GET", "/v1/sites/oak/members?limit=2", service()));
  EXPECT_THAT(ids_of(first), ElementsAre("ada", "bob"));
  ASSERT_EQ(first["after"], "bob");
  const json rest = body_of(ask("GET", "/v1/sites/oak/members?limit=3&after=bob", service()));
  EXPECT_THAT(ids_of(rest), ElementsAre("eve", "gone"));
  EXPECT_FALSE(rest.contains("after"));
  for (const char* bad : {"0", "-1", "x", "", "1e3", "99999999999999999999"}) {
    EXPECT_EQ(ask("GET", std::string("/v1/sites/oak/members?limit=") + bad, service()).status, 400) << bad;
  }
}

TEST_F(MembersRest, ThePlatformWritesManyAtOnceAndTheSameAgainChangesNothing) {
  json list = json::array();
  for (int i = 0; i < 1000; ++i) list.push_back({{"member", "m" + std::to_string(i)}, {"name", "Member"}});
  EXPECT_EQ(body_of(ask("PUT", "/v1/sites/oak/members", service(), list))["changed"], 1000);
  const auto lines = audit("oak").size();
  EXPECT_EQ(body_of(ask("PUT", "/v1/sites/oak/members", service(), list))["changed"], 0);
  EXPECT_EQ(audit("oak").size(), lines) << "nothing changed, nothing to tell";
  EXPECT_THAT(control_.said, IsEmpty()) << "nobody has met them yet";
  list[500]["name"] = "Another";
  EXPECT_EQ(body_of(ask("PUT", "/v1/sites/oak/members", service(), list))["changed"], 1);
  EXPECT_THAT(control_.said, ElementsAre("member oak/m500"));
  list.push_back({{"member", "one too many"}});
  EXPECT_EQ(ask("PUT", "/v1/sites/oak/members", service(), list).status, 400);
}

TEST_F(MembersRest, OneBadEntryRefusesTheWholeList) {
  for (const json& bad : {json{{"name", "nobody"}}, json{{"member", ""}}, json{{"member", "a/b"}},
                          json{{"member", ".."}}, json{{"member", "a\nb"}}, json{{"member", std::string(129, 'a')}},
                          json{{"member", "x"}, {"rôle", "admin"}}, json("x"), json{{"member", "fresh"}}}) {
    const HttpResponse answer =
        ask("PUT", "/v1/sites/oak/members", service(), json::array({{{"member", "fresh"}}, bad}));
    EXPECT_EQ(answer.status, 400) << bad;
    EXPECT_FALSE(profile("oak", "fresh")) << bad;
  }
}

TEST_F(MembersRest, OneIsWrittenByNameAndWhatIsNotNamedStays) {
  const HttpResponse made = ask("PUT", "/v1/sites/oak/members/fay", service(),
                                {{"name", "Fay"},
                                 {"avatar", "https://cdn.example/fay.png"},
                                 {"role", "admin"},
                                 {"takes_calls", false},
                                 {"blocked", {"bob"}}});
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(body_of(made)["blocked"], json({"bob"}));
  EXPECT_EQ(body_of(made)["version"], 1);
  const json renamed = body_of(ask("PUT", "/v1/sites/oak/members/fay", service(), {{"name", "Fay B."}}));
  EXPECT_EQ(renamed["name"], "Fay B.");
  EXPECT_EQ(renamed["role"], "admin");
  EXPECT_EQ(renamed["takes_calls"], false);
  EXPECT_EQ(renamed["blocked"], json({"bob"}));
  EXPECT_THAT(control_.said, ElementsAre("member oak/fay"));
  EXPECT_EQ(profile("elm", "fay"), std::nullopt);
}

TEST_F(MembersRest, R50_DeactivatingIsToldAtOnce) {
  EXPECT_EQ(body_of(ask("PUT", "/v1/sites/oak/members/bob", service(), {{"deactivated", true}}))["deactivated"], true);
  EXPECT_THAT(control_.said, ElementsAre("member oak/bob"));
  EXPECT_EQ(ask("GET", "/v1/sites/oak/members", member("bob")).status, 403);
}

TEST_F(MembersRest, R3_WhatThePlatformSawWithinFiveMinutesIsInteraction) {
  const auto put = [&](std::int64_t at) {
    EXPECT_EQ(ask("PUT", "/v1/sites/oak/members/bob", service(), {{"active_at", at}}).status, 200);
  };
  using namespace std::chrono_literals;
  put(milliseconds_ago(5min));
  put(milliseconds_ago(-31s));
  EXPECT_THAT(control_.said, IsEmpty());
  put(milliseconds_ago(5min - 1ms));
  put(milliseconds_ago(0s));
  EXPECT_THAT(control_.said, ElementsAre("interacted oak/bob", "interacted oak/bob"));
  EXPECT_EQ(profile("oak", "bob")->version, 1u) << "no change of the profile";
}

TEST_F(MembersRest, AMemberTurnsThreeSwitchesOfItsOwnAndNoOther) {
  const HttpResponse turned = ask("PATCH", "/v1/sites/oak/members/bob", member("bob"),
                                  {{"messenger", false}, {"takes_calls", false}, {"blocked", {"eve"}}});
  ASSERT_EQ(turned.status, 200) << turned.body;
  EXPECT_EQ(body_of(turned)["blocked"], json({"eve"}));
  EXPECT_FALSE(profile("oak", "bob")->messenger);
  EXPECT_FALSE(profile("oak", "bob")->takes_calls);
  EXPECT_THAT(control_.said, ElementsAre("member oak/bob"));
  EXPECT_EQ(audit("oak").front().to, "messenger=off takes_calls=off blocked");
  EXPECT_EQ(audit("oak").front().by, call::MemberId("bob"));
}

TEST_F(MembersRest, R2_R48_NobodyMakesItselfAnAdministratorOrAnotherSilent) {
  const std::vector<json> wishes = {{{"role", "admin"}}, {{"name", "Ada"}},
                                    {{"avatar", ""}},    {{"deactivated", true}},
                                    {{"active_at", 1}},  {{"messenger", true}, {"role", "admin"}}};
  for (const json& wish : wishes) {
    const auto lines = audit("oak").size();
    EXPECT_EQ(ask("PATCH", "/v1/sites/oak/members/bob", member("bob"), wish).status, 403) << wish;
    ASSERT_EQ(audit("oak").size(), lines + 1) << wish;
    EXPECT_EQ(audit("oak").front().refused, "forbidden");
  }
  EXPECT_EQ(ask("PATCH", "/v1/sites/oak/members/eve", member("bob"), {{"messenger", false}}).status, 403);
  EXPECT_EQ(ask("PATCH", "/v1/sites/oak/members/bob", member("ada"), {{"messenger", false}}).status, 403)
      << "administrators included";
  EXPECT_EQ(ask("PUT", "/v1/sites/oak/members/bob", member("ada"), {{"role", "admin"}}).status, 403);
  EXPECT_EQ(profile("oak", "bob")->version, 1u);
  EXPECT_THAT(control_.said, IsEmpty());
}

TEST_F(MembersRest, NamesAreKeptWithoutControlsAndWithoutWhatTurnsText) {
  const json made = body_of(ask("PUT", "/v1/sites/oak/members/fay", service(),
                                {{"name", "  F\u0007a\u202Ey\u2066 \u200FB\u2069\u061C \u0085"}}));
  EXPECT_EQ(made["name"], "Fay B");
  EXPECT_EQ(clean_name("\u200E\u200F"), "");
  EXPECT_EQ(clean_name("Zoë 李 👩‍👩‍👧"), "Zoë 李 👩‍👩‍👧")
      << "joiners belong to names and pictures";
  std::string eighty;
  for (int i = 0; i < 80; ++i) eighty += "ü";
  EXPECT_EQ(clean_name(eighty), eighty);
  EXPECT_EQ(clean_name(eighty + "\u202E "), eighty);
  EXPECT_FALSE(clean_name(eighty + "a"));
  EXPECT_FALSE(clean_name("\xff"));
  EXPECT_EQ(ask("PUT", "/v1/sites/oak/members/fay", service(), {{"name", eighty + "a"}}).status, 400);
}

TEST_F(MembersRest, PicturesComeFromHttpsOrFromTheSiteItself) {
  const auto status = [&](const std::string& url) {
    return ask("PUT", "/v1/sites/oak/members/fay", service(), {{"avatar", url}}).status;
  };
  for (const char* good : {"", "https://cdn.example/a.png?x=1#y", "/avatars/fay.png", "https://cdn.example"}) {
    EXPECT_EQ(status(good), 200) << good;
  }
  for (const char* bad : {"http://cdn.example/a.png", "javascript:alert(1)", "data:image/png;base64,AA",
                          "//cdn.example/a", "/\\cdn.example", "https://", "https:///a", "https://user@cdn.example/",
                          "https://cdn.example/a b", "https://cdn.example/\"x", "https://cdn.example/')", "a.png",
                          "https://cdn.exämple/a", "HTTPS://cdn.example/a"}) {
    EXPECT_EQ(status(bad), 400) << bad;
  }
  EXPECT_EQ(status("https://a/" + std::string(2038, 'x')), 200);
  EXPECT_EQ(status("https://a/" + std::string(2039, 'x')), 400);
}

TEST_F(MembersRest, BlocksAreBoundedAndOfOthers) {
  json many = json::array();
  for (int i = 0; i < 1001; ++i) many.push_back("m" + std::to_string(i));
  for (const json& bad : {many, json{"bob"}, json{7}, json{""}, json("eve"), json{{"eve", true}}}) {
    EXPECT_EQ(ask("PATCH", "/v1/sites/oak/members/bob", member("bob"), {{"blocked", bad}}).status, 400);
  }
  EXPECT_EQ(ask("PATCH", "/v1/sites/oak/members/bob", member("bob"), {{"blocked", json::array()}}).status, 200);
}

TEST_F(MembersRest, ErasingTakesEverythingAndIsTold) {
  const HttpResponse erased = ask("DELETE", "/v1/sites/oak/members/bob", service());
  EXPECT_EQ(erased.status, 204);
  EXPECT_FALSE(profile("oak", "bob"));
  EXPECT_THAT(control_.said, ElementsAre("member oak/bob"));
  EXPECT_EQ(audit("oak").front().to, "erased");
  EXPECT_EQ(ask("DELETE", "/v1/sites/oak/members/bob", service()).status, 404);
  EXPECT_EQ(ask("DELETE", "/v1/sites/oak/members/ada", member("ada")).status, 403);
}

}  // namespace
}  // namespace parley::signaling
