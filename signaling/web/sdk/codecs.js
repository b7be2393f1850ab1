// Which codecs an m-line offers. Every browser lists many profiles; one of each is what participants can expect of each other, and it
// keeps an offer with many slots small.

const kVideo = ['VP8', 'VP9', 'H264', 'AV1'];
const kAudio = ['opus'];

const nameOf = (codec) => codec.mimeType.split('/')[1];
const parameter = (codec, name) => new RegExp(`(?:^|;)\\s*${name}=([^;]*)`).exec(codec.sdpFmtpLine ?? '')?.[1];

// The profile that all browsers with this codec send and receive.
function isCommonProfile(codec) {
  switch (nameOf(codec).toUpperCase()) {
    case 'VP9':
      return (parameter(codec, 'profile-id') ?? '0') === '0';
    case 'H264':
      return /^42e0/i.test(parameter(codec, 'profile-level-id') ?? '') && parameter(codec, 'packetization-mode') === '1';
    case 'AV1':
      return (parameter(codec, 'profile') ?? '0') === '0';
    default:
      return true;
  }
}

// The preference list for setCodecPreferences: `only` restricts it to that codec (and its retransmission), else all common ones.
// Empty where the browser can't say what it has; then its own choice stands.
export function preferences(kind, capabilities, only) {
  const wanted = (only ? [only] : kind === 'video' ? kVideo : kAudio).map((name) => name.toUpperCase());
  const rank = (codec) => wanted.indexOf(nameOf(codec).toUpperCase());
  const all = capabilities?.codecs ?? [];
  const chosen = all.filter((codec) => rank(codec) >= 0 && isCommonProfile(codec));
  if (chosen.length === 0) return [];
  chosen.sort((a, b) => rank(a) - rank(b));
  return [...chosen, ...all.filter((codec) => nameOf(codec).toLowerCase() === 'rtx')];
}
