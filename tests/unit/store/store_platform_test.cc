// What every back end promises to platforms and operators: sites, their events and where these go, counts.
#include <gmock/gmock.h>

#include "unit/store/store_fixture.h"

namespace parley::signaling::store::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const call::SiteId kOther{"other"};

class PlatformStore : public testing::TestWithParam<Kind> {
 protected:
  StoreBackend& store() { return *store_; }
  void commits(const Change& change) { ASSERT_TRUE(store().commit(change)); }
  void puts(const Webhook& wanted) {
    ASSERT_TRUE(store().put_webhook({wanted, {.site = wanted.site, .who = "admin", .why = "webhook"}}));
  }
  std::vector<std::uint64_t> events(const call::SiteId& site, std::uint64_t after, std::size_t limit = 100) {
    std::vector<std::uint64_t> serials;
    const auto rows = store().events_after(site, after, limit).value();
    for (const OutboxRow& row : rows) serials.push_back(row.serial);
    return serials;
  }
  // A call of another site.
  static Change elsewhere(std::uint64_t number) {
    Change change = lone_call(number, "ann", "bob");
    change.record.site = kOther;
    return change;
  }

  const call::MemberId ann{"ann"}, bob{"bob"};
  const Webhook hook{kSite, "https://example.org/hook", {"0123456789abcdef"}, 0};

 private:
  Folder folder_;
  std::unique_ptr<StoreBackend> store_ = make_backend(GetParam(), folder_);
};

INSTANTIATE_TEST_SUITE_P(Each, PlatformStore, testing::Values(Kind::kMemory, Kind::kSqlite), name_of_kind);

// ---- sites

TEST_P(PlatformStore, ListsSitesWithSettingsOrMembersInPages) {
  ASSERT_TRUE(store().put_site({call::SiteId("b"), {.private_calls = true}, {.site = call::SiteId("b")}}));
  ASSERT_TRUE(store().upsert_members(call::SiteId("a"), {{.member = ann}}));
  ASSERT_TRUE(store().upsert_members(call::SiteId("c"), {{.member = ann}}));
  ASSERT_TRUE(store().upsert_members(call::SiteId("d"), {}));
  const auto first = store().list_sites({}, 2).value();
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[0].site, call::SiteId("a"));
  EXPECT_EQ(first[0].entry.version, 0u) << "its settings were never written";
  EXPECT_EQ(first[1].site, call::SiteId("b"));
  EXPECT_TRUE(first[1].entry.settings.private_calls);
  const auto rest = store().list_sites(call::SiteId("b"), 10).value();
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].site, call::SiteId("c"));
}

TEST_P(PlatformStore, WritesSettingsOverASiteThatOnlyHadMembers) {
  ASSERT_TRUE(store().upsert_members(kSite, {{.member = ann}}));
  EXPECT_EQ(store().read_site(kSite).value().version, 0u);
  ASSERT_TRUE(store().put_site({kSite, {.messenger_by_platform = true}, {.site = kSite}}));
  ASSERT_TRUE(store().upsert_members(kSite, {{.member = bob}}));
  const SiteEntry entry = store().read_site(kSite).value();
  EXPECT_EQ(entry.version, 1u);
  EXPECT_TRUE(entry.settings.messenger_by_platform);
}

TEST_P(PlatformStore, WritesSettingsOnlyOverTheVersionThatWasRead) {
  const auto put = [&](std::optional<std::uint64_t> from, bool on) {
    return store().put_site({.site = kSite, .settings = {.private_calls = on}, .audit = {.site = kSite}, .from = from});
  };
  ASSERT_TRUE(put(0, true));
  const auto late = put(0, false);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().fault, Fault::kMoved);
  EXPECT_TRUE(store().read_site(kSite).value().settings.private_calls);
  EXPECT_THAT(store().read_audit(kSite, {}).value(), SizeIs(1)) << "a lost race leaves no line";
  ASSERT_TRUE(put(1, false));
  EXPECT_EQ(store().read_site(kSite).value().version, 2u);
}

