// The BIO between OpenSSL and our datagrams: what is read is one datagram or nothing, what is written is one datagram.
// OpenSSL's own memory BIOs would run the written ones together.
#pragma once

#include "base/bytes.h"
#include "transport/dtls.h"
#include "transport/openssl_ptr.h"

namespace parley {

// What one call of a DTLS end reads from and writes to.
struct DtlsExchange {
  Bytes incoming;            // empty once read
  DtlsSink* sink = nullptr;  // set during a call only
};

// `exchange` must outlive the BIO.
BioPtr make_dtls_bio(DtlsExchange* exchange);

}  // namespace parley
