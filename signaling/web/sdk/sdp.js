// The one correction an offer needs before it is sent. Firefox, told by setCodecPreferences to leave codecs out, still lists their
// feedback; RFC 8866 has no meaning for attributes of payload types that the m-line does not name, and strict parsers refuse the offer.

export function withoutStrayAttributes(sdp) {
  let listed = null;
  return sdp.split('\r\n').filter((line) => {
    const media = /^m=\S+ \S+ \S+ (.*)$/.exec(line);
    if (media) listed = new Set(['*', ...media[1].split(' ')]);
    const type = /^a=(?:rtcp-fb|rtpmap|fmtp):(\S+)/.exec(line)?.[1];
    return type === undefined || listed === null || listed.has(type);
  }).join('\r\n');
}
