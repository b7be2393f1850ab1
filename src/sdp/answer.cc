#include "sdp/answer.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "sdp/media_answer.h"
#include "sdp/parser.h"
#include "sdp/reoffer.h"
#include "sdp/text.h"
#include "sdp/writer.h"

namespace parley::sdp {
namespace {

using Failure = std::optional<SdpError>;

Failure fail(int line, std::string what) {
  return SdpError{line, std::move(what)};
}
Failure fail(const MediaSection& at, std::string what) {
  return fail(at.line.number, std::move(what));
}

// One m-line on its way from the offer to the answer.
struct Line {
  const MediaSection* offer = nullptr;
  std::optional<MediaKind> kind;  // of an accepted line; a line without is rejected
  AnsweredCodecs codecs;
  Direction direction = Direction::kInactive;  // ours
};

class Negotiation {
 public:
  Negotiation(const SessionDescription& offer, const AnswerContext& context, Rng& rng, const NegotiatedState* previous)
      : offer_(offer), context_(context), rng_(rng), previous_(previous) {}

  std::expected<Answer, SdpError> run() {
    Failure failure = check_offer();
    if (!failure) failure = read_bundle();
    if (!failure) failure = read_transport();
    if (!failure) failure = judge_lines();
    if (!failure) failure = map_extensions();
    if (failure) return std::unexpected(std::move(*failure));

    number_session();
    place_slots();
    describe_session();
    for (std::size_t i = 0; i < lines_.size(); ++i) answer_line(lines_[i], state_.lines[i]);
    return finish();
  }

 private:
  Failure check_offer() {
    if (offer_.media.empty()) return fail(0, "the offer has no m-lines");
    if (offer_.media.size() > context_.limits.max_mlines) return fail(0, "the offer has too many m-lines");
    // RFC 8445 §6.1.1: two lite agents make no checks.
    if (offer_.ice_lite)
      return fail(0, "the offer says a=ice-lite; this server is a lite agent too, and two can't connect");
    return previous_ ? check_against_previous(offer_, *previous_) : std::nullopt;
  }

  // RFC 9143 §7.3: everything live is in one BUNDLE, whose first live m-line speaks for the transport.
  Failure read_bundle() {
    any_live_ = std::ranges::any_of(offer_.media, is_live);
    if (!any_live_) return previous_ ? std::nullopt : fail(0, "every m-line of the offer is stopped");
    if (!offer_.has_bundle) return fail(0, "the offer has no a=group:BUNDLE; everything must share one transport");

    std::unordered_map<std::string_view, const MediaSection*> by_mid;
    for (const MediaSection& media : offer_.media) {
      if (!media.mid.empty())
        by_mid.emplace(media.mid, &media);
      else if (is_live(media))
        return fail(media, "the m-line has no a=mid");
    }
    for (const std::string& mid : offer_.bundle) {
      const auto found = by_mid.find(mid);
      if (found == by_mid.end())
        return fail(offer_.bundle_line.number, "a=group:BUNDLE names mid " + quoted(mid) + ", which no m-line has");
      if (!is_live(*found->second)) continue;
      bundled_.insert(found->second);
      if (tagged_ == nullptr) tagged_ = found->second;
    }
    if (tagged_ == nullptr) return fail(offer_.bundle_line.number, "a=group:BUNDLE names no m-line that is in use");
    return std::nullopt;
  }

