#include "sdp/writer.h"

#include <string_view>
#include <utility>

namespace parley::sdp {
namespace {

std::string_view name_of(Direction direction) {
  switch (direction) {
    case Direction::kSendRecv: return "sendrecv";
    case Direction::kSendOnly: return "sendonly";
    case Direction::kRecvOnly: return "recvonly";
    case Direction::kInactive: return "inactive";
  }
  return "";
}

std::string_view name_of(Setup setup) {
  switch (setup) {
    case Setup::kActive: return "active";
    case Setup::kPassive: return "passive";
    case Setup::kActpass: return "actpass";
    case Setup::kHoldconn: return "holdconn";
  }
  return "";
}

std::string_view name_of(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::kSha256: return "sha-256";
    case HashAlgorithm::kSha384: return "sha-384";
    case HashAlgorithm::kSha512: return "sha-512";
  }
  return "";
}

class Writer {
 public:
  std::string run(const SessionDescription& description) {
    write_session(description);
    for (const MediaSection& media : description.media) write_media(media);
    return std::move(out_);
  }

 private:
  template <class... Parts>
  void line(const Parts&... parts) {
    (put(parts), ...);
    out_ += "\r\n";
  }
  void put(std::string_view text) { out_ += text; }
  void put(std::uint64_t number) { out_ += std::to_string(number); }
  void put(Ssrc ssrc) { out_ += std::to_string(ssrc.value()); }
  void put(PayloadType payload_type) { out_ += std::to_string(payload_type.value()); }

  void write_session(const SessionDescription& description) {
    const Origin& origin = description.origin;
    line("v=0");
    line("o=", origin.username, " ", origin.session_id, " ", origin.version, " ", origin.address);
    line("s=-");
    line("t=0 0");
    if (description.has_bundle) {
      put("a=group:BUNDLE");
      for (const std::string& mid : description.bundle) {
        put(" ");
        put(mid);
      }
      line();
    }
    if (description.extmap_allow_mixed) line("a=extmap-allow-mixed");
    if (description.msid_semantic) line("a=msid-semantic: WMS *");
    if (description.ice_lite) line("a=ice-lite");
    write_transport(description.transport);
  }

  void write_transport(const TransportAttributes& transport) {
    if (transport.ice_ufrag) line("a=ice-ufrag:", *transport.ice_ufrag);
    if (transport.ice_pwd) line("a=ice-pwd:", *transport.ice_pwd);
    for (const Fingerprint& fingerprint : transport.fingerprints) write_fingerprint(fingerprint);
    if (transport.setup) line("a=setup:", name_of(*transport.setup));
  }

  void write_fingerprint(const Fingerprint& fingerprint) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    put("a=fingerprint:");
    put(name_of(fingerprint.algorithm));
    char separator = ' ';
    for (const std::uint8_t byte : fingerprint.digest) {
      out_ += separator;
      out_ += kHex[byte >> 4];
      out_ += kHex[byte & 15];
      separator = ':';
    }
    line();
  }

  void write_media(const MediaSection& media) {
    put("m=");
    put(media.media);
    put(" ");
    put(std::uint64_t{media.port});
    put(" ");
    put(media.protocol);
    for (const std::string& format : media.formats) {
      put(" ");
      put(format);
    }
    line();
    line("c=IN IP4 0.0.0.0");
    for (const std::string& candidate : media.candidates) line("a=", candidate);
    if (media.end_of_candidates) line("a=end-of-candidates");
    write_transport(media.transport);
    if (!media.mid.empty()) line("a=mid:", media.mid);
    if (media.bundle_only) line("a=bundle-only");
    if (media.extmap_allow_mixed) line("a=extmap-allow-mixed");
    for (const ExtMap& extension : media.extensions) write_extension(extension);
    line("a=", name_of(media.direction));
    if (!media.msid.empty()) line("a=msid:", media.msid);
    if (media.rtcp_mux) line("a=rtcp-mux");
    if (media.rtcp_rsize) line("a=rtcp-rsize");
    for (const RtpMap& codec : media.codecs) write_codec(codec);
    for (const Rid& rid : media.rids) line("a=rid:", rid.id, rid.send ? " send" : " recv");
    write_simulcast(media);
    write_ssrcs(media);
  }

  void write_extension(const ExtMap& extension) {
    put("a=extmap:");
    put(std::uint64_t{extension.id});
    if (extension.direction) {
      put("/");
      put(name_of(*extension.direction));
    }
    line(" ", extension.uri);
  }

  void write_codec(const RtpMap& codec) {
    put("a=rtpmap:");
    put(codec.payload_type);
    put(" ");
    put(codec.name);
    put("/");
    put(std::uint64_t{codec.clock_rate});
    if (codec.channels != 0) {
      put("/");
      put(std::uint64_t{codec.channels});
    }
    line();
    for (const std::string& feedback : codec.feedback) line("a=rtcp-fb:", codec.payload_type, " ", feedback);
    if (!codec.fmtp.empty()) line("a=fmtp:", codec.payload_type, " ", codec.fmtp);
  }

  void write_simulcast(const MediaSection& media) {
    if (media.simulcast_send.empty() && media.simulcast_recv.empty()) return;
    put("a=simulcast:");
    write_streams("send ", media.simulcast_send);
    if (!media.simulcast_send.empty() && !media.simulcast_recv.empty()) put(" ");
    write_streams("recv ", media.simulcast_recv);
    line();
  }

  void write_streams(std::string_view direction, const std::vector<SimulcastStream>& streams) {
    std::string_view before = direction;
    for (const SimulcastStream& stream : streams) {
      for (const SimulcastAlternative& alternative : stream) {
        put(before);
        if (alternative.paused) put("~");
        put(alternative.rid);
        before = ",";
      }
      before = ";";
    }
  }

  void write_ssrcs(const MediaSection& media) {
    for (const SsrcGroup& group : media.ssrc_groups) {
      put("a=ssrc-group:");
      put(group.semantics);
      for (const Ssrc ssrc : group.ssrcs) {
        put(" ");
        put(ssrc);
      }
      line();
    }
    for (const SsrcAttribute& ssrc : media.ssrcs) {
      if (ssrc.cname.empty() && ssrc.msid.empty()) line("a=ssrc:", ssrc.ssrc);
      if (!ssrc.cname.empty()) line("a=ssrc:", ssrc.ssrc, " cname:", ssrc.cname);
      if (!ssrc.msid.empty()) line("a=ssrc:", ssrc.ssrc, " msid:", ssrc.msid);
    }
  }

  std::string out_;
};

}  // namespace

std::string write(const SessionDescription& description) {
  return Writer().run(description);
}

}  // namespace parley::sdp
