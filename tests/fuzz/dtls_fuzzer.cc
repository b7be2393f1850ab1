// A DTLS server end under a stranger's datagrams: each is a length (2 bytes) and that many bytes; a length of 0 is a
// tick. Holds: no handshake ends without the announced certificate, so there are never keys; what is sent fits its
// path; a failure has a sentence and is the end.
#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "transport/dtls_openssl.h"

namespace parley {
namespace {

class CheckingSink final : public DtlsSink {
 public:
  void send_dtls(Bytes datagram) override { PARLEY_CHECK(!datagram.empty() && datagram.size() <= 1200); }
};

void run(Bytes input) {
  static const Certificate certificate = *Certificate::generate();
  static OpensslDtlsFactory factory(certificate);
  static const Fingerprint expected = certificate.fingerprint(HashAlgorithm::kSha256);

  Time now{1s};
  const auto dtls = factory.make(expected, now);
  CheckingSink sink;
  ByteReader reader(input);
  while (reader.remaining() >= 2) {
    const std::size_t wanted = reader.be16() % 2048;
    const bool over = dtls->state() == DtlsState::kFailed;
    now += 10ms;
    const DtlsState state = wanted == 0 ? dtls->tick(now, sink)
                                        : dtls->receive(reader.bytes(std::min(wanted, reader.remaining())), now, sink);
    PARLEY_CHECK(state == dtls->state() && state != DtlsState::kConnected && state != DtlsState::kClosed);
    PARLEY_CHECK(dtls->keys() == nullptr);
    PARLEY_CHECK((state == DtlsState::kFailed) == !dtls->failure().empty());
    PARLEY_CHECK(!over || state == DtlsState::kFailed);
  }
  dtls->close(sink);
}

}  // namespace
}  // namespace parley

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parley::run({data, size});
  return 0;
}