  Failure read_transport() {
    if (tagged_ == nullptr) {
      params_.remote_ice = previous_->params.remote_ice;
      params_.remote_fingerprint = previous_->params.remote_fingerprint;
      return std::nullopt;
    }
    const TransportAttributes& media = tagged_->transport;
    const TransportAttributes& session = offer_.transport;
    const auto& ufrag = media.ice_ufrag ? media.ice_ufrag : session.ice_ufrag;
    const auto& pwd = media.ice_pwd ? media.ice_pwd : session.ice_pwd;
    const auto& setup = media.setup ? media.setup : session.setup;
    const auto& fingerprints = media.fingerprints.empty() ? session.fingerprints : media.fingerprints;

    if (!ufrag) return fail(*tagged_, "the offer has no a=ice-ufrag for its BUNDLE");
    if (!pwd) return fail(*tagged_, "the offer has no a=ice-pwd for its BUNDLE");
    if (fingerprints.empty())
      return fail(*tagged_, "the offer has no a=fingerprint of sha-256, sha-384 or sha-512 for its BUNDLE");
    if (!setup) return fail(*tagged_, "the offer has no a=setup for its BUNDLE");
    if (*setup != Setup::kActpass && *setup != Setup::kActive) {
      return fail(*tagged_,
                  "the offer must say a=setup:actpass or a=setup:active; this server is the passive end of DTLS");
    }
    params_.remote_ice = {*ufrag, *pwd};
    // RFC 8122 §5: the strongest hash is the one to check.
    params_.remote_fingerprint = *std::ranges::max_element(fingerprints, {}, &Fingerprint::algorithm);
    if (previous_ && params_.remote_fingerprint != previous_->params.remote_fingerprint) {
      return fail(*tagged_, "the offer's DTLS fingerprint changed; another certificate takes a new session");
    }
    return std::nullopt;
  }

  // Which m-lines are accepted, and which way each flows.
  Failure judge_lines() {
    std::size_t tracks = 0;
    for (const MediaSection& media : offer_.media) {
      Line& line = lines_.emplace_back();
      line.offer = &media;
      const auto kind = media_kind(media);
      if (!kind || !bundled_.contains(&media)) continue;
      line.codecs = answer_codecs(media, *kind, context_.capabilities);
      if (line.codecs.params.empty()) continue;
      if (!media.rtcp_mux) return fail(media, "the m-line has no a=rtcp-mux; RTP and RTCP must share one transport");

      line.kind = kind;
      const bool receive = sends(media.direction) && context_.may_publish;
      const bool send = receives(media.direction) && context_.may_subscribe;
      line.direction = direction(send, receive);
      if (receive && ++tracks > context_.max_tracks) {
        return fail(media, "the offer sends on more than " + std::to_string(context_.max_tracks) + " m-lines");
      }
    }
    return std::nullopt;
  }

  Failure map_extensions() {
    for (const Line& line : lines_) {
      if (!line.kind) continue;
      if (auto failure = extensions_.add(*line.offer, *line.kind, context_.capabilities)) return failure;
    }
    return std::nullopt;
  }

  void number_session() {
    state_.session_id = previous_ ? previous_->session_id : rng_.next() >> 1;
    state_.version = previous_ ? previous_->version + 1 : 1;
    params_.cname = previous_ ? previous_->params.cname : context_.cname;
    ice_restarted_ = previous_ && params_.remote_ice != previous_->params.remote_ice;
    params_.local_ice = previous_ && !ice_restarted_ ? previous_->params.local_ice : context_.fresh_ice;
  }

  // A slot keeps its SSRCs and its place in the pairing for as long as it flows. One that comes back after it was
  // removed is a new stream: the old SSRC's encrypted packets must never be followed by others with the same numbers.
  void place_slots() {
    for (const Line& line : lines_) {
      NegotiatedLine& now = state_.lines.emplace_back();
      now.mid = line.offer->mid;
      now.media = line.offer->media;
      now.accepted = line.kind.has_value();
      now.slot = line.kind && sends(line.direction);
      for (const AnnouncedSsrc& announced : announced_ssrcs(*line.offer)) {
        used_ssrcs_.insert(announced.ssrc);
        if (announced.rtx) used_ssrcs_.insert(*announced.rtx);
      }
    }
    std::set<std::size_t> taken[2];
    const auto taken_by = [&](std::size_t i) -> std::set<std::size_t>& {
      return taken[static_cast<std::size_t>(*lines_[i].kind)];
    };
    for (std::size_t i = 0; previous_ && i < previous_->lines.size(); ++i) {
      const NegotiatedLine& before = previous_->lines[i];
      NegotiatedLine& now = state_.lines[i];
      if (!before.slot) continue;
      used_ssrcs_.insert(before.ssrc);
      if (before.rtx_ssrc) used_ssrcs_.insert(*before.rtx_ssrc);
      if (!now.slot || now.mid != before.mid) continue;
      now = before;
      taken_by(i).insert(before.slot_index);
      kept_.insert(i);
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      NegotiatedLine& now = state_.lines[i];
      if (!now.slot) continue;
      if (!kept_.contains(i)) {
        now.ssrc = fresh_ssrc();
        std::size_t k = 0;
        while (taken_by(i).contains(k)) ++k;
        taken_by(i).insert(k);
        now.slot_index = k;
      }
      if (!now.rtx_ssrc && has_rtx(lines_[i])) now.rtx_ssrc = fresh_ssrc();
    }
  }

