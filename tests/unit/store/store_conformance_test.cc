// What every back end of the store promises. One suite, run on each.
#include <gmock/gmock.h>

#include "unit/store/store_fixture.h"

namespace parley::signaling::store::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Store : public testing::TestWithParam<Kind> {
 protected:
  StoreBackend& store() { return *store_; }
  void commits(const Change& change) {
    const CommitAnswer answer = store().commit(change);
    ASSERT_TRUE(answer) << "moved: " << testing::PrintToString(moved(answer).size());
  }
  void add_members(std::initializer_list<const char*> names) {
    std::vector<MemberUpdate> updates;
    for (const char* name : names) updates.push_back({.member = call::MemberId(name), .name = name});
    ASSERT_TRUE(store().upsert_members(kSite, updates));
  }
  std::vector<Notification> notifications(const char* member, Which which = Which::kAll) {
    return store().notifications_of(kSite, call::MemberId(member), which, {}).value();
  }
  std::size_t audit_lines() { return store().read_audit(kSite, {.limit = kMaxPage}).value().size(); }
  std::size_t outbox_rows() { return store().read_outbox("test", kMaxPage).value().size(); }

  const call::MemberId ann{"ann"}, bob{"bob"}, cid{"cid"};

 private:
  Folder folder_;
  std::unique_ptr<StoreBackend> store_ = make_backend(GetParam(), folder_);
};

INSTANTIATE_TEST_SUITE_P(Each, Store, testing::Values(Kind::kMemory, Kind::kSqlite), name_of_kind);

// ---- transitions

TEST_P(Store, KeepsEveryFieldOfARecord) {
  Change change;
  change.record = full_record(1);
  change.stamp = {call::call_time(5), wall(6)};
  commits(change);
  const auto found = store().read_call(call_id(1)).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->record, full_record(1));
  EXPECT_EQ(found->created, wall(6));
  EXPECT_EQ(found->changed, wall(6));

  Change again = next_of(full_record(1), 9);
  again.record.parties[0] = {};
  again.record.parties[1] = {};
  again.record.carriers.clear();
  again.record.ended_at.reset();
  again.record.both_since.reset();
  commits(again);
  const auto changed = store().read_call(call_id(1)).value();
  EXPECT_EQ(changed->record, again.record);
  EXPECT_EQ(changed->created, wall(6));
  EXPECT_EQ(changed->changed, wall(9));
}

TEST_P(Store, KnowsNoCallThatWasNeverCommitted) {
  EXPECT_FALSE(store().read_call(call_id(1)).value());
}

TEST_P(Store, WritesATransitionWithItsRowsAuditAndOutboxTogether) {
  commits(start_of(1, "ann", "bob"));
  const PairView view = store().read_pair(kSite, ann, bob).value();
  EXPECT_EQ(view.caller_row, (call::MemberRow{kSite, ann, call_id(1), {}, 1}));
  EXPECT_EQ(view.callee_row, (call::MemberRow{kSite, bob, {}, {}, 0}));
  EXPECT_EQ(view.pair.ringing, call_id(1));
  EXPECT_EQ(view.pair.version, 1u);
  const auto audit = store().read_audit(kSite, {}).value();
  ASSERT_THAT(audit, SizeIs(1));
  EXPECT_EQ(audit[0].call, call_id(1));
  EXPECT_EQ(audit[0].who, "caller");
  EXPECT_EQ(audit[0].by, ann);
  EXPECT_EQ(audit[0].why, "start");
  EXPECT_EQ(audit[0].to, "ringing/ringing");
  EXPECT_EQ(audit[0].stamp, (Stamp{call::call_time(1'000), wall(1'000)}));
  const auto outbox = store().read_outbox("hook", 10).value();
  ASSERT_THAT(outbox, SizeIs(1));
  EXPECT_EQ(outbox[0].what.topic, "call.started");
  EXPECT_EQ(outbox[0].call, call_id(1));
}

TEST_P(Store, ReadsAPairAlikeFromBothSides) {
  commits(start_of(1, "ann", "bob"));
  EXPECT_EQ(store().read_pair(kSite, bob, ann).value().pair.ringing, call_id(1));
}

