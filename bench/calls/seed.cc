#include "seed.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <utility>
#include <vector>

#include "signaling/store/call_store.h"
#include "signaling/store/sqlite_backend.h"

namespace parley::bench {
namespace {

namespace call = signaling::call;
namespace store = signaling::store;

constexpr std::size_t kBulk = 1'000;
constexpr std::size_t kInFlight = 256;
constexpr call::CallTime kStart = call::call_time(1'000'000);

store::WallTime wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

int complain(const store::Failure& failure) {
  std::fprintf(stderr, "seeding: %s\n", failure.text.c_str());
  return 0;
}

call::CallId call_id(std::uint64_t number) {
  call::CallId::Bits bits{};
  for (std::size_t i = 0; i < 8; ++i) bits[i] = static_cast<std::uint8_t>(number >> (8 * i));
  bits[15] = 1;
  return call::CallId::from_bits(bits);
}

// Accepted, both were in, both have left: it may be rejoined until its window closes.
store::Change open_call(std::size_t number, const Crowd& crowd) {
  store::Change change;
  call::CallRecord& record = change.record;
  record.id = call_id(number);
  record.site = call::SiteId(kSite);
  record.caller = call::MemberId(member_name(number % crowd.members));
  record.callee = call::MemberId(member_name((number + 1 + number / crowd.members) % crowd.members));
  record.request = call::RequestId("seeded-" + std::to_string(number));
  record.started_at = kStart;
  record.ring_ends_at = kStart + std::chrono::seconds(30);
  record.expires_at = kStart + std::chrono::seconds(7'200);
  record.ring = call::Ring::kAccepted;
  record.state = call::State::kOpen;
  record.answered_at = kStart + std::chrono::seconds(5);
  for (call::PartyState& party : record.parties) {
    party.media = call::Media::kVideo;
    party.tab = call::TabId("seeded-tab");
    party.entered_at = kStart + std::chrono::seconds(6);
    party.left_at = kStart + std::chrono::seconds(60);
    party.entries = 1;
  }
  record.both_were_inside = true;
  record.talked = std::chrono::seconds(54);
  record.version = 1;
  change.stamp = {kStart, wall_now()};
  return change;
}

}  // namespace

std::string member_name(std::size_t number) {
  return "member-" + std::to_string(number);
}

bool seed(const std::filesystem::path& database, const Crowd& crowd) {
  auto backend = store::SqliteBackend::open({.path = database, .max_pages = 0, .now = wall_now()});
  if (!backend) return complain(backend.error()) != 0;

  call::SiteSettings settings;
  settings.private_calls = true;
  settings.per_minute = {1'000'000, 1'000'000, 1'000'000};
  store::SiteChange site{.site = call::SiteId(kSite), .settings = settings, .audit = {}};
  site.audit.site = site.site;
  site.audit.who = "operator";
  site.audit.why = "seed";
  if (const auto done = (*backend)->put_site(site); !done) return complain(done.error()) != 0;
  for (std::size_t first = 0; first < crowd.members; first += kBulk) {
    std::vector<store::MemberUpdate> updates;
    for (std::size_t i = first; i < std::min(first + kBulk, crowd.members); ++i) {
      updates.push_back({.member = call::MemberId(member_name(i)), .name = "Member " + std::to_string(i)});
    }
    if (const auto done = (*backend)->upsert_members(site.site, updates); !done) return complain(done.error()) != 0;
  }
  // The clock's row, so that the server continues the line on which the calls were made.
  if (const auto done =
          (*backend)->put_clock({{"another boot", std::chrono::milliseconds(0), wall_now().time_since_epoch()},
                                 kStart + std::chrono::seconds(60)});
      !done) {
    return complain(done.error()) != 0;
  }

  // Many at once, so that one commit to disk carries many calls.
  std::mutex mutex;
  std::condition_variable wake;
  std::size_t in_flight = 0;
  std::atomic<bool> good = true;
  store::CallStore calls(
      std::move(*backend), [](const std::function<void()>& task) { task(); }, store::CallStore::Runs::kOnItsThread);
  for (std::size_t i = 0; i < crowd.calls && good; ++i) {
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [&] { return in_flight < kInFlight; });
      ++in_flight;
    }
    calls.commit(open_call(i, crowd), [&](const store::CommitAnswer& answer) {
      if (!answer) good = false;
      const std::lock_guard lock(mutex);
      --in_flight;
      wake.notify_one();
    });
  }
  calls.close();
  if (!good) std::fprintf(stderr, "seeding: a commit was refused\n");
  return good;
}

}  // namespace parley::bench