  static bool has_rtx(const Line& line) {
    return std::ranges::any_of(line.codecs.params,
                               [](const CodecParams& codec) { return codec.rtx_payload_type.has_value(); });
  }

  Ssrc fresh_ssrc() {
    for (;;) {
      const Ssrc ssrc(rng_.u32());
      if (ssrc.value() != 0 && used_ssrcs_.insert(ssrc).second) return ssrc;
    }
  }

  void describe_session() {
    params_.extensions = extensions_.map();
    const auto all_accepted = [this](auto property) {
      bool any = false;
      for (const Line& line : lines_) {
        if (!line.kind) continue;
        any = true;
        if (!property(*line.offer)) return false;
      }
      return any;
    };
    params_.reduced_size_rtcp = all_accepted([](const MediaSection& offer) { return offer.rtcp_rsize; });
    params_.extmap_allow_mixed =
        offer_.extmap_allow_mixed || all_accepted([](const MediaSection& offer) { return offer.extmap_allow_mixed; });

    out_.origin.session_id = state_.session_id;
    out_.origin.version = state_.version;
    out_.has_bundle = true;
    // In the offer's order: the first accepted m-line of it speaks for the transport at both ends.
    std::unordered_set<std::string_view> accepted;
    for (const Line& line : lines_) {
      if (line.kind) accepted.insert(line.offer->mid);
    }
    for (const std::string& mid : offer_.bundle) {
      if (accepted.contains(mid)) out_.bundle.push_back(mid);
    }
    out_.ice_lite = true;
    out_.extmap_allow_mixed = offer_.extmap_allow_mixed;
    out_.msid_semantic = true;
  }

  void answer_line(const Line& line, const NegotiatedLine& negotiated) {
    const MediaSection& offer = *line.offer;
    MediaSection& out = out_.media.emplace_back();
    out.media = offer.media;
    out.protocol = offer.protocol;
    out.mid = offer.mid;
    out.direction = line.direction;
    if (!line.kind) {
      out.port = 0;
      out.formats = offer.formats;
      return;
    }
    const MediaKind kind = *line.kind;
    out.rtcp_mux = true;
    out.rtcp_rsize = offer.rtcp_rsize;
    out.extmap_allow_mixed = offer.extmap_allow_mixed;
    out.extensions = extensions_.answered(offer, kind, context_.capabilities);
    out.codecs = line.codecs.maps;
    for (const RtpMap& map : out.codecs) out.formats.push_back(std::to_string(map.payload_type.value()));
    write_transport(out);
    if (receives(line.direction)) answer_receiving(line, out);
    if (sends(line.direction)) answer_sending(line, negotiated, out);
  }

