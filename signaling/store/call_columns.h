// How a call's record lies in its table: one list of columns for writing, reading and the texts of the statements. A
// field added to the record does not compile here until it has its column, and its column a migration.
#pragma once

#include <string>
#include <string_view>

#include "signaling/call/call_types.h"

namespace parley::signaling::store {

template <class State, class Visit>
void each_party_column(const std::string& party, State& state, Visit&& visit) {
  auto& [media, tab, device, inside, entered_at, entries, left_at, entry_overdue] = state;
  visit(party + "_media", media);
  visit(party + "_tab", tab);
  visit(party + "_device", device);
  visit(party + "_inside", inside);
  visit(party + "_entered_at", entered_at);
  visit(party + "_entries", entries);
  visit(party + "_left_at", left_at);
  visit(party + "_entry_overdue", entry_overdue);
}

// visit(name, field). Record is CallRecord, const or not.
template <class Record, class Visit>
void each_column(Record& record, Visit&& visit) {
  auto& [id, site, caller, callee, origin, request, started_at, ring_ends_at, expires_at, ring, state, reason,
         answered_at, ended_at, parties, carriers, caller_lost_at, ring_shown, dismissed, callee_busy, missed_notice,
         both_since, talked, both_were_inside, warnings, version, event_seq] = record;
  visit("id", id);
  visit("site", site);
  visit("caller", caller);
  visit("callee", callee);
  visit("origin", origin);
  visit("request", request);
  visit("started_at", started_at);
  visit("ring_ends_at", ring_ends_at);
  visit("expires_at", expires_at);
  visit("ring", ring);
  visit("state", state);
  visit("reason", reason);
  visit("answered_at", answered_at);
  visit("ended_at", ended_at);
  each_party_column("caller", parties[0], visit);
  each_party_column("callee", parties[1], visit);
  visit("carriers", carriers);
  visit("caller_lost_at", caller_lost_at);
  visit("ring_shown", ring_shown);
  visit("dismissed", dismissed);
  visit("callee_busy", callee_busy);
  visit("missed_notice", missed_notice);
  visit("both_since", both_since);
  visit("talked", talked);
  visit("both_were_inside", both_were_inside);
  visit("warnings", warnings);
  visit("version", version);
  visit("event_seq", event_seq);
}

}  // namespace parley::signaling::store
