#include "session/session.h"

#include <algorithm>
#include <utility>

namespace parley {
namespace {

constexpr Duration kReportInterval = 1s;
// Slots' sender reports are looked after this often; each slot knows its own rhythm.
constexpr Duration kSenderReportGrain = 50ms;

// Datagrams of the handshake, on their way out.
class DtlsDoor final : public DtlsSink {
 public:
  DtlsDoor(SessionContext& context, const Path& path, Outbox& out) : context_(context), path_(path), out_(out) {}
  void send_dtls(Bytes datagram) override {
    PacketRef packet = context_.pool.copy_of(datagram);
    if (!packet) return context_.drops.add(DropReason::kPoolExhausted);
    out_.send(path_, std::move(packet));
  }

 private:
  SessionContext& context_;
  const Path& path_;
  Outbox& out_;
};

std::vector<SendCodec> send_codecs(const SendSlot& slot) {
  std::vector<SendCodec> codecs;
  for (const CodecParams& codec : slot.codecs) codecs.push_back({codec.codec, codec.profile, codec.payload_type});
  return codecs;
}

}  // namespace

Session::Session(SessionParams params, SessionContext& context, std::uint32_t index, Time now)
    : context_(&context),
      params_(std::move(params)),
      ice_(params_.local_ice, params_.remote_ice, context.ice, now),
      egress_(context.pool, context.streams, context.dirty, context.drops, index),
      report_ssrc_(context.rng.u32()),
      next_report_(now + kReportInterval) {
  ingress_.configure(params_);
  egress_.configure(params_.extensions, params_.extmap_allow_mixed);
  configure_slots(params_.send);
}

Session::~Session() {
  for (const SlotRef& slot : slots_) context_->streams.erase(slot.handle);
}

void Session::update(SessionParams params, Time now, SessionEvents& events) {
  if (params.local_ice != params_.local_ice) restart(params.local_ice, params.remote_ice, now, events);
  params_ = std::move(params);
  ingress_.configure(params_);
  egress_.configure(params_.extensions, params_.extmap_allow_mixed);
  configure_slots(params_.send);
}

void Session::restart_ice(IceCredentials local, IceCredentials remote, Time now, SessionEvents& events) {
  restart(local, remote, now, events);
  params_.local_ice = std::move(local);
  params_.remote_ice = std::move(remote);
}

void Session::restart(IceCredentials local, IceCredentials remote, Time now, SessionEvents& events) {
  std::string retired = ice_.restart(std::move(local), std::move(remote), now);
  if (!retired.empty()) events.push_back(UfragRetired{std::move(retired)});
}

void Session::configure_slots(const std::vector<SendSlot>& slots) {
  // Slots that went say BYE.
  std::vector<Ssrc> gone;
  std::erase_if(slots_, [&](const SlotRef& old) {
    const bool stays = std::ranges::any_of(slots, [&](const SendSlot& slot) { return slot.ssrc == old.ssrc; });
    if (!stays) {
      gone.push_back(old.ssrc);
      context_->streams.erase(old.handle);
    }
    return !stays;
  });
  if (up()) say_bye(gone);

  // Slots that stay keep their line; new ones begin one.
  for (const SendSlot& slot : slots) {
    const auto old = std::ranges::find(slots_, slot.ssrc, &SlotRef::ssrc);
    if (old != slots_.end()) {
      context_->streams.find(old->handle)->set_codecs(send_codecs(slot));
      continue;
    }
    const Handle<SendStream> handle = context_->streams.emplace(
        SendStreamParams{slot.mid, slot.kind, slot.ssrc, send_codecs(slot)}, egress_.queue(), context_->rng);
    context_->streams.find(handle)->set_handle(handle);
    slots_.push_back({slot.ssrc, handle});
  }
  hold_slots();
}

void Session::hold_slots() {
  for (const SlotRef& slot : slots_) {
    SendStream& stream = *context_->streams.find(slot.handle);
    stream.set_held(!up() || !reachable_ || (suspect_ && stream.kind() == MediaKind::kVideo));
  }
}

void Session::judge_path(IceLite::State ice, SessionEvents& events) {
  if (ice == IceLite::State::kFailed) return;
  const bool suspect = ice == IceLite::State::kSuspect;
  const bool reachable = ice_.nominated().has_value();
  if (suspect == suspect_ && reachable == reachable_) return;
  const bool told = suspect == suspect_;
  suspect_ = suspect;
  reachable_ = reachable;
  hold_slots();
  if (!told) events.push_back(SuspectChanged{suspect});
}

void Session::say_bye(std::span<const Ssrc> ssrcs) {
  while (!ssrcs.empty()) {
    const auto some = ssrcs.first(std::min(ssrcs.size(), kMaxRtcpCount));
    egress_.send_rtcp(make_bye(context_->pool, identity(), some));
    ssrcs = ssrcs.subspan(some.size());
  }
}

void Session::receive_stun(const StunView& message, const Path& path, Time now, Outbox& out, SessionEvents& events) {
  PacketRef reply = context_->pool.take();
  if (!reply) return context_->drops.add(DropReason::kPoolExhausted);
  const IceLite::Result result = ice_.receive(message, path, now, reply.buffer().first(kMaxStunAnswer));
  if (result.dropped) context_->drops.add(*result.dropped);
  if (result.reply_size != 0) {
    reply.set_size(result.reply_size);
    out.send(path, std::move(reply));
  }
  if (result.evicted) events.push_back(PathRetired{*result.evicted});
  const bool proved = !result.dropped && result.reply_size != 0;
  if (proved) events.push_back(PathValidated{path});
  if (!result.retired_ufrag.empty()) events.push_back(UfragRetired{std::string(result.retired_ufrag)});
  if (proved) judge_path(ice_.tick(now), events);
}

void Session::receive_dtls(const Datagram& datagram, Outbox& out, SessionEvents& events) {
  if (!dtls_) dtls_ = context_->dtls.make(params_.remote_fingerprint, datagram.arrival);
  dtls_path_ = datagram.path;
  DtlsDoor door(*context_, dtls_path_, out);
  on_dtls(dtls_->receive(datagram.packet.bytes(), datagram.arrival, door), events);
}

void Session::on_dtls(DtlsState state, SessionEvents& events) {
  if (over_) return;
  switch (state) {
    case DtlsState::kNew:
    case DtlsState::kHandshaking: return;
    case DtlsState::kConnected:
      if (up()) return;
      receiver_ = make_srtp_receiver(context_->srtp, dtls_->keys()->receive);
      egress_.open(make_srtp_sender(context_->srtp, dtls_->keys()->send));
      hold_slots();
      events.push_back(SessionUp{});
      return;
    case DtlsState::kFailed:
      context_->drops.add(DropReason::kDtlsFailed);
      over_ = true;
      events.push_back(SessionOver{CloseReason::kDtlsFailed});
      return;
    case DtlsState::kClosed:
      over_ = true;
      events.push_back(SessionOver{CloseReason::kDtlsClosed});
      return;
  }
}

void Session::receive_rtp(Datagram datagram, SessionEvents& events) {
  if (!receiver_) return context_->drops.add(DropReason::kNoKeys);
  // Seen before? Ours? Open it in place.
  const auto size = receiver_->unprotect_rtp(datagram.packet.mutable_bytes());
  if (!size) return context_->drops.add(size.error());
  datagram.packet.set_size(*size);
  // What is it?
  auto media = ingress_.receive(std::move(datagram.packet), datagram.arrival);
  if (!media) return context_->drops.add(media.error());
  events.push_back(*std::move(media));
}

void Session::receive_rtcp(Datagram datagram, SessionEvents& events) {
  if (!receiver_) return context_->drops.add(DropReason::kNoKeys);
  const auto size = receiver_->unprotect_rtcp(datagram.packet.mutable_bytes());
  if (!size) return context_->drops.add(size.error());
  datagram.packet.set_size(*size);
  if (!parley::receive_rtcp(datagram.packet.bytes(), datagram.arrival, ingress_, slots_, context_->streams, round_trip_,
                            events)) {
    context_->drops.add(DropReason::kBadRtcp);
  }
}

void Session::tick(Time now, Outbox& out, SessionEvents& events) {
  if (over_) return;
  // Does the peer still want this?
  const IceLite::State ice = ice_.tick(now);
  if (ice == IceLite::State::kFailed) {
    over_ = true;
    events.push_back(SessionOver{CloseReason::kIceTimeout});
    return;
  }
  judge_path(ice, events);
  // Lost flights of the handshake.
  if (dtls_ && now >= dtls_->next_deadline()) {
    DtlsDoor door(*context_, dtls_path_, out);
    on_dtls(dtls_->tick(now, door), events);
  }
  send_reports(now);
}

void Session::send_reports(Time now) {
  if (!up()) return;
  if (now >= next_slot_check_) {
    send_slot_reports(now);
    next_slot_check_ = now + kSenderReportGrain;
  }
  if (now < next_report_ && now < ingress_.first_report_due()) return;
  report_blocks_.clear();
  ingress_.report(now, report_blocks_);
  for (std::size_t at = 0; at < report_blocks_.size(); at += kMaxRtcpCount) {
    const auto blocks = std::span<const ReportBlock>(report_blocks_).subspan(at);
    egress_.send_rtcp(make_receiver_report(context_->pool, identity(), blocks));
  }
  next_report_ = now + kReportInterval;
}

void Session::send_slot_reports(Time now) {
  for (const SlotRef& slot : slots_) {
    SendStream& stream = *context_->streams.find(slot.handle);
    if (!stream.report_due(now)) continue;
    const auto info = stream.sender_info(now);
    egress_.send_rtcp(
        make_sender_report(context_->pool, identity(),
                           SenderInfo{slot.ssrc, to_ntp(now), info->rtp_timestamp, info->packets, info->octets}));
    stream.on_report_sent(now);
  }
}

Time Session::next_deadline() const {
  if (over_) return kNever;
  Time next = ice_.next_deadline();
  if (dtls_) next = std::min(next, dtls_->next_deadline());
  if (up()) next = std::min({next, next_report_, ingress_.first_report_due(), next_slot_check_});
  return next;
}

std::size_t Session::flush(Time now, Outbox& out) {
  const auto path = ice_.nominated();
  return egress_.flush(now, path ? &*path : nullptr, out);
}

void Session::close(Time now, Outbox& out) {
  // Without consent, silence (RFC 7675 §5.1).
  if (ice_.tick(now) == IceLite::State::kFailed) return;
  if (up() && !slots_.empty()) {
    std::vector<Ssrc> ssrcs;
    for (const SlotRef& slot : slots_) ssrcs.push_back(slot.ssrc);
    say_bye(ssrcs);
    flush(now, out);
  }
  if (!dtls_) return;
  const Path path = ice_.nominated().value_or(dtls_path_);
  DtlsDoor door(*context_, path, out);
  dtls_->close(door);
}

std::optional<MediaKind> Session::receive_kind(std::string_view mid) const {
  for (const ReceiveLine& line : params_.receive) {
    if (line.mid == mid) return line.kind;
  }
  return std::nullopt;
}

bool Session::request_keyframe(Route route) {
  if (!up()) return false;
  const auto target = ingress_.keyframe_target(route);
  if (!target) return false;
  if (target->fir) ++fir_sequence_;
  egress_.send_rtcp(make_keyframe_request(context_->pool, identity(), *target, fir_sequence_));
  return true;
}

Handle<SendStream> Session::slot(std::string_view mid) const {
  for (const SlotRef& slot : slots_) {
    if (context_->streams.find(slot.handle)->mid() == mid) return slot.handle;
  }
  return {};
}

ReportIdentity Session::identity() const {
  return {report_ssrc_, params_.cname, params_.reduced_size_rtcp};
}

}  // namespace parley
