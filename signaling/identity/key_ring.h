// The keys that sign tokens: the server's own, and those of platforms, each bound to its sites and to the kinds of
// token it may sign. Filled at start from the data folder and the configuration; read_token() looks keys up here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::signaling {

// The server's own key, which tokens name by naming none.
inline constexpr const char* kOwnKey = "local";
// RFC 7518 §3.2: no shorter than the hash.
inline constexpr std::size_t kMinSecretBytes = 32;

// A key has one: a token can't choose among several.
enum class Algorithm : std::uint8_t { kHs256 };

struct SigningKey {
  std::string bytes;
  std::string id = kOwnKey;          // a token names it in `kid`
  std::vector<std::string> sites{};  // it may sign for; only the server's own key needs none, and signs for any
  bool signs_members = true;
  bool signs_services = true;
  Algorithm algorithm = Algorithm::kHs256;

  bool is_own() const { return id == kOwnKey; }
  bool signs_for(std::string_view site) const;
};

class KeyRing {
 public:
  // A server with its own key alone is the common case.
  KeyRing(SigningKey own) : KeyRing(std::move(own), {}) {}  // NOLINT(google-explicit-constructor)
  KeyRing(SigningKey own, std::vector<SigningKey> others);

  const SigningKey& own() const { return own_; }
  // Empty: the server's own. Null: nobody's.
  const SigningKey* find(std::string_view id) const;

 private:
  SigningKey own_;
  std::vector<SigningKey> others_;
};

}  // namespace parley::signaling