  // Every m-line repeats the credentials, as browsers' do; candidates stand once, where the BUNDLE's transport is
  // described.
  void write_transport(MediaSection& out) {
    out.transport.ice_ufrag = params_.local_ice.ufrag;
    out.transport.ice_pwd = params_.local_ice.pwd;
    out.transport.setup = Setup::kPassive;
    const auto& ours = context_.fingerprints;
    const auto same_hash = std::ranges::find(ours, params_.remote_fingerprint.algorithm, &Fingerprint::algorithm);
    if (same_hash != ours.end())
      out.transport.fingerprints = {*same_hash};
    else if (!ours.empty())
      out.transport.fingerprints = {ours.front()};

    if (out.mid != out_.bundle.front()) return;
    for (const Candidate& candidate : context_.candidates) out.candidates.push_back(to_attribute(candidate));
    out.end_of_candidates = true;
  }

  void answer_receiving(const Line& line, MediaSection& out) {
    ReceiveLine& receive = params_.receive.emplace_back();
    receive.mid = line.offer->mid;
    receive.kind = *line.kind;
    receive.codecs = line.codecs.params;
    receive.ssrcs = announced_ssrcs(*line.offer);
    // Without the extension that carries it a rid would name nothing.
    if (context_.capabilities.simulcast && params_.extensions.has(RtpExtension::kRid))
      receive.rids = answer_rids(*line.offer);
    for (const std::string& rid : receive.rids) {
      out.rids.push_back({rid, false});
      out.simulcast_recv.push_back({{rid, false}});
    }
  }

  void answer_sending(const Line& line, const NegotiatedLine& negotiated, MediaSection& out) {
    SendSlot& slot = params_.send.emplace_back();
    slot.mid = line.offer->mid;
    slot.kind = *line.kind;
    slot.codecs = line.codecs.params;
    slot.ssrc = negotiated.ssrc;
    if (has_rtx(line)) slot.rtx_ssrc = negotiated.rtx_ssrc;
    slot.stream_id = "slot-" + std::to_string(negotiated.slot_index);

    out.msid = slot.stream_id + " " + slot.stream_id + "-" + std::string(to_string(slot.kind));
    out.ssrcs.push_back({slot.ssrc, params_.cname, out.msid});
    if (!slot.rtx_ssrc) return;
    out.ssrcs.push_back({*slot.rtx_ssrc, params_.cname, out.msid});
    out.ssrc_groups.push_back({"FID", {slot.ssrc, *slot.rtx_ssrc}});
  }

  Answer finish() {
    Answer answer;
    answer.delta = compare(previous_ ? previous_->params : SessionParams{}, params_);
    answer.delta.ice_restarted = ice_restarted_;
    answer.sdp = write(out_);
    state_.params = params_;
    answer.params = std::move(params_);
    answer.state = std::move(state_);
    return answer;
  }

  const SessionDescription& offer_;
  const AnswerContext& context_;
  Rng& rng_;
  const NegotiatedState* previous_;

  bool any_live_ = false;
  std::unordered_set<const MediaSection*> bundled_;
  const MediaSection* tagged_ = nullptr;  // the first live m-line of the BUNDLE
  std::vector<Line> lines_;
  BundleExtensions extensions_;
  std::unordered_set<Ssrc> used_ssrcs_;
  std::unordered_set<std::size_t> kept_;  // m-lines whose slot goes on
  bool ice_restarted_ = false;
  SessionDescription out_;
  SessionParams params_;
  NegotiatedState state_;
};

}  // namespace

std::expected<Answer, SdpError> answer(std::string_view offer, const AnswerContext& context, Rng& rng,
                                       const NegotiatedState* previous) {
  const auto parsed = parse(offer, context.limits);
  if (!parsed) return std::unexpected(parsed.error());
  return answer(*parsed, context, rng, previous);
}

std::expected<Answer, SdpError> answer(const SessionDescription& offer, const AnswerContext& context, Rng& rng,
                                       const NegotiatedState* previous) {
  return Negotiation(offer, context, rng, previous).run();
}

void restart_ice(NegotiatedState& state, IceCredentials remote, IceCredentials local) {
  state.params.remote_ice = std::move(remote);
  state.params.local_ice = std::move(local);
}

}  // namespace parley::sdp