TEST_P(Store, NamesTheCallThatMovedAndWritesNothing) {
  commits(start_of(1, "ann", "bob"));
  const call::CallRecord record = store().read_call(call_id(1)).value()->record;
  commits(next_of(record));
  Change late = missed(record);
  late.outbox.push_back({"call.missed", ""});
  EXPECT_THAT(moved(store().commit(late)), ElementsAre(Moved::kCall));
  EXPECT_EQ(store().read_call(call_id(1)).value()->record.ring, call::Ring::kRinging);
  EXPECT_THAT(notifications("bob"), IsEmpty());
  EXPECT_EQ(audit_lines(), 2u);
  EXPECT_EQ(outbox_rows(), 1u);
}

TEST_P(Store, RefusesASecondStartUnderTheSameId) {
  commits(lone_call(1, "ann", "bob"));
  EXPECT_THAT(moved(store().commit(lone_call(1, "ann", "bob"))), ElementsAre(Moved::kCall));
}

TEST_P(Store, RefusesAnUpdateOfACallThatIsNotThere) {
  EXPECT_THAT(moved(store().commit(next_of(start_of(1, "ann", "bob").record))), ElementsAre(Moved::kCall));
  EXPECT_FALSE(store().read_call(call_id(1)).value());
}

TEST_P(Store, LetsOneOfTwoStartsOfAPairWin) {
  commits(start_of(1, "ann", "bob"));
  EXPECT_THAT(moved(store().commit(start_of(2, "bob", "ann"))), ElementsAre(Moved::kPair));
  EXPECT_FALSE(store().read_call(call_id(2)).value());
  EXPECT_EQ(store().read_pair(kSite, bob, ann).value().caller_row.version, 0u) << "nothing of the loser is written";
}

TEST_P(Store, LetsOneOfTwoStartsOfACallerWin) {
  commits(start_of(1, "ann", "bob"));
  EXPECT_THAT(moved(store().commit(start_of(2, "ann", "cid"))), ElementsAre(Moved::kCallerRow));
  EXPECT_FALSE(store().read_call(call_id(2)).value());
  EXPECT_EQ(store().read_pair(kSite, ann, cid).value().pair.version, 0u);
}

TEST_P(Store, NamesEverythingThatMoved) {
  commits(start_of(1, "ann", "bob"));
  Change other = start_of(1, "ann", "bob");
  other.persist.callee_row = call::MemberRow{kSite, bob, {}, call_id(1), 7};
  other.guards = {.site = 3, .caller_profile = 4, .callee_profile = 5};
  EXPECT_THAT(moved(store().commit(other)),
              ElementsAre(Moved::kCall, Moved::kSite, Moved::kCallerProfile, Moved::kCalleeProfile, Moved::kPair,
                          Moved::kCallerRow, Moved::kCalleeRow));
}

TEST_P(Store, GivesARequestOfACallerToOneCall) {
  Change first = lone_call(1, "ann", "bob");
  first.record.request = call::RequestId("r");
  commits(first);
  Change again = lone_call(2, "ann", "cid");
  again.record.request = call::RequestId("r");
  EXPECT_THAT(moved(store().commit(again)), ElementsAre(Moved::kRequest));
  Change of_another = lone_call(3, "bob", "cid");
  of_another.record.request = call::RequestId("r");
  commits(of_another);
  const StartView view = store().read_start({kSite, ann, cid, call::RequestId("r"), {}}).value();
  ASSERT_TRUE(view.same_request);
  EXPECT_EQ(view.same_request->id, call_id(1));
}

TEST_P(Store, AllowsManyCallsWithoutARequestId) {
  commits(lone_call(1, "ann", "bob"));
  commits(lone_call(2, "ann", "bob"));
  EXPECT_FALSE(store().read_start({kSite, ann, bob, {}, {}}).value().same_request);
}

