#include "signaling/hub/desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/calls_hub/fake_lines.h"
#include "unit/calls_hub/store_desk.h"

namespace parley::signaling {
namespace {

using call::MemberId;
using call::RefusalCode;
using test::call_id;
using test::key;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DeskTest : public testing::Test {
 protected:
  DeskTest() {
    store.site({.private_calls = true});
    store.members({"ann", "bob", "cid"});
  }

  template <class T>
  CallResult<T> answer_of(const std::function<void(Desk::Then<T>)>& ask) {
    std::optional<CallResult<T>> got;
    ask([&](CallResult<T> result) {
      EXPECT_FALSE(got) << "answered twice";
      got = std::move(result);
    });
    store.settle();
    EXPECT_TRUE(got) << "never answered";
    return got.value_or(std::unexpected(Error{}));
  }
  CallResult<Sent> send(const std::string& from, const std::string& to, std::optional<call::CallId> call = {},
                        const std::string& text = "hello", const std::string& message_key = {}) {
    return answer_of<Sent>([&](Desk::Then<Sent> then) {
      desk.send(key(from), {MemberId(to), text, std::move(call), message_key}, std::move(then));
    });
  }
  CallResult<ThreadAnswer> thread(const std::string& who, const std::string& with,
                                  std::optional<std::uint64_t> before = {}) {
    return answer_of<ThreadAnswer>(
        [&](Desk::Then<ThreadAnswer> then) { desk.thread(key(who), {MemberId(with), before}, std::move(then)); });
  }
  NotificationsAnswer notifications(const std::string& who, const NotificationsWish& wish = {}) {
    return answer_of<NotificationsAnswer>([&](auto then) { desk.notifications(key(who), wish, std::move(then)); })
        .value();
  }
  NotificationsAnswer undelivered(const std::string& who) {
    return answer_of<NotificationsAnswer>([&](auto then) { desk.undelivered(key(who), std::move(then)); }).value();
  }
  std::size_t mark(const std::string& who, const std::vector<call::CallId>& calls) {
    return answer_of<Marked>([&](auto then) { desk.mark_read(key(who), {calls}, std::move(then)); }).value().unread;
  }
  std::vector<Card> cards(const std::string& viewer, const std::vector<std::string>& names) {
    std::vector<MemberId> members;
    for (const std::string& name : names) members.emplace_back(name);
    return answer_of<std::vector<Card>>([&](auto then) { desk.cards(key(viewer), members, std::move(then)); }).value();
  }
  template <class T>
  static std::optional<RefusalCode> refusal(const CallResult<T>& result) {
    if (result) return std::nullopt;
    const auto* code = std::get_if<RefusalCode>(&result.error());
    return code != nullptr ? std::optional(*code) : std::nullopt;
  }
  template <class T>
  static std::optional<ErrorCode> error(const CallResult<T>& result) {
    if (result) return std::nullopt;
    const auto* found = std::get_if<Error>(&result.error());
    return found != nullptr ? std::optional(found->code) : std::nullopt;
  }

  test::FakeClock clock;
  test::StoreOfTests store;
  Desk desk{*store.requests, clock.function()};
};

// ---- messages

TEST_F(DeskTest, AMessageIsKeptAndBothFindItInTheirThread) {
  const auto sent = send("ann", "bob", {}, "are you there?", "key-0001");
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.from, MemberId("ann"));
  EXPECT_EQ(sent->message.to, MemberId("bob"));
  EXPECT_EQ(sent->message.key, "key-0001");
  EXPECT_EQ(sent->message.at, clock.now().calendar);
  EXPECT_EQ(sent->from.name, "Name of ann");
  EXPECT_FALSE(sent->repeated);
  const auto hers = thread("ann", "bob");
  ASSERT_TRUE(hers);
  EXPECT_EQ(hers->with.name, "Name of bob");
  EXPECT_TRUE(hers->usable);
  EXPECT_THAT(hers->messages, ElementsAre(sent->message));
  const auto his = thread("bob", "ann");
  ASSERT_THAT(his->messages, SizeIs(1));
  EXPECT_EQ(his->messages[0].text, "are you there?");
  EXPECT_EQ(his->messages[0].key, "") << "the key is its sender's";
}

TEST_F(DeskTest, ARepeatedMessageIsTheSameAndSaysSo) {
  const auto first = send("ann", "bob", {}, "hello", "key-0001");
  const auto again = send("ann", "bob", {}, "hello", "key-0001");
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->message, first->message);
  EXPECT_THAT(thread("bob", "ann")->messages, SizeIs(1));
  EXPECT_THAT(store.backend->read_outbox("test", 10).value(), SizeIs(1));
}

