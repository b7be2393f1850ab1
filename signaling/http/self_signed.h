// A certificate for HTTPS when none is configured: good for a first try on one machine, and for nothing that strangers
// should trust.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "parley/error.h"

namespace parley::signaling {

struct PemPair {
  std::string certificate;
  std::string key;
};

// ECDSA P-256, a year; subject alternative names: localhost, 127.0.0.1, ::1 and `hosts` (names or addresses).
Result<PemPair> make_self_signed(const std::vector<std::string>& hosts, std::chrono::sys_seconds now);

}  // namespace parley::signaling
