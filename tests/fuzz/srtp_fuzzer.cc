// Two libraries behind one port, under a stranger's packets. The first byte chooses the profile; then steps of a kind
// (1 byte), a length (2 bytes) and that many bytes. Holds: no bytes of a stranger open; what one library seals the
// other seals alike and opens once; what is changed on the way opens nowhere.
#include <algorithm>
#include <array>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "transport/srtp.h"

namespace parley {
namespace {

constexpr std::size_t kMaxPacket = 1500;

struct End {
  std::unique_ptr<SrtpSender> sender;
  std::unique_ptr<SrtpReceiver> receiver;
};

std::size_t protect(End& end, bool control, std::vector<std::uint8_t>& packet) {
  const std::size_t size = packet.size();
  packet.resize(size + kMaxSrtcpOverhead);
  const std::size_t sealed = control ? end.sender->protect_rtcp(packet, size) : end.sender->protect_rtp(packet, size);
  packet.resize(sealed);
  return sealed;
}

std::expected<std::size_t, DropReason> unprotect(End& end, bool control, std::vector<std::uint8_t>& packet) {
  return control ? end.receiver->unprotect_rtcp(packet) : end.receiver->unprotect_rtp(packet);
}

void seal_and_open(End& one, End& other, bool control, bool change, Bytes plain) {
  std::vector<std::uint8_t> sealed(plain.begin(), plain.end());
  std::vector<std::uint8_t> same(plain.begin(), plain.end());
  protect(one, control, sealed);
  protect(other, control, same);
  PARLEY_CHECK(sealed == same);
  if (sealed.empty()) return;
  if (change) {
    sealed[plain.back() % sealed.size()] ^= 0x10;
    PARLEY_CHECK(!unprotect(one, control, sealed));
    return;
  }
  for (End* end : {&one, &other}) {
    std::vector<std::uint8_t> opened = sealed;
    const auto size = unprotect(*end, control, opened);
    // It may be too old for the receiver's window, but then it is for both.
    if (!size) {
      std::vector<std::uint8_t> again = sealed;
      PARLEY_CHECK(unprotect(end == &one ? other : one, control, again) == size);
      return;
    }
    PARLEY_CHECK(std::ranges::equal(Bytes(opened).first(*size), plain));
    opened = sealed;
    PARLEY_CHECK(unprotect(*end, control, opened) == std::unexpected(DropReason::kReplay));
  }
}

void run(Bytes input) {
  ByteReader reader(input);
  constexpr SrtpProfile kProfiles[] = {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm,
                                       SrtpProfile::kAesCm128HmacSha1_80};
  const SrtpMasterKey key{.profile = kProfiles[reader.u8() % 3], .key = {1, 2, 3}, .salt = {4, 5, 6}};
  std::array<End, 2> ends;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const SrtpLibrary library = i == 0 ? SrtpLibrary::kOpenssl : SrtpLibrary::kLibsrtp;
    ends[i] = {make_srtp_sender(library, key), make_srtp_receiver(library, key)};
  }
  while (reader.remaining() > 3) {
    const std::uint8_t kind = reader.u8();
    const std::size_t wanted = reader.be16() % kMaxPacket;
    const Bytes packet = reader.bytes(std::min(wanted, reader.remaining()));
    const bool control = (kind & 1) != 0;
    if (kind & 2) {
      for (End& end : ends) {
        std::vector<std::uint8_t> bytes(packet.begin(), packet.end());
        PARLEY_CHECK(!unprotect(end, control, bytes));
      }
    } else {
      const std::size_t first = kind >> 7;
      seal_and_open(ends[first], ends[1 - first], control, (kind & 4) != 0, packet);
    }
  }
}

}  // namespace
}  // namespace parley

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parley::run({data, size});
  return 0;
}
