// Offers as a browser would make them, as short as they can be.
#pragma once

#include <string>
#include <vector>

namespace parley::testing {

struct OfferLine {
  std::string mid;
  std::string kind;        // "audio" or "video"
  std::string direction;   // "sendonly", "recvonly", "sendrecv", "inactive"
  std::string codec = {};  // of a video line; VP8 if empty
  bool stopped = false;
};

struct OfferIdentity {
  std::string ufrag = "clnt";
  std::string pwd = "clientclientclientclient";
  std::string fingerprint =
      "sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F";
};

inline std::string make_offer(const std::vector<OfferLine>& lines, const OfferIdentity& identity = {}) {
  std::string bundle;
  std::string media;
  for (const OfferLine& line : lines) {
    const bool audio = line.kind == "audio";
    const std::string type = audio ? "111" : "96";
    const std::string codec = audio ? "opus/48000/2" : (line.codec.empty() ? "VP8" : line.codec) + "/90000";
    if (!line.stopped) bundle += " " + line.mid;
    media += "m=" + line.kind + (line.stopped ? " 0" : " 9") + " UDP/TLS/RTP/SAVPF " + type +
             "\r\nc=IN IP4 0.0.0.0\r\na=mid:" + line.mid + "\r\na=" + line.direction +
             "\r\na=rtcp-mux\r\na=rtpmap:" + type + " " + codec +
             "\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=ice-ufrag:" + identity.ufrag +
             "\r\na=ice-pwd:" + identity.pwd + "\r\na=fingerprint:" + identity.fingerprint + "\r\na=setup:actpass\r\n";
  }
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE" + bundle + "\r\n" + media;
}

}  // namespace parley::testing
