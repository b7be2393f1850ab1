#include "transport/ice_lite.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace parley {
namespace {

IceLite::Result drop(DropReason reason) {
  IceLite::Result result;
  result.dropped = reason;
  return result;
}

IceLite::Result refuse(const StunView& request, StunErrorCode code, std::string_view password, MutableBytes reply) {
  IceLite::Result result = drop(DropReason::kBadStun);
  result.reply_size = write_binding_error(reply, request.transaction, code, password, request.unknown());
  return result;
}

}  // namespace

IceLite::IceLite(IceCredentials local, IceCredentials remote, IceTimeouts timeouts, Time now)
    : timeouts_(timeouts),
      current_{std::move(local), std::move(remote)},
      connect_deadline_(now + timeouts.connect),
      last_sign_of_life_(now) {}

IceLite::Result IceLite::receive(const StunView& message, const Path& path, Time now, MutableBytes reply) {
  // A client's answer to us can't be: a lite agent asks nothing. An indication keeps a NAT open and proves nothing.
  if (message.fingerprint != StunView::Fingerprint::kValid || message.method != kStunBinding) {
    return drop(DropReason::kBadStun);
  }
  if (message.message_class == StunClass::kIndication) return {};
  if (message.message_class != StunClass::kRequest) return drop(DropReason::kBadStun);

  // Does it know the password? RFC 8489 §9.1.3 would answer 400 or 401. A browser never needs that answer, and silence
  // tells a stranger neither which ufrags exist nor lends him a reflector.
  const auto ufrag = local_ufrag_of(message);
  const Generation* generation = ufrag ? generation_of(*ufrag) : nullptr;
  if (generation == nullptr || !verify_integrity(message, generation->local.pwd)) {
    return drop(DropReason::kStunIntegrity);
  }
  // Late is too late, even if nobody called tick() in between.
  if (tick(now) == State::kFailed) return drop(DropReason::kStunIntegrity);

  // Do we understand it? (RFC 8489 §6.3.1)
  if (message.unknown_count > 0) {
    return refuse(message, StunErrorCode::kUnknownAttribute, generation->local.pwd, reply);
  }
  // A lite agent is always controlled, so a peer that says it is too has to change (RFC 8445 §7.3.1.1).
  if (message.ice_controlled) {
    return refuse(message, StunErrorCode::kRoleConflict, generation->local.pwd, reply);
  }

  // Answer.
  Result result;
  result.reply_size = write_binding_success(reply, message.transaction, path.remote, generation->local.pwd);
  if (result.reply_size == 0) {
    PARLEY_BUG("no room for a STUN answer");
    return result;
  }

  // The path works, and the client agrees to be sent to on it (RFC 7675 §5.1).
  Pair& pair = validate(path, result);
  pair.last_request = std::max(pair.last_request, now);
  last_sign_of_life_ = std::max(last_sign_of_life_, now);
  if (message.use_candidate) nominate(pair, *generation, result);
  if (state_ != State::kNew) tick(now);
  return result;
}

IceLite::Pair& IceLite::validate(const Path& path, Result& result) {
  if (Pair* known = find(path)) return *known;
  result.validated_new = true;
  if (pair_count_ < kMaxPairs) {
    pairs_[pair_count_] = Pair{path, Time::min()};
    return pairs_[pair_count_++];
  }

  // Full: the one unheard for longest makes room, in place, so that the nominated index stays true.
  std::size_t oldest = kMaxPairs;
  for (std::size_t i = 0; i < pair_count_; ++i) {
    if (i == nominated_) continue;
    if (oldest == kMaxPairs || pairs_[i].last_request < pairs_[oldest].last_request) oldest = i;
  }
  result.evicted = pairs_[oldest].path;
  pairs_[oldest] = Pair{path, Time::min()};
  return pairs_[oldest];
}

void IceLite::nominate(const Pair& pair, const Generation& generation, Result& result) {
  const auto index = static_cast<std::size_t>(&pair - pairs_.data());
  result.nominated_changed = nominated_ != index;
  nominated_ = index;
  if (state_ == State::kNew) state_ = State::kConnected;

  // Nominated under the new credentials: the restart is complete, the old ones are strangers'.
  if (&generation == &current_ && previous_answered_) {
    result.retired_ufrag = previous_.local.ufrag;
    previous_answered_ = false;
  }
}

bool IceLite::validated(const Path& path) const {
  return find(path) != nullptr;
}

std::optional<Path> IceLite::nominated() const {
  if (!nominated_) return std::nullopt;
  return pairs_[*nominated_].path;
}

std::string IceLite::restart(IceCredentials new_local, IceCredentials new_remote, Time now) {
  // What carries the session stays answered: of two restarts in a row the first one's credentials go, not the ones in
  // use.
  std::string dropped;
  if (previous_answered_) {
    dropped = std::move(current_.local.ufrag);
  } else {
    previous_ = std::move(current_);
    previous_answered_ = true;
  }
  current_ = Generation{std::move(new_local), std::move(new_remote)};

  // The client is there, by signaling. That gives it time to be heard; it is no consent for the nominated pair.
  connect_deadline_ = now + timeouts_.connect;
  last_sign_of_life_ = std::max(last_sign_of_life_, now);
  return dropped;
}

bool IceLite::accepts_ufrag(std::string_view ufrag) const {
  return generation_of(ufrag) != nullptr;
}

IceLite::State IceLite::tick(Time now) {
  if (state_ == State::kNew && now >= connect_deadline_) state_ = State::kFailed;
  if (state_ == State::kNew || state_ == State::kFailed) return state_;

  // Consent is each pair's own: another pair's request does not allow sending on this one.
  if (nominated_ && now - pairs_[*nominated_].last_request >= timeouts_.consent) nominated_.reset();
  const bool fresh = nominated_ && now - pairs_[*nominated_].last_request < timeouts_.suspect;
  const bool alive = now - last_sign_of_life_ < timeouts_.consent;
  state_ = !alive ? State::kFailed : fresh ? State::kConnected : State::kSuspect;
  if (!alive) nominated_.reset();
  return state_;
}

Time IceLite::next_deadline() const {
  switch (state_) {
    case State::kNew: return connect_deadline_;
    case State::kConnected: return pairs_[*nominated_].last_request + timeouts_.suspect;
    case State::kSuspect: {
      const Time silent = last_sign_of_life_ + timeouts_.consent;
      return nominated_ ? std::min(silent, pairs_[*nominated_].last_request + timeouts_.consent) : silent;
    }
    case State::kFailed: return kNever;
  }
  return kNever;
}

const IceLite::Generation* IceLite::generation_of(std::string_view ufrag) const {
  if (ufrag == current_.local.ufrag) return &current_;
  if (previous_answered_ && ufrag == previous_.local.ufrag) return &previous_;
  return nullptr;
}

const IceLite::Pair* IceLite::find(const Path& path) const {
  const auto end = pairs_.begin() + static_cast<std::ptrdiff_t>(pair_count_);
  const auto pair = std::find_if(pairs_.begin(), end, [&](const Pair& p) { return p.path == path; });
  return pair == end ? nullptr : &*pair;
}

IceLite::Pair* IceLite::find(const Path& path) {
  return const_cast<Pair*>(std::as_const(*this).find(path));
}

}  // namespace parley
