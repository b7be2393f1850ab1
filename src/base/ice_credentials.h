// The name and password of one side of an ICE session, of one generation: a restart makes new ones.
#pragma once

#include <string>

namespace parley {

// RFC 8445 §5.3: at least 24 bits of ufrag and 128 of pwd.
struct IceCredentials {
  std::string ufrag;
  std::string pwd;
  bool operator==(const IceCredentials&) const = default;
};

}  // namespace parley
