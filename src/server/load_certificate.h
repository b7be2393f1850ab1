// The server's DTLS certificate: from the operator's files, or made for this run.
#pragma once

#include "parley/config.h"
#include "parley/error.h"
#include "transport/certificate.h"

namespace parley {

Result<Certificate> load_certificate(const MediaConfig& media);

}  // namespace parley
