#include <algorithm>
#include <set>
#include <string>

#include "signaling/store/sqlite_backend.h"
#include "signaling/store/store_rules.h"

namespace parley::signaling::store {
namespace {

const std::string kProfile =
    "SELECT name, avatar, role, messenger, takes_calls, deactivated, version, member FROM members ";

MemberProfile profile_in(Query& query, const call::SiteId& site) {
  MemberProfile found;
  found.site = site;
  query.get(found.name, found.avatar);
  query.get_number(found.role);
  query.get(found.messenger, found.takes_calls, found.deactivated, found.version, found.member);
  return found;
}

}  // namespace

// ---- members

std::optional<MemberProfile> SqliteBackend::profile_of(const call::SiteId& site, const call::MemberId& member) {
  Query query(db_, kProfile + "WHERE site = ? AND member = ?", site, member);
  return query.next() ? std::optional(profile_in(query, site)) : std::nullopt;
}

std::vector<call::MemberId> SqliteBackend::blocked_by(const call::SiteId& site, const call::MemberId& member) {
  std::vector<call::MemberId> blocked;
  Query query(db_, "SELECT blocked FROM blocks WHERE site = ? AND member = ? ORDER BY blocked", site, member);
  while (query.next()) blocked.push_back(query.get<call::MemberId>());
  return blocked;
}

Answer<std::optional<MemberProfile>> SqliteBackend::read_member(const call::SiteId& site,
                                                                const call::MemberId& member) {
  return db_.result(profile_of(site, member));
}

Answer<std::vector<MemberProfile>> SqliteBackend::list_members(const call::SiteId& site, const call::MemberId& after,
                                                               std::size_t limit) {
  std::vector<MemberProfile> found;
  Query query(db_, kProfile + "WHERE site = ? AND member > ? ORDER BY member LIMIT ?", site, after, clipped(limit));
  while (query.next()) found.push_back(profile_in(query, site));
  return db_.result(std::move(found));
}

Answer<std::vector<call::MemberId>> SqliteBackend::read_blocked(const call::SiteId& site,
                                                                const call::MemberId& member) {
  return db_.result(blocked_by(site, member));
}

Answer<std::size_t> SqliteBackend::upsert_members(const call::SiteId& site, const std::vector<MemberUpdate>& updates) {
  if (auto fault = fault_of(updates)) return std::unexpected(std::move(*fault));
  std::size_t changed = 0;
  Transaction all(db_);
  if (!updates.empty()) note_site(site);
  for (const MemberUpdate& update : updates) {
    const MemberProfile before =
        profile_of(site, update.member).value_or(MemberProfile{.site = site, .member = update.member});
    MemberProfile after = updated(before, update);
    std::set<call::MemberId> blocked;
    bool blocks_anew = false;
    if (update.blocked) {
      blocked.insert(update.blocked->begin(), update.blocked->end());
      blocks_anew = !std::ranges::equal(blocked, blocked_by(site, update.member));
      if (blocks_anew && after.version == before.version) ++after.version;
    }
    if (after.version == before.version) continue;
    ++changed;
    // Not "or replace": that would delete the row first, and its blocks with it.
    Query(db_,
          "INSERT INTO members VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name, "
          "avatar = excluded.avatar, role = excluded.role, messenger = excluded.messenger, takes_calls = "
          "excluded.takes_calls, "
          "deactivated = excluded.deactivated, version = excluded.version",
          site, after.member, after.name, after.avatar, number_of(after.role), after.messenger, after.takes_calls,
          after.deactivated, after.version)
        .run();
    if (!blocks_anew) continue;
    Query(db_, "DELETE FROM blocks WHERE site = ? AND member = ?", site, after.member).run();
    for (const call::MemberId& id : blocked)
      Query(db_, "INSERT INTO blocks VALUES (?, ?, ?)", site, after.member, id).run();
  }
  return all.finish(changed);
}

Answer<Done> SqliteBackend::erase_member(const call::SiteId& site, const call::MemberId& member) {
  Transaction all(db_);
  {
    Query open(db_,
               "SELECT 1 FROM calls WHERE state IN ('ringing', 'open') AND site = ?1 AND (caller = ?2 OR callee = ?2)",
               site, member);
    if (open.next()) return std::unexpected(Failure{Fault::kInUse, "the member has an unfinished call"});
  }
  for (const char* step : {
           "DELETE FROM messages WHERE site = ?1 AND (first = ?2 OR second = ?2)",
           "DELETE FROM calls WHERE site = ?1 AND (caller = ?2 OR callee = ?2)",
           "DELETE FROM outbox WHERE site = ?1 AND (first = ?2 OR second = ?2)",
           "DELETE FROM notifications WHERE site = ?1 AND (member = ?2 OR sender = ?2)",
           "DELETE FROM pair_rows WHERE site = ?1 AND (first = ?2 OR second = ?2)",
           "DELETE FROM member_rows WHERE site = ?1 AND member = ?2",
           "DELETE FROM blocks WHERE site = ?1 AND blocked = ?2",
           "DELETE FROM members WHERE site = ?1 AND member = ?2",
           "UPDATE audit SET by_member = '' WHERE site = ?1 AND by_member = ?2",
       }) {
    Query(db_, step, site, member).run();
  }
  return all.finish(Done{});
}

}  // namespace parley::signaling::store
