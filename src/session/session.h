// One peer connection: ICE, DTLS and SRTP, what comes in and what goes out. It knows no room: what concerns others
// leaves as SessionEvents. A router between its parts: Ingress (in), Egress (out), IceLite and Dtls (the pipe),
// reports. Owned by the engine's table, on the worker's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/datagram.h"
#include "base/drop_reason.h"
#include "base/outbox.h"
#include "base/rng.h"
#include "base/slot_map.h"
#include "base/time.h"
#include "media/send_stream.h"
#include "session/egress.h"
#include "session/ingress.h"
#include "session/reports.h"
#include "session/rtcp_inbox.h"
#include "session/session_events.h"
#include "session/session_params.h"
#include "transport/dtls.h"
#include "transport/ice_lite.h"
#include "transport/srtp.h"
#include "wire/stun.h"

namespace parley {

// What the sessions of one engine share.
struct SessionContext {
  PacketPool& pool;
  SlotMap<SendStream>& streams;
  DirtyList& dirty;
  DropCounters& drops;
  DtlsFactory& dtls;
  Rng& rng;
  SrtpLibrary srtp = SrtpLibrary::kOpenssl;
  IceTimeouts ice;
};

class Session {
 public:
  Session(SessionParams params, SessionContext& context, std::uint32_t index, Time now);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // A new negotiation: lines and slots come and go, what stays goes on undisturbed. Changed ICE credentials are a
  // restart.
  void update(SessionParams params, Time now, SessionEvents& events);
  void restart_ice(IceCredentials local, IceCredentials remote, Time now, SessionEvents& events);

  void receive_stun(const StunView& message, const Path& path, Time now, Outbox& out, SessionEvents& events);
  // The rest only from paths that ICE has validated.
  void receive_dtls(const Datagram& datagram, Outbox& out, SessionEvents& events);
  void receive_rtp(Datagram datagram, SessionEvents& events);
  void receive_rtcp(Datagram datagram, SessionEvents& events);

  void tick(Time now, Outbox& out, SessionEvents& events);
  Time next_deadline() const;
  // Returns the number of RTP packets sent.
  std::size_t flush(Time now, Outbox& out);
  // Says BYE and close_notify where it can.
  void close(Time now, Outbox& out);

  void set_route(std::string_view mid, Route route) { ingress_.set_route(mid, route); }
  // What the peer sends on an m-line; nothing if it sends nothing there.
  std::optional<MediaKind> receive_kind(std::string_view mid) const;
  // False if the publisher was not heard yet.
  bool request_keyframe(Route route);
  Handle<SendStream> slot(std::string_view mid) const;
  const std::vector<SlotRef>& slots() const { return slots_; }

  bool up() const { return egress_.is_open(); }
  bool handshaking() const { return dtls_ && !up(); }
  const IceCredentials& local_ice() const { return ice_.local(); }
  const RoundTrip& round_trip() const { return round_trip_; }

 private:
  void configure_slots(const std::vector<SendSlot>& slots);
  void restart(IceCredentials local, IceCredentials remote, Time now, SessionEvents& events);
  void on_dtls(DtlsState state, SessionEvents& events);
  // What can't arrive is not numbered: slots are held until the session is up and has a path, video also while the path
  // is suspect.
  void hold_slots();
  void judge_path(IceLite::State ice, SessionEvents& events);
  void say_bye(std::span<const Ssrc> ssrcs);
  void send_reports(Time now);
  void send_slot_reports(Time now);
  ReportIdentity identity() const;

  SessionContext* context_;
  SessionParams params_;
  IceLite ice_;
  std::unique_ptr<Dtls> dtls_;
  Path dtls_path_;
  std::unique_ptr<SrtpReceiver> receiver_;
  Ingress ingress_;
  Egress egress_;
  std::vector<SlotRef> slots_;
  RoundTrip round_trip_;
  Ssrc report_ssrc_;
  Time next_report_;
  Time next_slot_check_{};
  std::vector<ReportBlock> report_blocks_;
  std::uint8_t fir_sequence_ = 0;
  bool suspect_ = false;
  bool reachable_ = false;
  bool over_ = false;
};

}  // namespace parley
