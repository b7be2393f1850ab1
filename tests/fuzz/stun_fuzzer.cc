// Any bytes as a STUN message: what parses stays inside the datagram, and what is written from it parses to the same.
#include <array>
#include <cstdint>

#include "base/check.h"
#include "wire/demux.h"
#include "wire/stun.h"

using namespace parley;

namespace {

constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

void check_view(const StunView& view, Bytes datagram) {
  // Of the 4096 methods RFC 7983 lets through those whose type begins with 0 to 3: Binding is one.
  if (view.method == kStunBinding) PARLEY_CHECK(classify(datagram) == DatagramClass::kStun);
  PARLEY_CHECK(view.unknown_count <= StunView::kMaxUnknown);
  for (const std::uint16_t type : view.unknown()) PARLEY_CHECK(type < 0x8000);
  if (view.integrity_offset) PARLEY_CHECK(*view.integrity_offset + 24 <= datagram.size());
  if (view.username && !view.username->empty()) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(view.username->data());
    PARLEY_CHECK(begin >= datagram.data() && begin + view.username->size() <= datagram.data() + datagram.size());
  }
  if (const auto ufrag = local_ufrag_of(view)) PARLEY_CHECK(!ufrag->empty() && ufrag->size() < view.username->size());
  if (!view.integrity_offset) PARLEY_CHECK(!verify_integrity(view, kPassword));
  (void)verify_integrity(view, kPassword);
}

void check_request_round_trip(const StunView& view) {
  BindingRequest request;
  request.transaction = view.transaction;
  request.username = view.username.value_or("");
  request.priority = view.priority;
  request.use_candidate = view.use_candidate;
  request.ice_controlling = view.ice_controlling;
  request.ice_controlled = view.ice_controlled;
  std::array<std::uint8_t, 700> bytes;
  const std::size_t size = write_binding_request(bytes, request, kPassword);
  PARLEY_CHECK(size != 0);
  const auto again = parse_stun(Bytes(bytes).first(size));
  PARLEY_CHECK(again && again->message_class == StunClass::kRequest && again->method == kStunBinding);
  PARLEY_CHECK(again->transaction == view.transaction && again->username == request.username);
  PARLEY_CHECK(again->priority == view.priority && again->use_candidate == view.use_candidate);
  PARLEY_CHECK(again->ice_controlling == view.ice_controlling && again->ice_controlled == view.ice_controlled);
  PARLEY_CHECK(again->fingerprint == StunView::Fingerprint::kValid && verify_integrity(*again, kPassword));
}

void check_response_round_trip(const StunView& view, Address mapped) {
  std::array<std::uint8_t, kMaxStunAnswer> bytes;
  std::size_t size = write_binding_success(bytes, view.transaction, mapped, kPassword);
  const auto success = parse_stun(Bytes(bytes).first(size));
  PARLEY_CHECK(success && success->xor_mapped_address == mapped && verify_integrity(*success, kPassword));

  size = write_binding_error(bytes, view.transaction, StunErrorCode::kUnknownAttribute, kPassword, view.unknown());
  const auto error = parse_stun(Bytes(bytes).first(size));
  PARLEY_CHECK(error && error->error_code == 420 && error->transaction == view.transaction);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes datagram(data, size);
  const auto view = parse_stun(datagram);
  if (!view) return 0;
  check_view(*view, datagram);
  check_request_round_trip(*view);
  check_response_round_trip(*view, view->xor_mapped_address.value_or(Address::v4({192, 0, 2, 1}, 7000)));
  return 0;
}