TEST_P(PlatformStore, ErasesASiteWithAllThatIsInItAndKeepsOneLine) {
  for (const call::SiteId& site : std::array{kSite, kOther}) {
    ASSERT_TRUE(store().upsert_members(site, {{.member = ann, .blocked = std::vector{bob}}, {.member = bob}}));
    ASSERT_TRUE(store().put_site({site, {.private_calls = true}, {.site = site, .why = "private_calls"}}));
    puts({site, "https://example.org", {"0123456789abcdef"}, 0});
    ASSERT_TRUE(store().append_message({.site = site, .from = ann, .to = bob, .text = "hello"}));
  }
  commits(start_of(1, "ann", "bob"));
  commits(missed(store().read_call(call_id(1)).value()->record));
  commits(elsewhere(2));
  ASSERT_TRUE(store().erase_site(kSite, {.site = kSite, .who = "operator", .why = "erased"}));

  EXPECT_EQ(store().read_site(kSite).value().version, 0u);
  EXPECT_FALSE(store().read_member(kSite, ann).value());
  EXPECT_THAT(store().read_blocked(kSite, ann).value(), IsEmpty());
  EXPECT_FALSE(store().read_call(call_id(1)).value());
  EXPECT_THAT(store().notifications_of(kSite, bob, Which::kAll, {}).value(), IsEmpty());
  EXPECT_THAT(store().read_thread(kSite, ann, bob, {}).value(), IsEmpty());
  EXPECT_THAT(events(kSite, 0), IsEmpty());
  EXPECT_FALSE(store().read_webhook(kSite).value());
  EXPECT_EQ(store().read_pair(kSite, ann, bob).value().pair.version, 0u);
  EXPECT_EQ(store().read_pair(kSite, ann, bob).value().caller_row.version, 0u);
  const auto audit = store().read_audit(kSite, {}).value();
  ASSERT_THAT(audit, SizeIs(1));
  EXPECT_EQ(audit[0].why, "erased");

  const auto left = store().list_sites({}, 10).value();
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_EQ(left[0].site, kOther);
  EXPECT_TRUE(store().read_member(kOther, ann).value());
  EXPECT_TRUE(store().read_call(call_id(2)).value());
  EXPECT_TRUE(store().read_webhook(kOther).value());
  EXPECT_THAT(store().read_thread(kOther, ann, bob, {}).value(), SizeIs(1));
  EXPECT_TRUE(store().erase_site(kSite, {.site = kSite, .why = "again"}));
  commits(start_of(1, "ann", "bob"));
}

TEST_P(PlatformStore, KeepsASiteWhoseCallIsUnfinished) {
  ASSERT_TRUE(store().upsert_members(kSite, {{.member = ann}}));
  commits(lone_call(1, "ann", "bob"));
  const auto answer = store().erase_site(kSite, {.site = kSite});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::kInUse);
  EXPECT_TRUE(store().read_member(kSite, ann).value());
  EXPECT_TRUE(store().read_call(call_id(1)).value());
}

// ---- counts

