// Which calls are ringing or open, by id, by site and by member, and who is inside: what must be known without asking
// the store. Small, since a site may have very many open calls that nobody is in; no record is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "signaling/call/call_types.h"
#include "signaling/hub/call_key.h"
#include "signaling/hub/calls_ports.h"

namespace parley::signaling {

class UnfinishedCalls {
 public:
  struct Known {
    MemberKey caller;
    MemberKey callee;
    bool ringing = false;
  };

  // As the record stands now; one that is finished goes.
  void update(const call::CallRecord& record);
  void forget(const CallKey& call);

  bool contains(const CallKey& call) const { return calls_.contains(call); }
  std::optional<Known> find(const CallKey& call) const;
  // In the order of their starts.
  std::vector<CallKey> of(const MemberKey& who) const;
  std::vector<CallKey> ringing_of(const MemberKey& who) const;
  std::vector<CallKey> of(const call::SiteId& site) const;
  bool inside_any(const MemberKey& who) const;
  std::size_t size() const { return calls_.size(); }

 private:
  // Nodes of a map stay where they are, so entries point at them.
  using Members = std::map<MemberKey, std::vector<CallKey>>;
  struct Entry {
    Members::value_type* parties[2] = {};
    bool ringing = false;
    bool inside[2] = {false, false};
  };
  Members::value_type* join(MemberKey who, const CallKey& call);

  std::unordered_map<CallKey, Entry> calls_;
  Members members_;
};

}  // namespace parley::signaling
