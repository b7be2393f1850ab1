// What both back ends hold to, so that they can't differ: which requests contradict themselves, and how a transition
// reads in the audit.
#pragma once

#include <optional>
#include <string>

#include "signaling/store/store_types.h"

namespace parley::signaling::store {

std::optional<Failure> fault_of(const Change& change);
std::optional<Failure> fault_of(const MessageDraft& draft);
std::optional<Failure> fault_of(const std::vector<MemberUpdate>& updates);
std::optional<Failure> fault_of(const std::vector<call::CallId>& keys);
std::optional<Failure> fault_of(const std::vector<call::MemberId>& members);
std::optional<Failure> fault_of(const Webhook& hook);
std::optional<Failure> fault_of(const SiteChange& change, std::uint64_t stands);

bool is_unfinished(const call::CallRecord& record);
// Whose place in the outbox a site's webhook is.
std::string consumer_of(const call::SiteId& site);
std::size_t clipped(std::size_t limit);
// As far as a signed column goes.
std::uint64_t before_of(const Page& page);

AuditEntry audit_entry(const call::CallRecord& record, const call::AuditLine& line, const Stamp& stamp);
// The profile after the update, its version raised if it differs.
MemberProfile updated(const MemberProfile& before, const MemberUpdate& update);

std::string_view to_string(Moved moved);
std::string_view to_string(Fault fault);

}  // namespace parley::signaling::store
