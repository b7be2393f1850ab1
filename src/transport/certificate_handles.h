// What a Certificate holds, for the DTLS context that shows it.
#pragma once

#include "transport/certificate.h"
#include "transport/openssl_ptr.h"

namespace parley {

struct Certificate::Handles {
  X509Ptr certificate;
  PkeyPtr key;
};

}  // namespace parley