TEST_F(DeskTest, ThePlatformLearnsThatSomethingWasWrittenAndNotWhat) {
  ASSERT_TRUE(send("ann", "bob", {}, "a secret"));
  const auto rows = store.backend->read_outbox("test", 10).value();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].what.topic, "message.created");
  EXPECT_EQ(rows[0].what.body.find("a secret"), std::string::npos);
  EXPECT_NE(rows[0].what.body.find(R"("from":"ann")"), std::string::npos) << rows[0].what.body;
  EXPECT_NE(rows[0].what.body.find(R"("to":"bob")"), std::string::npos) << rows[0].what.body;
}

TEST_F(DeskTest, R13_R38_OneSwitchOffOfTheThreeIsEnoughWhenItIsSent) {
  const auto off = [&] { return refusal(send("ann", "bob")); };
  EXPECT_EQ(off(), std::nullopt);
  store.member({.member = MemberId("bob"), .messenger = false});
  EXPECT_EQ(off(), RefusalCode::kMessengerOff);
  EXPECT_FALSE(thread("ann", "bob")->usable);
  store.member({.member = MemberId("bob"), .messenger = true});
  store.member({.member = MemberId("ann"), .messenger = false});
  EXPECT_EQ(off(), RefusalCode::kMessengerOff);
  store.member({.member = MemberId("ann"), .messenger = true});
  store.site({.messenger = false});
  EXPECT_EQ(off(), RefusalCode::kMessengerOff);
  EXPECT_THAT(thread("bob", "ann")->messages, SizeIs(1)) << "the one before";
}

TEST_F(DeskTest, R38_BeingBlockedLooksLikeAMessengerThatIsOff) {
  store.member({.member = MemberId("bob"), .blocked = std::vector{MemberId("ann")}});
  EXPECT_EQ(refusal(send("ann", "bob")), RefusalCode::kMessengerOff);
  EXPECT_FALSE(thread("ann", "bob")->usable);
  EXPECT_TRUE(send("bob", "ann"));
}

TEST_F(DeskTest, WhereThePlatformHasTheMessengerNothingIsWrittenHere) {
  store.missed_call(1, "ann", "bob");
  store.site({.messenger_by_platform = true});
  EXPECT_EQ(refusal(send("bob", "ann")), RefusalCode::kMessengerOff);
  EXPECT_FALSE(thread("bob", "ann")->usable);
  EXPECT_TRUE(notifications("bob").items.at(0).message_offered) << "the page leads to the platform's";
}

TEST_F(DeskTest, R50_UnknownForeignDeactivatedAndOneselfAreOneAnswer) {
  store.member({.member = MemberId("dan"), .deactivated = true});
  for (const char* to : {"nobody", "dan", "ann"}) {
    EXPECT_EQ(refusal(send("ann", to)), RefusalCode::kCalleeUnknown) << to;
    EXPECT_EQ(refusal(thread("ann", to)), RefusalCode::kCalleeUnknown) << to;
    EXPECT_EQ(refusal(thread("ann", to, 1)), RefusalCode::kCalleeUnknown) << to;
  }
}

TEST_F(DeskTest, WhatSomebodyDeactivatedWroteCanStillBeRead) {
  ASSERT_TRUE(send("bob", "ann"));
  store.member({.member = MemberId("bob"), .deactivated = true});
  const auto found = thread("ann", "bob");
  ASSERT_TRUE(found);
  EXPECT_THAT(found->messages, SizeIs(1));
  EXPECT_FALSE(found->usable);
}

TEST_F(DeskTest, ADeactivatedMemberWritesNothing) {
  store.member({.member = MemberId("ann"), .deactivated = true});
  EXPECT_EQ(refusal(send("ann", "bob")), RefusalCode::kNotFound);
}

