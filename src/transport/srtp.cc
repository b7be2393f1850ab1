#include "transport/srtp.h"

#include "transport/srtp_evp.h"
#include "transport/srtp_libsrtp.h"

namespace parley {

std::unique_ptr<SrtpSender> make_srtp_sender(SrtpLibrary library, const SrtpMasterKey& key) {
  return library == SrtpLibrary::kLibsrtp ? make_libsrtp_sender(key) : make_evp_sender(derive_srtp_keys(key));
}

std::unique_ptr<SrtpReceiver> make_srtp_receiver(SrtpLibrary library, const SrtpMasterKey& key) {
  return library == SrtpLibrary::kLibsrtp ? make_libsrtp_receiver(key) : make_evp_receiver(derive_srtp_keys(key));
}

}  // namespace parley
