#include "signaling/store/store_rules.h"

#include <algorithm>
#include <array>

namespace parley::signaling::store {
namespace {

Failure invalid(std::string text) {
  return {Fault::kInvalid, std::move(text)};
}

bool good_id(const std::string& text) {
  return !text.empty() && text.size() <= kMaxIdBytes;
}

std::string words(const call::Standing& standing) {
  std::string text{call::to_string(standing.ring)};
  text += '/';
  text += call::to_string(standing.state);
  if (standing.caller_inside) text += " caller_inside";
  if (standing.callee_inside) text += " callee_inside";
  return text;
}

}  // namespace

std::optional<Failure> fault_of(const Change& change) {
  const call::CallRecord& record = change.record;
  const call::Persist& persist = change.persist;
  if (record.id.text().empty()) return invalid("a call without an id");
  if (!good_id(record.site.text()) || !good_id(record.caller.text()) || !good_id(record.callee.text())) {
    return invalid("a call needs a site and two members");
  }
  if (record.request.text().size() > kMaxIdBytes) return invalid("a request id longer than it may be");
  if (record.caller == record.callee) return invalid("a call of one member with itself");
  if (record.version != persist.from + 1) return invalid("the record's version does not follow the one to find");
  const auto fits = [&](const std::optional<call::MemberRow>& row, const call::MemberId& member) {
    return !row || (row->site == record.site && row->member == member && row->version > 0);
  };
  if (!fits(persist.caller_row, record.caller) || !fits(persist.callee_row, record.callee)) {
    return invalid("a member row of another member, or without a version");
  }
  if (persist.pair) {
    const call::PairRow own = call::pair_of(record.site, record.caller, record.callee);
    const call::PairRow& row = *persist.pair;
    if (row.site != own.site || row.first != own.first || row.second != own.second || row.version == 0) {
      return invalid("a pair row of another pair, or without a version");
    }
  }
  return std::nullopt;
}

std::optional<Failure> fault_of(const MessageDraft& draft) {
  if (!good_id(draft.site.text()) || !good_id(draft.from.text()) || !good_id(draft.to.text())) {
    return invalid("a message needs a site and two members");
  }
  if (draft.from == draft.to) return invalid("a message to oneself");
  if (draft.text.empty()) return invalid("an empty message");
  if (draft.text.size() > kMaxMessageBytes) return Failure{Fault::kLimit, "a message longer than it may be"};
  if (draft.key.size() > kMaxIdBytes) return invalid("a message key longer than it may be");
  return std::nullopt;
}

std::optional<Failure> fault_of(const std::vector<MemberUpdate>& updates) {
  if (updates.size() > kMaxBulk) return Failure{Fault::kLimit, "more members at once than may be"};
  for (const MemberUpdate& update : updates) {
    if (!good_id(update.member.text())) return invalid("a member without an id, or with one too long");
    if (update.name && update.name->size() > kMaxNameBytes)
      return Failure{Fault::kLimit, "a member's name is too long"};
    if (update.avatar && update.avatar->size() > kMaxUrlBytes)
      return Failure{Fault::kLimit, "an avatar's URL is too long"};
    if (!update.blocked) continue;
    if (update.blocked->size() > kMaxBlocked) return Failure{Fault::kLimit, "a member blocks more than may be"};
    const auto bad = [](const call::MemberId& id) { return !good_id(id.text()); };
    if (std::ranges::any_of(*update.blocked, bad))
      return invalid("a blocked member without an id, or with one too long");
  }
  return std::nullopt;
}

std::optional<Failure> fault_of(const std::vector<call::CallId>& keys) {
  if (keys.size() > kMaxNotifications) return Failure{Fault::kLimit, "more notifications at once than may be"};
  return std::nullopt;
}

std::optional<Failure> fault_of(const std::vector<call::MemberId>& members) {
  if (members.size() > kMaxPage) return Failure{Fault::kLimit, "more members at once than may be"};
  return std::nullopt;
}

std::optional<Failure> fault_of(const Webhook& hook) {
  if (!good_id(hook.site.text())) return invalid("a webhook needs a site");
  if (hook.url.empty()) return invalid("a webhook needs a URL");
  if (hook.url.size() > kMaxUrlBytes) return Failure{Fault::kLimit, "a webhook's URL is too long"};
  if (hook.secrets.empty() || hook.secrets.size() > 2) return invalid("a webhook has one secret or two");
  for (const std::string& secret : hook.secrets) {
    if (secret.size() < kMinSecretBytes) return invalid("a webhook's secret is too short");
    if (secret.size() > kMaxSecretBytes) return Failure{Fault::kLimit, "a webhook's secret is too long"};
  }
  return std::nullopt;
}

std::optional<Failure> fault_of(const SiteChange& change, std::uint64_t stands) {
  if (!change.from || *change.from == stands) return std::nullopt;
  return Failure{Fault::kMoved, "the site's settings have changed"};
}

std::string consumer_of(const call::SiteId& site) {
  return "webhook:" + site.text();
}

bool is_unfinished(const call::CallRecord& record) {
  return record.state == call::State::kRinging || record.state == call::State::kOpen;
}

std::size_t clipped(std::size_t limit) {
  return std::min(limit, kMaxPage);
}

std::uint64_t before_of(const Page& page) {
  return std::min(page.before, Page{}.before);
}

AuditEntry audit_entry(const call::CallRecord& record, const call::AuditLine& line, const Stamp& stamp) {
  AuditEntry entry;
  entry.site = record.site;
  entry.call = record.id;
  entry.who = call::to_string(line.who);
  if (line.who == call::Actor::kCaller) entry.by = record.caller;
  if (line.who == call::Actor::kCallee) entry.by = record.callee;
  entry.from = words(line.from);
  entry.to = words(line.to);
  entry.why = line.why;
  if (line.refused) entry.refused = call::to_string(*line.refused);
  entry.stamp = stamp;
  return entry;
}

MemberProfile updated(const MemberProfile& before, const MemberUpdate& update) {
  MemberProfile after = before;
  after.name = update.name.value_or(before.name);
  after.avatar = update.avatar.value_or(before.avatar);
  after.role = update.role.value_or(before.role);
  after.messenger = update.messenger.value_or(before.messenger);
  after.takes_calls = update.takes_calls.value_or(before.takes_calls);
  after.deactivated = update.deactivated.value_or(before.deactivated);
  if (after != before || before.version == 0) ++after.version;
  return after;
}

std::string_view to_string(Moved moved) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "call", "request", "site", "caller_profile", "callee_profile", "pair", "caller_row", "callee_row"};
  return kNames.at(static_cast<std::size_t>(moved));
}

std::string_view to_string(Fault fault) {
  static constexpr std::array<std::string_view, 12> kNames = {"invalid", "limit",      "not_found",    "in_use",
                                                              "moved",   "overloaded", "closed",       "disk_full",
                                                              "io",      "corrupt",    "wrong_schema", "unsupported"};
  return kNames.at(static_cast<std::size_t>(fault));
}

}  // namespace parley::signaling::store