TEST_F(DeskTest, R38_AMessageNamesACallOfTheTwoOrNone) {
  store.missed_call(1, "ann", "bob");
  ASSERT_TRUE(send("bob", "ann", call_id(1)));
  ASSERT_TRUE(send("ann", "bob", call_id(1)));
  EXPECT_EQ(thread("ann", "bob")->messages.at(0).call, call_id(1));
  EXPECT_EQ(refusal(send("cid", "ann", call_id(1))), RefusalCode::kNotFound) << "not cid's call";
  EXPECT_EQ(refusal(send("ann", "cid", call_id(1))), RefusalCode::kNotFound) << "not a call with cid";
  EXPECT_EQ(refusal(send("ann", "bob", call_id(9))), RefusalCode::kNotFound);
  store.member({.member = MemberId("ann"), .messenger = false});
  EXPECT_EQ(refusal(send("bob", "ann", call_id(1))), RefusalCode::kMessengerOff);
  EXPECT_EQ(refusal(send("cid", "ann", call_id(1))), RefusalCode::kNotFound) << "told nothing about the call's two";
}

TEST_F(DeskTest, ACallOfAnotherSiteIsUnknownHere) {
  store.missed_call(1, "ann", "bob");
  const MemberKey foreign{call::SiteId("elm"), MemberId("ann")};
  ASSERT_TRUE(store.backend->upsert_members(foreign.site, {{.member = foreign.member}, {.member = MemberId("bob")}}));
  const auto sent = answer_of<Sent>(
      [&](auto then) { desk.send(foreign, {MemberId("bob"), "hello", call_id(1), {}}, std::move(then)); });
  EXPECT_EQ(refusal(sent), RefusalCode::kNotFound);
}

