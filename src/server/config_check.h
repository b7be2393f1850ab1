// A configuration is read once, at start: every key is checked and turned into what the server works with. A wrong one
// is an Error{kConfig} whose sentence begins with the key.
#pragma once

#include <cstdint>
#include <vector>

#include "base/address.h"
#include "parley/config.h"
#include "parley/error.h"
#include "sdp/capabilities.h"

namespace parley {

struct CheckedMedia {
  unsigned workers = 1;
  std::vector<Address> listen;    // with the first worker's port, 0 if the kernel chooses
  std::vector<Address> announce;  // port 0: the worker's own; else the first worker's, the others' follow it
  std::vector<Codec> video_codecs;
};

// `cores` is what media.workers = 0 means.
Result<CheckedMedia> check(const Config& config, unsigned cores);

}  // namespace parley
