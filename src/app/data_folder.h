// What the server keeps between starts, and the secrets that the configuration names. In the folder data.dir: the key
// that signs tokens, and a certificate for HTTPS when none is configured. Both are made at the first start, readable by
// their owner alone.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/config_file.h"
#include "parley/error.h"
#include "signaling/identity/key_ring.h"

namespace parley {

// <data_dir>/token.key, 32 random bytes in hex. Refused when others may read it.
Result<signaling::SigningKey> load_or_make_token_key(const std::string& data_dir);

struct LoadedKeys {
  signaling::KeyRing keys;
  std::vector<std::string> warnings;  // one sentence each
};
// The own key and the configured ones. A secret is its file's text without the line's end, at least 32 bytes.
Result<LoadedKeys> load_keys(const AppConfig& config);

// What opens the admin listener: the file's text, at least 32 bytes; without a file <data_dir>/admin.token, which is
// made. Refused when others may read it.
Result<std::string> load_or_make_admin_token(const std::string& data_dir, const std::string& token_file);

struct TlsFiles {
  std::string certificate;
  std::string key;
};
// <data_dir>/https.pem and https.key; made anew when they are about to expire.
Result<TlsFiles> load_or_make_certificate(const std::string& data_dir, const std::vector<std::string>& hosts,
                                          std::chrono::sys_seconds now);

}  // namespace parley
