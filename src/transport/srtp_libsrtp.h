// The back end of libsrtp2: another implementation of the same rules, for those who want theirs audited elsewhere.
#pragma once

#include <memory>

#include "transport/srtp.h"

namespace parley {

std::unique_ptr<SrtpSender> make_libsrtp_sender(const SrtpMasterKey& key);
std::unique_ptr<SrtpReceiver> make_libsrtp_receiver(const SrtpMasterKey& key);

}  // namespace parley
