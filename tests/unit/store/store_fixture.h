// Stores to try things on, each back end in turn, and calls to put into them.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "signaling/store/memory_backend.h"
#include "signaling/store/sqlite_backend.h"
#include "signaling/store/store_rules.h"

namespace parley::signaling::store::test {

inline const call::SiteId kSite{"site"};

inline WallTime wall(std::int64_t ms) {
  return WallTime(std::chrono::milliseconds(ms));
}

inline call::CallId call_id(std::uint64_t number) {
  call::CallId::Bits bits{};
  for (std::size_t i = 0; i < 8; ++i) bits[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return call::CallId::from_bits(bits);
}

// A folder of one test's own, gone with it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "store-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The start of a call as the machine would commit it: record, both rows and the pair.
inline Change start_of(std::uint64_t number, const call::MemberRow& caller, const call::MemberRow& callee,
                       const call::PairRow& pair, std::int64_t at = 1'000) {
  Change change;
  call::CallRecord& record = change.record;
  record.id = call_id(number);
  record.site = kSite;
  record.caller = caller.member;
  record.callee = callee.member;
  record.started_at = call::call_time(at);
  record.ring_ends_at = call::call_time(at + 30'000);
  record.expires_at = call::call_time(at + 7'200'000);
  record.version = 1;
  change.persist.caller_row = caller;
  change.persist.caller_row->ringing_out = record.id;
  ++change.persist.caller_row->version;
  change.persist.pair = pair;
  change.persist.pair->ringing = record.id;
  ++change.persist.pair->version;
  change.persist.audit.push_back({.who = call::Actor::kCaller, .from = {}, .to = {}, .why = "start", .refused = {}});
  change.outbox.push_back({"call.started", record.id.text()});
  change.stamp = {call::call_time(at), wall(at)};
  return change;
}

inline Change start_of(std::uint64_t number, const std::string& caller, const std::string& callee,
                       std::int64_t at = 1'000) {
  const call::MemberId a{caller}, b{callee};
  return start_of(number, {kSite, a, {}, {}, 0}, {kSite, b, {}, {}, 0}, call::pair_of(kSite, a, b), at);
}

// A start whose rows are not looked at: for tests about anything else.
inline Change lone_call(std::uint64_t number, const std::string& caller, const std::string& callee,
                        std::int64_t at = 1'000) {
  Change change = start_of(number, caller, callee, at);
  change.persist.caller_row.reset();
  change.persist.pair.reset();
  return change;
}

// The next transition of a record.
inline Change next_of(const call::CallRecord& before, std::int64_t at = 2'000) {
  Change change;
  change.record = before;
  change.persist.from = before.version;
  ++change.record.version;
  change.persist.audit.push_back({.who = call::Actor::kServer, .from = {}, .to = {}, .why = "next", .refused = {}});
  change.stamp = {call::call_time(at), wall(at)};
  return change;
}

inline Change missed(const call::CallRecord& before, std::int64_t at = 31'000) {
  Change change = next_of(before, at);
  change.record.ring = call::Ring::kMissed;
  change.record.state = call::State::kEnded;
  change.record.reason = call::Reason::kTimeout;
  change.record.missed_notice = true;
  change.record.ended_at = call::call_time(at);
  change.persist.missed_notice = true;
  return change;
}

// Every field away from its default.
inline call::CallRecord full_record(std::uint64_t number) {
  call::CallRecord r;
  r.id = call_id(number);
  r.site = kSite;
  r.caller = call::MemberId("ann");
  r.callee = call::MemberId("bob");
  r.origin = call::Origin::parse("other:banner").value();
  r.request = call::RequestId("request-7");
  r.started_at = call::call_time(11);
  r.ring_ends_at = call::call_time(12);
  r.expires_at = call::call_time(13);
  r.ring = call::Ring::kAccepted;
  r.state = call::State::kOpen;
  r.reason = call::Reason::kCallerLost;
  r.answered_at = call::call_time(14);
  r.ended_at = call::call_time(15);
  r.parties[0] = {call::Media::kVideo,        call::TabId("tab-1"),
                  call::DeviceId("device-1"), call::TabId("tab-2"),
                  call::call_time(16),        4,
                  call::call_time(17),        true};
  r.parties[1] = {call::Media::kAudio,        call::TabId("tab-3"),
                  call::DeviceId("device-2"), call::TabId("tab-4"),
                  call::call_time(18),        5,
                  call::call_time(19),        true};
  r.carriers = {call::TabId("t:1"), call::TabId(""), call::TabId("3:abc")};
  r.caller_lost_at = call::call_time(20);
  r.ring_shown = true;
  r.dismissed = {call::DeviceId("d1"), call::DeviceId("d2")};
  r.callee_busy = true;
  r.missed_notice = true;
  r.both_since = call::call_time(21);
  r.talked = call::CallSpan(22);
  r.both_were_inside = true;
  r.warnings = 2;
  r.version = 1;
  r.event_seq = 23;
  return r;
}

inline std::unique_ptr<SqliteBackend> open_sqlite(const std::filesystem::path& path) {
  auto opened = SqliteBackend::open({.path = path});
  if (!opened) ADD_FAILURE() << opened.error().text;
  return std::move(opened).value();
}

enum class Kind { kMemory, kSqlite };

inline std::string name_of_kind(const testing::TestParamInfo<Kind>& info) {
  return info.param == Kind::kMemory ? "Memory" : "Sqlite";
}

inline std::unique_ptr<StoreBackend> make_backend(Kind kind, const Folder& folder) {
  if (kind == Kind::kMemory) return std::make_unique<MemoryBackend>();
  return open_sqlite(folder / "calls.db");
}

// What a lost race says, or nothing of the kind.
inline std::vector<Moved> moved(const CommitAnswer& answer) {
  if (answer || !std::holds_alternative<Conflict>(answer.error())) return {};
  return std::get<Conflict>(answer.error()).moved;
}

}  // namespace parley::signaling::store::test
