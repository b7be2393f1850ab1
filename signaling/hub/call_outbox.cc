#include "signaling/hub/call_outbox.h"

#include <string_view>

#include "signaling/call/call_view.h"
#include "signaling/protocol/outbox_codec.h"

namespace parley::signaling {
namespace {

using call::CallRecord;
using call::Party;
using call::Ring;
using call::State;

bool anybody_inside(const CallRecord& record) {
  return record.of(Party::kCaller).inside || record.of(Party::kCallee).inside;
}

bool unfinished(const CallRecord& record) {
  return record.state == State::kRinging || record.state == State::kOpen;
}

std::vector<std::string_view> topics_of(const CallRecord* before, const CallRecord& after,
                                        const call::Persist& persist) {
  const Ring rang = before ? before->ring : Ring::kRinging;
  std::vector<std::string_view> topics;
  if (!before) topics.push_back("call.started");
  if (rang == Ring::kRinging && after.ring == Ring::kAccepted) topics.push_back("call.answered");
  if (rang == Ring::kRinging && after.ring == Ring::kDeclined) topics.push_back("call.declined");
  if (persist.missed_notice) topics.push_back("call.missed");
  if (before && anybody_inside(*before) && !anybody_inside(after) && unfinished(after))
    topics.push_back("call.emptied");
  if ((!before || unfinished(*before)) && !unfinished(after)) topics.push_back("call.ended");
  return topics;
}

}  // namespace

std::vector<store::OutboxDraft> outbox_of(const CallRecord* before, const CallRecord& after,
                                          const call::Persist& persist, const store::Stamp& now, WallMs created) {
  std::vector<store::OutboxDraft> drafts;
  const auto wall = [&](call::CallTime at) { return created + (at - after.started_at); };
  for (const std::string_view topic : topics_of(before, after, persist)) {
    CallReport report;
    report.topic = topic;
    report.call = after.id;
    report.site = after.site;
    report.caller = after.caller;
    report.callee = after.callee;
    report.origin = after.origin;
    report.ring = after.ring;
    report.reason = after.reason;
    report.state = after.state;
    report.at = now.wall;
    report.started_at = created;
    if (after.answered_at) report.answered_at = wall(*after.answered_at);
    if (after.ended_at) report.ended_at = wall(*after.ended_at);
    report.expires_at = wall(after.expires_at);
    report.talked = call::talk_time(after, now.at);
    drafts.push_back({std::string(topic), call_report_json(report)});
  }
  return drafts;
}

}  // namespace parley::signaling
