// The port to DTLS (RFC 6347, 5764): from a peer's datagrams to SRTP keys. OpenSSL stands behind it in production, a
// scripted peer in simulations, because OpenSSL's handshake is neither deterministic nor on our clock. We are always
// the server: our answers say a=setup:passive.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "base/fingerprint.h"
#include "base/time.h"
#include "transport/srtp.h"

namespace parley {

enum class DtlsState : std::uint8_t {
  kNew,  // nothing came yet
  kHandshaking,
  kConnected,  // the peer is who SDP announced; keys() has the keys
  kFailed,     // failure() says why
  kClosed,     // either side said close_notify
};

// Where datagrams go. Called during receive(), tick() and close() only; the bytes are valid during the call.
class DtlsSink {
 public:
  virtual void send_dtls(Bytes datagram) = 0;

 protected:
  ~DtlsSink() = default;
};

class Dtls {
 public:
  virtual ~Dtls() = default;

  // One datagram whose first byte is 20..63 (RFC 7983).
  virtual DtlsState receive(Bytes datagram, Time now, DtlsSink& sink) = 0;
  // Retransmits a flight that was lost; fails a handshake that takes too long.
  virtual DtlsState tick(Time now, DtlsSink& sink) = 0;
  // When tick() has something to do, or kNever.
  virtual Time next_deadline() const = 0;

  virtual DtlsState state() const = 0;
  // Null unless connected.
  virtual const SrtpKeys* keys() const = 0;
  // A sentence for the log, free of secrets; empty unless failed.
  virtual std::string_view failure() const = 0;
  // Says close_notify to a connected peer; an unfinished handshake just ends.
  virtual void close(DtlsSink& sink) = 0;
};

class DtlsFactory {
 public:
  virtual ~DtlsFactory() = default;
  // One peer's end. `expected_peer` is the fingerprint that its SDP announced.
  virtual std::unique_ptr<Dtls> make(const Fingerprint& expected_peer, Time now) = 0;
};

}  // namespace parley