TEST_P(Store, RefusesAStartWhoseSiteWasSwitchedOffSinceItWasRead) {
  const SiteEntry read = store().read_site(kSite).value();
  ASSERT_TRUE(store().put_site({kSite, {}, {.site = kSite, .who = "admin", .why = "private_calls"}}));
  Change change = start_of(1, "ann", "bob");
  change.guards.site = read.version;
  EXPECT_THAT(moved(store().commit(change)), ElementsAre(Moved::kSite));
  change.guards.site = store().read_site(kSite).value().version;
  commits(change);
}

TEST_P(Store, RefusesAStartWhoseCalleeWasDeactivatedSinceItWasRead) {
  add_members({"ann", "bob"});
  Change change = start_of(1, "ann", "bob");
  change.guards.callee_profile = store().read_pair(kSite, ann, bob).value().callee->version;
  ASSERT_TRUE(store().upsert_members(kSite, {{.member = bob, .deactivated = true}}));
  EXPECT_THAT(moved(store().commit(change)), ElementsAre(Moved::kCalleeProfile));
}

TEST_P(Store, RefusesAChangeThatContradictsItself) {
  const auto refused = [&](const Change& change) {
    const CommitAnswer answer = store().commit(change);
    const auto* failure = answer ? nullptr : std::get_if<Failure>(&answer.error());
    return failure && failure->fault == Fault::kInvalid;
  };
  Change skips = start_of(1, "ann", "bob");
  skips.record.version = 5;
  EXPECT_TRUE(refused(skips));
  Change other_member = start_of(1, "ann", "bob");
  other_member.persist.caller_row->member = cid;
  EXPECT_TRUE(refused(other_member));
  Change other_pair = start_of(1, "ann", "bob");
  other_pair.persist.pair->second = cid;
  EXPECT_TRUE(refused(other_pair));
  EXPECT_TRUE(refused(start_of(1, "ann", "ann")));
  Change long_request = start_of(1, "ann", "bob");
  long_request.record.request = call::RequestId(std::string(kMaxIdBytes + 1, 'x'));
  EXPECT_TRUE(refused(long_request));
  EXPECT_FALSE(store().read_call(call_id(1)).value());
}

// ---- reading calls

TEST_P(Store, GivesAMembersCallsRecentFirstInPages) {
  for (std::uint64_t i = 1; i <= 7; ++i) commits(lone_call(i, i % 2 ? "ann" : "bob", i % 2 ? "bob" : "ann"));
  commits(lone_call(8, "bob", "cid"));
  Page page{.limit = 3};
  std::vector<call::CallId> seen;
  for (auto found = store().calls_of(kSite, ann, page).value(); !found.empty();
       found = store().calls_of(kSite, ann, page).value()) {
    EXPECT_LE(found.size(), 3u);
    for (const StoredCall& each : found) seen.push_back(each.record.id);
    page.before = found.back().serial;
  }
  EXPECT_THAT(seen, ElementsAre(call_id(7), call_id(6), call_id(5), call_id(4), call_id(3), call_id(2), call_id(1)));
  EXPECT_THAT(store().calls_of(call::SiteId("elsewhere"), ann, {}).value(), IsEmpty());
}

TEST_P(Store, BoundsAPage) {
  for (std::uint64_t i = 1; i <= kMaxPage + 5; ++i) commits(lone_call(i, "ann", "bob"));
  EXPECT_THAT(store().calls_of(kSite, ann, {.limit = 1'000'000}).value(), SizeIs(kMaxPage));
}

TEST_P(Store, FindsTheUnfinishedCallsForAStartOfTheServer) {
  for (std::uint64_t i = 1; i <= 5; ++i) commits(lone_call(i, "ann", "bob"));
  commits(missed(store().read_call(call_id(2)).value()->record));
  Change accepted = next_of(store().read_call(call_id(3)).value()->record);
  accepted.record.ring = call::Ring::kAccepted;
  accepted.record.state = call::State::kOpen;
  commits(accepted);
  const auto first = store().unfinished_calls(0, 3).value();
  ASSERT_THAT(first, SizeIs(3));
  EXPECT_EQ(first[1].record, accepted.record);
  const auto rest = store().unfinished_calls(first.back().serial, 3).value();
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].record.id, call_id(5));
}

