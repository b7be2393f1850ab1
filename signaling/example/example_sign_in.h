// The example community's door: its members for the sign-in page, and a token for whomever a tab wants to be. There is
// no password, so it stands only where the configuration says so; Routes hands over the paths under /v1/example/.
#pragma once

#include <string>

#include "signaling/http/http_types.h"
#include "signaling/http/peer_limiter.h"
#include "signaling/identity/key_ring.h"
#include "signaling/now.h"
#include "signaling/store/call_store.h"

namespace parley::signaling {

class ExampleSignIn {
 public:
  // `store` must outlive every answer.
  ExampleSignIn(store::CallStore& store, SigningKey key, Allowance per_peer = {20, 500});

  void handle(const HttpRequest& request, Now now, const Respond& respond);

 private:
  void members(const HttpRequest& request, const Respond& respond);
  void sign_in(const HttpRequest& request, Now now, const Respond& respond);

  store::CallStore& store_;
  SigningKey key_;
  PeerLimiter sign_ins_;
};

}  // namespace parley::signaling