TEST_P(PlatformStore, CountsCallsByRingAndState) {
  commits(lone_call(1, "ann", "bob", 1'000));
  commits(missed(store().read_call(call_id(1)).value()->record));
  commits(lone_call(2, "ann", "bob", 2'000));
  Change accepted = next_of(store().read_call(call_id(2)).value()->record);
  accepted.record.ring = call::Ring::kAccepted;
  accepted.record.state = call::State::kOpen;
  accepted.record.talked = call::CallSpan(500);
  commits(accepted);
  commits(lone_call(3, "ann", "bob", 3'000));
  commits(elsewhere(4));
  const CallCounts all = store().count_calls(kSite, wall(0)).value();
  EXPECT_THAT(all.by_ring, ElementsAre(1u, 1u, 0u, 1u, 0u, 0u));
  EXPECT_THAT(all.by_state, ElementsAre(1u, 1u, 0u, 0u, 0u, 1u));
  EXPECT_EQ(all.talked, call::CallSpan(500));
  const CallCounts recent = store().count_calls(kSite, wall(2'000)).value();
  EXPECT_THAT(recent.by_ring, ElementsAre(1u, 1u, 0u, 0u, 0u, 0u)) << "the first began before";
  EXPECT_EQ(store().count_calls(call::SiteId("nowhere"), wall(0)).value(), CallCounts{});
}

TEST_P(PlatformStore, CountsUnreadNotifications) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    commits(lone_call(i, "ann", "bob"));
    commits(missed(store().read_call(call_id(i)).value()->record));
  }
  EXPECT_EQ(store().count_unread(kSite, bob).value(), 3u);
  ASSERT_TRUE(store().mark_notifications(kSite, bob, {call_id(1)}, Mark::kDelivered));
  EXPECT_EQ(store().count_unread(kSite, bob).value(), 3u) << "shown is not read";
  ASSERT_TRUE(store().mark_notifications(kSite, bob, {call_id(1), call_id(2)}, Mark::kRead));
  EXPECT_EQ(store().count_unread(kSite, bob).value(), 1u);
  EXPECT_EQ(store().count_unread(kSite, ann).value(), 0u);
}

// ---- events

TEST_P(PlatformStore, GivesASitesEventsOldestFirstAfterACursor) {
  commits(lone_call(1, "ann", "bob"));
  commits(elsewhere(2));
  commits(lone_call(3, "bob", "ann"));
  commits(lone_call(4, "ann", "bob"));
  EXPECT_THAT(events(kSite, 0), ElementsAre(1u, 3u, 4u));
  EXPECT_THAT(events(kSite, 1, 1), ElementsAre(3u));
  EXPECT_THAT(events(kSite, 4), IsEmpty());
  EXPECT_THAT(events(kOther, 0), ElementsAre(2u));
  EXPECT_THAT(events(kSite, std::numeric_limits<std::uint64_t>::max()), IsEmpty());
  const OutboxRow row = store().events_after(kSite, 1, 1).value().at(0);
  EXPECT_EQ(row.call, call_id(3));
  EXPECT_EQ(row.first, ann);
  EXPECT_EQ(row.second, bob);
  EXPECT_EQ(row.what, (OutboxDraft{"call.started", call_id(3).text()}));
  EXPECT_EQ(row.at, wall(1'000));
}

TEST_P(PlatformStore, WritesTheEventOfAMessageOnce) {
  MessageDraft draft{.site = kSite, .from = bob, .to = ann, .key = "k", .text = "hello", .at = wall(7)};
  draft.outbox.push_back({"message.created", "{}"});
  EXPECT_THAT(store().append_message(draft).value().said.outbox, IsEmpty());
  ASSERT_TRUE(store().append_message(draft)) << "repeated";
  draft.key = "k2";
  draft.text = "";
  ASSERT_FALSE(store().append_message(draft)) << "refused";
  const auto rows = store().events_after(kSite, 0, 10).value();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_FALSE(rows[0].call);
  EXPECT_EQ(rows[0].first, ann);
  EXPECT_EQ(rows[0].second, bob);
  EXPECT_EQ(rows[0].what, (OutboxDraft{"message.created", "{}"}));
  EXPECT_EQ(rows[0].at, wall(7));
  EXPECT_THAT(store().read_thread(kSite, ann, bob, {}).value().at(0).said.outbox, IsEmpty());
}

TEST_P(PlatformStore, ErasesTheEventsAboutAMember) {
  commits(lone_call(1, "ann", "bob"));
  commits(missed(store().read_call(call_id(1)).value()->record));
  commits(lone_call(2, "bob", "cid"));
  commits(missed(store().read_call(call_id(2)).value()->record));
  ASSERT_TRUE(store().erase_member(kSite, ann));
  const auto rows = store().events_after(kSite, 0, 10).value();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].call, call_id(2));
}

TEST_P(PlatformStore, SaysWhichSitesHaveNews) {
  EXPECT_EQ(store().outbox_news(0).value(), (OutboxNews{0, {}}));
  commits(elsewhere(1));
  commits(lone_call(2, "ann", "bob"));
  commits(lone_call(3, "ann", "bob"));
  EXPECT_EQ(store().outbox_news(0).value(), (OutboxNews{3, {kOther, kSite}}));
  EXPECT_EQ(store().outbox_news(1).value(), (OutboxNews{3, {kSite}}));
  EXPECT_EQ(store().outbox_news(3).value(), (OutboxNews{3, {}}));
  EXPECT_EQ(store().outbox_news(std::numeric_limits<std::uint64_t>::max()).value(), (OutboxNews{3, {}}));
  ASSERT_TRUE(store().purge({.outbox = wall(9'000)}));
  EXPECT_EQ(store().outbox_news(0).value(), (OutboxNews{3, {}})) << "the end stays";
}

// ---- webhooks

TEST_P(PlatformStore, KeepsAWebhookAndWhoChangedIt) {
  EXPECT_FALSE(store().read_webhook(kSite).value());
  puts(hook);
  Webhook changed = hook;
  changed.url = "https://example.org/2";
  changed.secrets = {"0123456789abcdef", "12:34567890abcdef"};
  puts(changed);
  changed.version = 2;
  EXPECT_EQ(store().read_webhook(kSite).value(), changed);
  EXPECT_THAT(store().read_audit(kSite, {}).value(), SizeIs(2));
}

TEST_P(PlatformStore, ListsWebhooksInPages) {
  for (const char* site : {"c", "a", "b"}) puts({call::SiteId(site), "https://example.org", {"0123456789abcdef"}, 0});
  const auto first = store().read_webhooks({}, 2).value();
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[1].site, call::SiteId("b"));
  const auto rest = store().read_webhooks(call::SiteId("b"), 2).value();
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].site, call::SiteId("c"));
}

TEST_P(PlatformStore, BeginsAWebhookWithTheEventsToCome) {
  commits(lone_call(1, "ann", "bob"));
  puts(hook);
  EXPECT_EQ(store().read_webhook(kSite).value()->acknowledged, 1u);
  commits(lone_call(2, "ann", "bob"));
  puts(hook);
  EXPECT_EQ(store().read_webhook(kSite).value()->acknowledged, 1u) << "a change leaves its place";
  ASSERT_TRUE(store().ack_outbox(consumer_of(kSite), 2));
  EXPECT_EQ(store().read_webhooks({}, 1).value().at(0).acknowledged, 2u);
  commits(lone_call(3, "ann", "bob"));
  ASSERT_TRUE(store().erase_webhook(kSite, {.site = kSite, .why = "webhook"}));
  EXPECT_EQ(store().erase_webhook(kSite, {.site = kSite}).error().fault, Fault::kNotFound);
  puts(hook);
  EXPECT_EQ(store().read_webhook(kSite).value()->acknowledged, 3u) << "and a new one begins anew";
  EXPECT_EQ(store().read_webhook(kSite).value()->version, 1u);
}

TEST_P(PlatformStore, RefusesAWebhookThatCannotBe) {
  const auto fault = [&](const Webhook& bad) { return store().put_webhook({bad, {}}).error().fault; };
  Webhook bad = hook;
  bad.url = "";
  EXPECT_EQ(fault(bad), Fault::kInvalid);
  bad.url = std::string(kMaxUrlBytes + 1, 'x');
  EXPECT_EQ(fault(bad), Fault::kLimit);
  bad = hook;
  bad.secrets = {};
  EXPECT_EQ(fault(bad), Fault::kInvalid);
  bad.secrets = {hook.secrets[0], hook.secrets[0], hook.secrets[0]};
  EXPECT_EQ(fault(bad), Fault::kInvalid);
  bad.secrets = {"short"};
  EXPECT_EQ(fault(bad), Fault::kInvalid);
  bad.secrets = {std::string(kMaxSecretBytes + 1, 'x')};
  EXPECT_EQ(fault(bad), Fault::kLimit);
  EXPECT_FALSE(store().read_webhook(kSite).value());
}

}  // namespace
}  // namespace parley::signaling::store::test