TEST_P(Store, CountsTheStartsOfTheLastMinute) {
  commits(lone_call(1, "ann", "bob", 1'000));
  commits(lone_call(2, "ann", "bob", 1'001));
  commits(lone_call(3, "bob", "ann", 1'002));
  commits(lone_call(4, "ann", "cid", 1'003));
  commits(lone_call(5, "cid", "bob", 1'004));
  const auto counts = store().read_start({kSite, ann, bob, {}, call::call_time(1'000)}).value().recent;
  EXPECT_EQ(counts.by_caller, 2u);
  EXPECT_EQ(counts.by_pair, 2u) << "in either direction";
  EXPECT_EQ(counts.to_callee, 2u);
}

TEST_P(Store, BringsTheCallsThatTheRowsName) {
  commits(start_of(1, "ann", "bob"));
  Change into = start_of(2, "cid", "bob");
  into.persist.callee_row = call::MemberRow{kSite, bob, {}, call_id(2), 1};
  commits(into);
  const StartView view = store().read_start({kSite, ann, bob, {}, {}}).value();
  EXPECT_EQ(view.pair_ringing.value().id, call_id(1));
  EXPECT_EQ(view.caller_ringing.value().id, call_id(1));
  EXPECT_FALSE(view.caller_inside);
  EXPECT_EQ(view.callee_inside.value().id, call_id(2));
}

// ---- sites and members

TEST_P(Store, HasANewSiteOff) {
  const SiteEntry site = store().read_site(kSite).value();
  EXPECT_FALSE(site.settings.private_calls);
  EXPECT_EQ(site.version, 0u);
}

TEST_P(Store, KeepsASitesSettingsAndWhoChangedThem) {
  call::SiteSettings s;
  s.private_calls = true;
  s.messenger = false;
  s.messenger_by_platform = true;
  s.ring = call::CallSpan(11'000);
  s.lifetime = call::CallSpan(12'000);
  s.busy = call::BusyPolicy::kReject;
  s.on_disable = call::OnDisable::kTerminate;
  s.second_tab = call::SecondTab::kRefuse;
  s.per_minute = {7, 8, 9};
  ASSERT_TRUE(store().put_site(
      {kSite, s, {.site = kSite, .who = "admin", .by = ann, .from = "off", .to = "on", .why = "private_calls"}}));
  const SiteEntry entry = store().read_site(kSite).value();
  EXPECT_EQ(entry.version, 1u);
  const call::SiteSettings& found = entry.settings;
  EXPECT_TRUE(found.private_calls);
  EXPECT_FALSE(found.messenger);
  EXPECT_TRUE(found.messenger_by_platform);
  EXPECT_EQ(found.ring, s.ring);
  EXPECT_EQ(found.lifetime, s.lifetime);
  EXPECT_EQ(found.busy, s.busy);
  EXPECT_EQ(found.on_disable, s.on_disable);
  EXPECT_EQ(found.second_tab, s.second_tab);
  EXPECT_EQ(found.per_minute.by_caller, 7u);
  EXPECT_EQ(found.per_minute.by_pair, 8u);
  EXPECT_EQ(found.per_minute.to_callee, 9u);
  const auto audit = store().read_audit(kSite, {}).value();
  ASSERT_THAT(audit, SizeIs(1));
  EXPECT_EQ(audit[0].by, ann);
  EXPECT_EQ(audit[0].to, "on");
}

TEST_P(Store, UpsertsMembersInBulkAndTheSameAgainChangesNone) {
  const std::vector<MemberUpdate> updates = {
      {.member = ann, .name = "Ann", .avatar = "a.png", .role = Role::kAdmin, .blocked = std::vector{cid, bob, cid}},
      {.member = bob, .name = "Bob", .messenger = false, .takes_calls = false}};
  EXPECT_EQ(store().upsert_members(kSite, updates).value(), 2u);
  EXPECT_EQ(store().upsert_members(kSite, updates).value(), 0u);
  EXPECT_EQ(store().read_member(kSite, ann).value(),
            (MemberProfile{kSite, ann, "Ann", "a.png", Role::kAdmin, true, true, false, 1}));
  EXPECT_EQ(store().read_member(kSite, bob).value(),
            (MemberProfile{kSite, bob, "Bob", "", Role::kMember, false, false, false, 1}));
  EXPECT_THAT(store().read_blocked(kSite, ann).value(), ElementsAre(bob, cid));
  EXPECT_FALSE(store().read_member(call::SiteId("elsewhere"), ann).value());
}

TEST_P(Store, LeavesWhatAnUpdateDoesNotName) {
  ASSERT_TRUE(
      store().upsert_members(kSite, {{.member = ann, .name = "Ann", .messenger = false, .blocked = std::vector{bob}}}));
  EXPECT_EQ(store().upsert_members(kSite, {{.member = ann, .name = "Anna"}}).value(), 1u);
  const auto profile = store().read_member(kSite, ann).value();
  EXPECT_EQ(profile->name, "Anna");
  EXPECT_FALSE(profile->messenger);
  EXPECT_EQ(profile->version, 2u);
  EXPECT_THAT(store().read_blocked(kSite, ann).value(), ElementsAre(bob));
  EXPECT_EQ(store().upsert_members(kSite, {{.member = ann, .blocked = std::vector<call::MemberId>{}}}).value(), 1u);
  EXPECT_THAT(store().read_blocked(kSite, ann).value(), IsEmpty());
  EXPECT_EQ(store().read_member(kSite, ann).value()->version, 3u) << "a block is a fact of the member too";
}

TEST_P(Store, WritesNothingOfABulkWithOneMemberTooMuch) {
  std::vector<MemberUpdate> updates = {{.member = ann, .name = "Ann"},
                                       {.member = bob, .name = std::string(kMaxNameBytes + 1, 'x')}};
  const auto answer = store().upsert_members(kSite, updates);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::kLimit);
  EXPECT_FALSE(store().read_member(kSite, ann).value());
}

TEST_P(Store, SaysToTheStepWhomTheCalleeBlocks) {
  ASSERT_TRUE(store().upsert_members(kSite, {{.member = bob, .blocked = std::vector{ann}}}));
  EXPECT_TRUE(store().read_pair(kSite, ann, bob).value().caller_blocked);
  EXPECT_FALSE(store().read_pair(kSite, bob, ann).value().caller_blocked);
  EXPECT_FALSE(store().read_pair(kSite, ann, bob).value().caller) << "not a member of the site";
}

TEST_P(Store, ListsASitesMembersInPages) {
  add_members({"cid", "ann", "bob"});
  const auto first = store().list_members(kSite, {}, 2).value();
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[1].member, bob);
  const auto rest = store().list_members(kSite, bob, 2).value();
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].member, cid);
}

TEST_P(Store, ReadsPeopleInTheOrderAskedForAndWhoOfThemBlocksTheViewer) {
  add_members({"ann", "bob", "cid"});
  ASSERT_TRUE(store().upsert_members(kSite, {{.member = cid, .blocked = std::vector{ann}}}));
  ASSERT_TRUE(store().put_site({.site = kSite, .settings = {.private_calls = true}, .audit = {}}));
  const PeopleView view = store().read_people(kSite, ann, {cid, call::MemberId("nobody"), bob, ann}).value();
  EXPECT_TRUE(view.site.settings.private_calls);
  EXPECT_EQ(view.site.version, 1u);
  ASSERT_THAT(view.people, SizeIs(3));
  EXPECT_EQ(view.people[0].profile, store().read_member(kSite, cid).value());
  EXPECT_TRUE(view.people[0].blocks_viewer);
  EXPECT_EQ(view.people[1].profile.member, bob);
  EXPECT_FALSE(view.people[1].blocks_viewer);
  EXPECT_EQ(view.people[2].profile.member, ann);
  EXPECT_FALSE(store().read_people(kSite, bob, {cid}).value().people.at(0).blocks_viewer);
  EXPECT_THAT(store().read_people(call::SiteId("other"), ann, {bob}).value().people, IsEmpty());
}

TEST_P(Store, ReadsNoMorePeopleAtOnceThanAPageHas) {
  EXPECT_TRUE(store().read_people(kSite, ann, std::vector(kMaxPage, bob)));
  EXPECT_EQ(store().read_people(kSite, ann, std::vector(kMaxPage + 1, bob)).error().fault, Fault::kLimit);
}

TEST_P(Store, ErasesAMemberWithAllThatNamesIt) {
  add_members({"ann", "bob", "cid"});
  ASSERT_TRUE(store().upsert_members(kSite, {{.member = bob, .blocked = std::vector{ann}}}));
  commits(start_of(1, "ann", "bob"));
  commits(missed(store().read_call(call_id(1)).value()->record));
  commits(lone_call(2, "bob", "cid"));
  ASSERT_TRUE(store().append_message({.site = kSite, .from = ann, .to = bob, .call = call_id(1), .text = "hello"}));
  ASSERT_TRUE(store().erase_member(kSite, ann));
  EXPECT_FALSE(store().read_member(kSite, ann).value());
  EXPECT_FALSE(store().read_call(call_id(1)).value());
  EXPECT_TRUE(store().read_call(call_id(2)).value());
  EXPECT_THAT(notifications("bob"), IsEmpty());
  EXPECT_THAT(store().read_thread(kSite, bob, ann, {}).value(), IsEmpty());
  EXPECT_THAT(store().read_blocked(kSite, bob).value(), IsEmpty());
  EXPECT_EQ(store().read_pair(kSite, ann, bob).value().pair.version, 0u);
  const auto audit = store().read_audit(kSite, {}).value();
  for (const AuditEntry& entry : audit) EXPECT_NE(entry.by, ann);
  EXPECT_EQ(audit_lines(), 3u);
  EXPECT_TRUE(store().erase_member(kSite, ann)) << "again";
}

TEST_P(Store, KeepsAMemberWhoseCallIsUnfinished) {
  add_members({"ann", "bob"});
  commits(lone_call(1, "ann", "bob"));
  const auto answer = store().erase_member(kSite, bob);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::kInUse);
  EXPECT_TRUE(store().read_member(kSite, bob).value());
}

// ---- notifications and messages

TEST_P(Store, StoresOneNotificationPerRing) {
  commits(lone_call(1, "ann", "bob"));
  commits(missed(store().read_call(call_id(1)).value()->record, 40'000));
  commits(missed(store().read_call(call_id(1)).value()->record, 50'000));
  const auto found = notifications("bob");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].call, call_id(1));
  EXPECT_EQ(found[0].from, ann);
  EXPECT_EQ(found[0].at, wall(40'000)) << "the first stays";
  EXPECT_THAT(notifications("ann"), IsEmpty());
}

TEST_P(Store, MarksNotificationsDeliveredAndReadOnce) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    commits(lone_call(i, "ann", "bob"));
    commits(missed(store().read_call(call_id(i)).value()->record));
  }
  EXPECT_EQ(store().mark_notifications(kSite, bob, {call_id(1), call_id(1)}, Mark::kRead).value(), 1u);
  EXPECT_EQ(store().mark_notifications(kSite, bob, {call_id(1), call_id(2)}, Mark::kDelivered).value(), 1u);
  EXPECT_EQ(store().mark_notifications(kSite, ann, {call_id(3)}, Mark::kRead).value(), 0u) << "not hers";
  EXPECT_THAT(notifications("bob", Which::kUnread), SizeIs(2));
  const auto undelivered = notifications("bob", Which::kUndelivered);
  ASSERT_THAT(undelivered, SizeIs(1));
  EXPECT_EQ(undelivered[0].call, call_id(3));
  EXPECT_THAT(notifications("bob"), SizeIs(3));
}

TEST_P(Store, LetsTheOldestNotificationGiveWay) {
  for (std::uint64_t i = 1; i <= kMaxNotifications + 2; ++i) {
    Change change = lone_call(i, "ann", "bob");
    change.persist.missed_notice = true;
    commits(change);
  }
  std::size_t count = 0;
  Page page{.limit = kMaxPage};
  for (auto found = store().notifications_of(kSite, bob, Which::kAll, page).value(); !found.empty();
       found = store().notifications_of(kSite, bob, Which::kAll, page).value()) {
    count += found.size();
    page.before = found.back().serial;
    if (found.size() < kMaxPage) {
      EXPECT_EQ(found.back().call, call_id(3));
    }
  }
  EXPECT_EQ(count, kMaxNotifications);
}

TEST_P(Store, KeepsAThreadOfTwoMembers) {
  commits(lone_call(1, "ann", "bob"));
  const MessageDraft first{kSite, ann, bob, call_id(1), "", "are you there?", wall(7)};
  ASSERT_TRUE(store().append_message(first));
  ASSERT_TRUE(store().append_message({.site = kSite, .from = bob, .to = ann, .text = "yes"}));
  ASSERT_TRUE(store().append_message({.site = kSite, .from = ann, .to = cid, .text = "elsewhere"}));
  const auto thread = store().read_thread(kSite, bob, ann, {}).value();
  ASSERT_THAT(thread, SizeIs(2));
  EXPECT_EQ(thread[0].said.text, "yes");
  EXPECT_EQ(thread[0].said.from, bob);
  EXPECT_EQ(thread[0].said.to, ann);
  EXPECT_FALSE(thread[0].said.call);
  EXPECT_EQ(thread[1].said.from, ann);
  EXPECT_EQ(thread[1].said.to, bob);
  EXPECT_EQ(thread[1].said.call, call_id(1));
  EXPECT_EQ(thread[1].said.at, wall(7));
  const auto older = store().read_thread(kSite, ann, bob, {.before = thread[0].serial, .limit = 5}).value();
  ASSERT_THAT(older, SizeIs(1));
  EXPECT_EQ(older[0].said.text, "are you there?");
}

TEST_P(Store, TakesARepeatedMessageOnce) {
  const MessageDraft draft{.site = kSite, .from = ann, .to = bob, .key = "k1", .text = "hello"};
  const Message first = store().append_message(draft).value();
  EXPECT_FALSE(first.repeated);
  const Message again = store().append_message(draft).value();
  EXPECT_EQ(again.serial, first.serial);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.said.text, "hello");
  EXPECT_THAT(store().read_thread(kSite, ann, bob, {}).value(), SizeIs(1));
  MessageDraft back = draft;
  std::swap(back.from, back.to);
  EXPECT_NE(store().append_message(back).value().serial, first.serial) << "the key is the sender's own";
}

TEST_P(Store, RefusesMessagesBeyondTheirLimits) {
  const auto fault = [&](const MessageDraft& draft) { return store().append_message(draft).error().fault; };
  EXPECT_EQ(fault({.site = kSite, .from = ann, .to = bob, .text = ""}), Fault::kInvalid);
  EXPECT_EQ(fault({.site = kSite, .from = ann, .to = ann, .text = "me"}), Fault::kInvalid);
  EXPECT_EQ(fault({.site = kSite, .from = ann, .to = bob, .text = std::string(kMaxMessageBytes + 1, 'x')}),
            Fault::kLimit);
  EXPECT_EQ(fault({.site = kSite, .from = ann, .to = bob, .call = call_id(9), .text = "which?"}), Fault::kNotFound);
  EXPECT_TRUE(
      store().append_message({.site = kSite, .from = ann, .to = bob, .text = std::string(kMaxMessageBytes, 'x')}));
}

// ---- audit, outbox, clock

TEST_P(Store, KeepsRefusalsThatBelongToNoCall) {
  const AuditEntry entry{.site = kSite,
                         .who = "caller",
                         .by = ann,
                         .why = "start",
                         .refused = "private_calls_disabled",
                         .stamp = {call::call_time(3), wall(4)}};
  ASSERT_TRUE(store().append_audit(entry));
  auto found = store().read_audit(kSite, {}).value();
  ASSERT_THAT(found, SizeIs(1));
  found[0].serial = 0;
  EXPECT_EQ(found[0], entry);
  EXPECT_THAT(store().read_audit(call::SiteId("elsewhere"), {}).value(), IsEmpty());
}

TEST_P(Store, GivesEachConsumerOfTheOutboxItsOwnPlace) {
  for (std::uint64_t i = 1; i <= 3; ++i) commits(lone_call(i, "ann", "bob"));
  const auto rows = store().read_outbox("a", 2).value();
  ASSERT_THAT(rows, SizeIs(2));
  ASSERT_TRUE(store().ack_outbox("a", rows[1].serial));
  ASSERT_TRUE(store().ack_outbox("a", rows[0].serial)) << "backwards is no news";
  const auto rest = store().read_outbox("a", 10).value();
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_EQ(rest[0].call, call_id(3));
  EXPECT_THAT(store().read_outbox("b", 10).value(), SizeIs(3));
}

TEST_P(Store, RefusesAnAcknowledgementOfWhatWasNeverSent) {
  commits(lone_call(1, "ann", "bob"));
  EXPECT_EQ(store().ack_outbox("a", 2).error().fault, Fault::kNotFound);
  EXPECT_THAT(store().read_outbox("a", 10).value(), SizeIs(1));
}

TEST_P(Store, KeepsTheLastClockRow) {
  EXPECT_FALSE(store().read_clock().value());
  ASSERT_TRUE(
      store().put_clock({{"boot", std::chrono::milliseconds(1), std::chrono::milliseconds(2)}, call::call_time(3)}));
  ASSERT_TRUE(
      store().put_clock({{"boot2", std::chrono::milliseconds(4), std::chrono::milliseconds(5)}, call::call_time(6)}));
  const call::ClockRow row = store().read_clock().value().value();
  EXPECT_EQ(row.reading.boot_id, "boot2");
  EXPECT_EQ(row.reading.boot.count(), 4);
  EXPECT_EQ(row.reading.wall.count(), 5);
  EXPECT_EQ(row.line, call::call_time(6));
}

// ---- retention

TEST_P(Store, PurgesWhatIsOlderAndNothingUnfinished) {
  commits(lone_call(1, "ann", "bob", 1'000));
  commits(missed(store().read_call(call_id(1)).value()->record, 2'000));
  commits(lone_call(2, "ann", "bob", 1'500));
  commits(lone_call(3, "ann", "bob", 3'000));
  commits(missed(store().read_call(call_id(3)).value()->record, 9'000));
  ASSERT_TRUE(store().append_message(
      {.site = kSite, .from = ann, .to = bob, .call = call_id(1), .text = "kept", .at = wall(6'000)}));
  ASSERT_TRUE(store().append_message({.site = kSite, .from = ann, .to = bob, .text = "old", .at = wall(2'000)}));
  const auto t = wall(5'000);
  EXPECT_EQ(store().purge({.calls = t, .audit = t, .notifications = t, .messages = t, .outbox = t}).value(),
            (Purged{.calls = 1, .audit = 4, .notifications = 1, .messages = 1, .outbox = 3, .more = false}));
  EXPECT_FALSE(store().read_call(call_id(1)).value());
  EXPECT_TRUE(store().read_call(call_id(2)).value()) << "still ringing";
  EXPECT_TRUE(store().read_call(call_id(3)).value());
  EXPECT_THAT(store().calls_of(kSite, bob, {}).value(), SizeIs(2));
  const auto thread = store().read_thread(kSite, ann, bob, {}).value();
  ASSERT_THAT(thread, SizeIs(1));
  EXPECT_FALSE(thread[0].said.call) << "the message outlives its call";
  EXPECT_EQ(store().purge({}).value(), Purged{});
}

TEST_P(Store, SaysWhenAPurgeIsNotDoneYet) {
  for (std::size_t i = 0; i < kPurgeBatch + 1; ++i)
    ASSERT_TRUE(store().append_audit({.site = kSite, .stamp = {{}, wall(1)}}));
  const Purged first = store().purge({.audit = wall(2)}).value();
  EXPECT_EQ(first.audit, kPurgeBatch);
  EXPECT_TRUE(first.more);
  const Purged rest = store().purge({.audit = wall(2)}).value();
  EXPECT_EQ(rest.audit, 1u);
  EXPECT_FALSE(rest.more);
}

}  // namespace
}  // namespace parley::signaling::store::test
