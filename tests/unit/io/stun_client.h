// The little of an ICE agent that a test needs: one connectivity check, one answer.
#pragma once

#include <optional>
#include <string>

#include "base/ice_credentials.h"
#include "io/random.h"
#include "unit/io/loopback.h"
#include "wire/stun.h"

namespace parley::testing {

inline void send_check(const UdpSocket& client, const Address& server, const IceCredentials& ours,
                       const IceCredentials& theirs) {
  const std::string username = theirs.ufrag + ":" + ours.ufrag;
  BindingRequest request;
  fill_random(request.transaction);
  request.username = username;
  request.priority = 1;
  request.use_candidate = true;
  request.ice_controlling = 1;
  std::array<std::uint8_t, 256> buffer;
  const std::size_t size = write_binding_request(buffer, request, theirs.pwd);
  ASSERT_GT(size, 0u);
  send_text(client, server, as_text(Bytes(buffer).first(size)));
}

// The address that the server saw; nothing if it did not answer with success in time.
inline std::optional<Address> hear_success(const UdpSocket& client, std::string_view password,
                                           int deadline_ms = kDeadlineMs) {
  const auto heard = hear(client, 1, deadline_ms);
  if (heard.empty()) return std::nullopt;
  const auto message = parse_stun(as_bytes(heard[0].text));
  if (!message || message->message_class != StunClass::kSuccess || !verify_integrity(*message, password))
    return std::nullopt;
  return message->xor_mapped_address;
}

inline std::optional<Address> check(const UdpSocket& client, const Address& server, const IceCredentials& ours,
                                    const IceCredentials& theirs) {
  send_check(client, server, ours, theirs);
  return hear_success(client, theirs.pwd);
}

}  // namespace parley::testing