TEST_F(DeskTest, AMessageHasOneByteAtLeastAndFourThousandAtMost) {
  EXPECT_EQ(error(send("ann", "bob", {}, "")), ErrorCode::kBadRequest);
  EXPECT_EQ(error(send("ann", "bob", {}, std::string(4'001, 'x'))), ErrorCode::kBadRequest);
  EXPECT_TRUE(send("ann", "bob", {}, std::string(4'000, 'x')));
}

TEST_F(DeskTest, AThreadComesInPagesNewestFirst) {
  for (int i = 1; i <= 120; ++i) ASSERT_TRUE(send("ann", "bob", {}, std::to_string(i)));
  std::vector<std::string> texts;
  std::optional<std::uint64_t> before;
  int pages = 0;
  do {
    const auto page = thread("bob", "ann", before);
    ASSERT_TRUE(page);
    for (const MessageNote& note : page->messages) texts.push_back(note.text);
    before = page->before;
    ++pages;
  } while (before && pages < 10);
  EXPECT_EQ(pages, 3);
  ASSERT_THAT(texts, SizeIs(120));
  EXPECT_EQ(texts.front(), "120");
  EXPECT_EQ(texts.back(), "1");
}

// ---- notifications

TEST_F(DeskTest, R20_AMissedCallIsListedWithWhoAndWhen) {
  store.missed_call(7, "ann", "bob");
  const auto answer = notifications("bob");
  EXPECT_EQ(answer.unread, 1u);
  EXPECT_FALSE(answer.before);
  ASSERT_THAT(answer.items, SizeIs(1));
  const NotificationNote& note = answer.items[0];
  EXPECT_EQ(note.call, call_id(7));
  EXPECT_EQ(note.from.name, "Name of ann");
  EXPECT_EQ(note.at, WallMs(std::chrono::milliseconds(7)));
  EXPECT_FALSE(note.read);
  EXPECT_TRUE(note.message_offered);
  EXPECT_THAT(notifications("ann").items, IsEmpty());
}

TEST_F(DeskTest, R10_ANotificationOffersToWriteUnderR13) {
  store.missed_call(1, "ann", "bob");
  const auto offered = [&] { return notifications("bob").items.at(0).message_offered; };
  store.member({.member = MemberId("ann"), .messenger = false});
  EXPECT_FALSE(offered());
  store.member({.member = MemberId("ann"), .messenger = true});
  EXPECT_TRUE(offered());
  store.member({.member = MemberId("ann"), .blocked = std::vector{MemberId("bob")}});
  EXPECT_FALSE(offered());
  store.member({.member = MemberId("ann"), .deactivated = true, .blocked = std::vector<MemberId>{}});
  EXPECT_FALSE(offered());
}

TEST_F(DeskTest, ReadingSomeLeavesTheOthersAndReadingAllLeavesNone) {
  for (std::uint64_t i = 1; i <= 450; ++i) store.missed_call(i, i % 2 == 0 ? "ann" : "cid", "bob");
  EXPECT_EQ(mark("bob", {call_id(1), call_id(2)}), 448u);
  EXPECT_EQ(mark("ann", {call_id(3)}), 0u) << "not hers to mark";
  EXPECT_EQ(notifications("bob", {true, {}}).unread, 448u);
  EXPECT_EQ(mark("bob", {}), 0u);
  EXPECT_THAT(notifications("bob", {true, {}}).items, IsEmpty());
  EXPECT_EQ(mark("bob", {}), 0u) << "nothing to mark is no fault";
  EXPECT_TRUE(notifications("bob").items.at(0).read);
}

TEST_F(DeskTest, NotificationsComeInPages) {
  for (std::uint64_t i = 1; i <= 60; ++i) store.missed_call(i, "ann", "bob");
  const auto first = notifications("bob");
  EXPECT_THAT(first.items, SizeIs(50));
  EXPECT_EQ(first.unread, 60u);
  ASSERT_TRUE(first.before);
  const auto rest = notifications("bob", {false, first.before});
  EXPECT_THAT(rest.items, SizeIs(10));
  EXPECT_FALSE(rest.before);
}

TEST_F(DeskTest, R42_WhatWasShownOnceIsNotShownAgain) {
  store.missed_call(1, "ann", "bob");
  const auto first = undelivered("bob");
  EXPECT_THAT(first.items, SizeIs(1));
  EXPECT_THAT(undelivered("bob").items, SizeIs(1)) << "asked for, and not shown yet";
  desk.delivered(key("bob"), first.items);
  store.settle();
  const auto second = undelivered("bob");
  EXPECT_THAT(second.items, IsEmpty());
  EXPECT_EQ(second.unread, 1u) << "shown is not read";
}

// ---- people

TEST_F(DeskTest, R50_CardsShowWhoIsThereAndNotWhyTheyCanNotBeCalled) {
  store.members({"dan", "eve", "fay"});
  store.member({.member = MemberId("dan"), .deactivated = true});
  store.member({.member = MemberId("eve"), .takes_calls = false});
  store.member({.member = MemberId("fay"), .blocked = std::vector{MemberId("ann")}});
  std::vector<std::pair<std::string, bool>> seen;
  for (const Card& card : cards("ann", {"fay", "nobody", "dan", "bob", "eve", "ann"})) {
    seen.emplace_back(card.person.member.text(), card.shown);
  }
  EXPECT_THAT(seen, ElementsAre(std::pair("fay", false), std::pair("bob", true), std::pair("eve", false),
                                std::pair("ann", true)));
  EXPECT_TRUE(cards("bob", {"fay"}).at(0).shown);
}

TEST_F(DeskTest, WhoNeverWasAMemberHasNoStanding) {
  const auto standing = [&](const MemberKey& who) {
    return answer_of<MemberStanding>([&](auto then) { desk.standing(who, std::move(then)); }).value();
  };
  EXPECT_EQ(standing(key("ann")).profile->name, "Name of ann");
  EXPECT_TRUE(standing(key("ann")).site.settings.private_calls);
  EXPECT_FALSE(standing(key("nobody")).profile);
  EXPECT_EQ(standing({call::SiteId("elm"), MemberId("ann")}).site.version, 0u);
}

TEST_F(DeskTest, AStoreThatIsShutAnswersThatItIsTooBusy) {
  store.requests->close();
  EXPECT_EQ(error(send("ann", "bob")), ErrorCode::kUnavailable);
  EXPECT_EQ(error(thread("ann", "bob")), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace parley::signaling
