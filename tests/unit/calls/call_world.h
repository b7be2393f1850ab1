// One site, Ann who calls and Ben who is called from two browsers, and one call between them: the facts, rows and time
// around the machine, kept as a store and a hub would keep them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "signaling/call/call_machine.h"
#include "signaling/call/call_view.h"
#include "signaling/call/deadlines.h"
#include "signaling/call/start.h"

namespace parley::signaling::call {

inline const SiteId kSite{"town"};
inline const MemberId kAnn{"ann"};
inline const MemberId kBen{"ben"};
inline const MemberId kCarl{"carl"};
inline const TabId kAnnTab{"ann-tab"};
inline const TabId kAnnTab2{"ann-tab-2"};
inline const TabId kBenTab{"ben-tab"};
inline const TabId kBenTab2{"ben-tab-2"};  // in another browser
inline const DeviceId kAnnPc{"ann-pc"};
inline const DeviceId kBenPc{"ben-pc"};
inline const DeviceId kBenPhone{"ben-phone"};

inline By ann(const TabId& tab = kAnnTab) {
  return {Party::kCaller, tab, kAnnPc};
}
inline By ben(const TabId& tab = kBenTab) {
  return {Party::kCallee, tab, tab == kBenTab2 ? kBenPhone : kBenPc};
}

inline CallId call_id(std::uint8_t number) {
  CallId::Bits bits{};
  bits.back() = number;
  return CallId::from_bits(bits);
}

struct CallWorld {
  CallWorld() {
    facts.site.private_calls = true;
    for (MemberFacts* member : {&facts.caller, &facts.callee}) member->known = member->active = true;
    facts.caller_tabs = {{kAnnTab, kAnnPc, true}};
    facts.callee_tabs = {{kBenTab, kBenPc, true}, {kBenTab2, kBenPhone, true}};
    facts.caller_row = {kSite, kAnn, {}, {}, 0};
    facts.callee_row = {kSite, kBen, {}, {}, 0};
    facts.pair = pair_of(kSite, kAnn, kBen);
    request = {kSite, call_id(1), RequestId{"req-1"}, ann(), kAnn, kBen, *Origin::parse("profile")};
  }

  StartFacts start_facts() const {
    StartFacts all;
    all.facts = facts;
    return all;
  }
  std::expected<Started, Refusal> try_start() { return start(request, start_facts(), now); }
  // The usual beginning.
  CallWorld& ring() {
    auto started = try_start();
    if (started) take(std::move(started->step));
    return *this;
  }
  // Does the move; what follows is in `last`, the refusal's code is returned.
  std::optional<RefusalCode> act(const Input& input) {
    take(step(call, input, facts, now));
    if (!last.refusal) return std::nullopt;
    return last.refusal->code;
  }
  std::optional<RefusalCode> enter(const By& by, Media media = Media::kAudio) {
    if (!call.of(by.party).media) act(Choose{by, media});
    if (const auto refused = act(AskTicket{by})) return refused;
    return act(Enter{by, now + kTicketLife});
  }
  CallWorld& accept(const TabId& tab = kBenTab) {
    act(Accept{ben(tab), Media::kVideo});
    return *this;
  }
  CallWorld& both_inside() {
    accept();
    enter(ann());
    enter(ben());
    return *this;
  }
  CallWorld& after(CallSpan span) {
    now += span;
    return *this;
  }
  // To a moment of the call, and whatever is due there happens.
  CallWorld& at(CallSpan since_start) {
    now = call.started_at + since_start;
    act(Wake{});
    return *this;
  }

  void take(Step step) {
    call = step.next;
    last = std::move(step);
    for (const Effect& effect : last.effects) {
      if (const auto* persist = std::get_if<Persist>(&effect)) keep(*persist);
    }
  }
  void keep(const Persist& persist) {
    if (persist.caller_row) facts.caller_row = *persist.caller_row;
    if (persist.callee_row) facts.callee_row = *persist.callee_row;
    if (persist.pair) facts.pair = *persist.pair;
    if (persist.missed_notice) ++notices;
    audit.insert(audit.end(), persist.audit.begin(), persist.audit.end());
  }

  // ---- what the last step did
  template <class E>
  std::vector<E> effects() const {
    std::vector<E> found;
    for (const Effect& effect : last.effects) {
      if (const auto* one = std::get_if<E>(&effect)) found.push_back(*one);
    }
    return found;
  }
  template <class E>
  std::size_t count() const {
    return effects<E>().size();
  }

  struct Heard {
    Audience to;
    std::uint64_t seq = 0;
  };
  template <class E>
  std::optional<E> told(Party party) const {
    for (const Tell& tell : effects<Tell>()) {
      if (tell.to.party == party && std::holds_alternative<E>(tell.event)) return std::get<E>(tell.event);
    }
    return std::nullopt;
  }
  template <class E>
  std::optional<Audience> audience(Party party) const {
    for (const Tell& tell : effects<Tell>()) {
      if (tell.to.party == party && std::holds_alternative<E>(tell.event)) return tell.to;
    }
    return std::nullopt;
  }
  bool nobody_told() const { return count<Tell>() == 0; }

  Facts facts;
  CallTime now = call_time(1'000'000);
  StartRequest request;
  CallRecord call;
  Step last;
  std::size_t notices = 0;
  std::vector<AuditLine> audit;
};

}  // namespace parley::signaling::call
