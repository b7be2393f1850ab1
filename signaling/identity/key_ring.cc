#include "signaling/identity/key_ring.h"

#include <algorithm>
#include <utility>

namespace parley::signaling {

bool SigningKey::signs_for(std::string_view site) const {
  return is_own() || std::ranges::find(sites, site) != sites.end();
}

KeyRing::KeyRing(SigningKey own, std::vector<SigningKey> others) : own_(std::move(own)), others_(std::move(others)) {
  own_.id = kOwnKey;
}

const SigningKey* KeyRing::find(std::string_view id) const {
  if (id.empty() || id == kOwnKey) return &own_;
  const auto found = std::ranges::find(others_, id, &SigningKey::id);
  return found == others_.end() ? nullptr : &*found;
}

}  // namespace parley::signaling
