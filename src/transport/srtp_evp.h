// The back end of our own: RFC 3711's packet handling over OpenSSL's ciphers. Flat in the number of sessions, because a
// session shares nothing with another.
#pragma once

#include <memory>

#include "transport/srtp.h"
#include "transport/srtp_key_derivation.h"

namespace parley {

// From session keys, as a test vector gives them; make_srtp_*() derives them first.
std::unique_ptr<SrtpSender> make_evp_sender(const SrtpSessionKeys& keys);
std::unique_ptr<SrtpReceiver> make_evp_receiver(const SrtpSessionKeys& keys);

}  // namespace parley
