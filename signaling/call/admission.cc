#include "signaling/call/admission.h"

namespace parley::signaling::call {
namespace {

Verdict refuse(RefusalCode code) {
  return std::unexpected(Refusal{code});
}

}  // namespace

bool is_gone(const MemberFacts& member) {
  return !member.known || member.deactivated;
}

Verdict may_join(const CallRecord& record, Party party, const Facts& facts, CallTime now) {
  // R17: at expires_at itself the answer is no already.
  if (now >= record.expires_at) return refuse(RefusalCode::kCallExpired);
  if (record.state != State::kRinging && record.state != State::kOpen) return refuse(RefusalCode::kCallOver);
  // R50: no ticket for the deactivated.
  if (is_gone(facts.of(party))) return refuse(RefusalCode::kNotFound);
  // The callee's way in is the accept.
  if (record.state == State::kRinging && party == Party::kCallee) return refuse(RefusalCode::kNotYourMove);
  // R39: coming back is refused. A first entry is not coming back: its accept was committed before the toggle (R30).
  const PartyState& state = record.of(party);
  if (!facts.site.private_calls && state.entered_at) return refuse(RefusalCode::kPrivateCallsDisabled);
  // R43: whoever rings somebody else has to cancel that first.
  const auto& ringing_out = facts.row(party).ringing_out;
  if (ringing_out && *ringing_out != record.id) return refuse(RefusalCode::kCallerBusy);
  if (!state.media) return refuse(RefusalCode::kNoMediaChosen);
  return {};
}

Verdict may_enter(const CallRecord& record, Party party, const TabId& tab, CallTime ticket_until, const Facts& facts,
                  CallTime now) {
  if (const Verdict verdict = may_join(record, party, facts, now); !verdict) return verdict;
  // R24, R33: the last ticket counts, and only for its tab.
  if (now >= ticket_until || record.of(party).tab != tab) return refuse(RefusalCode::kBadTicket);
  return {};
}

bool messenger_usable(const Facts& facts) {
  return facts.site.messenger && facts.caller.messenger && facts.callee.messenger;
}

Verdict may_message(const CallRecord& record, const MemberId& sender, const Facts& facts) {
  const auto party = record.party_of(sender);
  if (!party || is_gone(facts.of(*party))) return refuse(RefusalCode::kNotFound);
  if (!messenger_usable(facts)) return refuse(RefusalCode::kMessengerOff);
  return {};
}

bool message_offered(const CallRecord& record, const Facts& facts) {
  const bool unanswered = record.ring == Ring::kDeclined || record.ring == Ring::kMissed;
  return unanswered && messenger_usable(facts);
}

}  // namespace parley::signaling::call
