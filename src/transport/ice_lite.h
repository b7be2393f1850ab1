// The ICE-lite agent of one session (RFC 8445 §2.5, consent by RFC 7675): it answers the client's connectivity
// checks, knows which address pairs have been proved by them, which one the client nominated, and when the client has
// stopped agreeing to be sent to. Owned by the session; fed by the engine with STUN whose USERNAME or source address
// led to the session.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/datagram.h"
#include "base/drop_reason.h"
#include "base/ice_credentials.h"
#include "base/time.h"
#include "wire/stun.h"

namespace parley {

struct IceTimeouts {
  Duration connect = 30s;  // from creation to the first nominated pair
  Duration consent = 30s;  // RFC 7675 §5.1
  Duration suspect = 7s;   // a browser asks at least every 5 s: this is more than one lost request
};

class IceLite {
 public:
  // Beyond these the pair unheard for longest is forgotten, never the nominated one.
  static constexpr std::size_t kMaxPairs = 16;

  enum class State : std::uint8_t {
    kNew,  // no pair nominated yet
    kConnected,
    kSuspect,  // no authenticated request on the nominated pair for a while
    kFailed,   // never connected in time, or consent is gone; for good
  };

  struct Result {
    std::size_t reply_size = 0;      // written into `reply`; goes back on the path the message came by
    bool validated_new = false;      // this path is validated from now on
    bool nominated_changed = false;  // nominated() is this path from now on
    std::optional<Path> evicted;     // no longer validated: it made room for this one
    std::string_view retired_ufrag;  // no longer answered; readable until the next restart()
    std::optional<DropReason> dropped;
  };

  IceLite(IceCredentials local, IceCredentials remote, IceTimeouts timeouts, Time now);

  // `reply` has room for kMaxStunAnswer.
  Result receive(const StunView& message, const Path& path, Time now, MutableBytes reply);

  bool validated(const Path& path) const;
  // Where to send: the latest pair with USE-CANDIDATE, whatever its priority, for as long as it has consent.
  std::optional<Path> nominated() const;

  // RFC 8445 §9. The credentials in use go on being answered until a pair is nominated under the new ones. Returns
  // the local ufrag that is no longer answered from now on, empty if none.
  std::string restart(IceCredentials new_local, IceCredentials new_remote, Time now);
  bool accepts_ufrag(std::string_view ufrag) const;
  const IceCredentials& local() const { return current_.local; }
  const IceCredentials& remote() const { return current_.remote; }

  State state() const { return state_; }
  State tick(Time now);
  // When tick() would change something; kNever after failing.
  Time next_deadline() const;

 private:
  struct Generation {
    IceCredentials local;
    IceCredentials remote;
  };
  struct Pair {
    Path path;
    Time last_request;
  };

  const Generation* generation_of(std::string_view ufrag) const;
  const Pair* find(const Path& path) const;
  Pair* find(const Path& path);
  Pair& validate(const Path& path, Result& result);
  void nominate(const Pair& pair, const Generation& generation, Result& result);

  IceTimeouts timeouts_;
  Generation current_;
  Generation previous_;  // of before a restart, answered until a pair is nominated under the current ones
  bool previous_answered_ = false;

  std::array<Pair, kMaxPairs> pairs_;
  std::size_t pair_count_ = 0;
  std::optional<std::size_t> nominated_;

  State state_ = State::kNew;
  Time connect_deadline_;
  Time last_sign_of_life_;  // an authenticated request on any pair, or a restart
};

}  // namespace parley
