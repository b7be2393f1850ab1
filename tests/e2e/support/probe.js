// Runs in every page before its own scripts: remembers the peer connections and when things happened, opens devices without the
// processing that would bend a tone, and measures what is really seen and heard. Tests reach it as `window.probe`.

export function installProbe() {
  if (window.probe) return;
  const probe = { connections: [] };
  window.probe = probe;

  const sockets = [];
  const NativeSocket = window.WebSocket;
  window.WebSocket = class extends NativeSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
    }
  };
  probe.sockets = sockets;

  // When DTLS came up, and when each incoming video first had a decoded frame.
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...args) {
      super(...args);
      const seen = { connection: this, dtlsUpAt: null, firstFrameAt: {} };
      probe.connections.push(seen);
      this.addEventListener('connectionstatechange', () => {
        if (this.connectionState === 'connected') seen.dtlsUpAt ??= performance.now();
      });
      const look = async () => {
        if (this.connectionState === 'closed') return;
        for (const report of (await this.getStats()).values())
          if (report.type === 'inbound-rtp' && report.kind === 'video' && report.framesDecoded > 0)
            seen.firstFrameAt[report.mid ?? report.id] ??= performance.now();
        if (seen.dtlsUpAt === null || performance.now() - seen.dtlsUpAt < 6000) setTimeout(look, 25);
      };
      setTimeout(look, 25);
    }
  };

  const devices = navigator.mediaDevices;
  if (devices) {
    const native = devices.getUserMedia.bind(devices);
    devices.getUserMedia = ({ audio, video }) =>
      native({ audio: audio && { echoCancellation: false, noiseSuppression: false, autoGainControl: false }, video });
  }

  const participantOf = (name) => [...window.parley.participants.values()].find((participant) => participant.name === name);
  const streamOf = (name, source) => participantOf(name)?.streams.get(source);

  probe.isMuted = (name, source) => [...participantOf(name).tracks.values()].some((track) => track.source === source && track.muted);

  // Waits until `stream()` has shown `wanted` different pictures; answers how many it saw in time. A still or black picture is one.
  probe.differentPicturesOf = async (stream, { wanted = 6, within }) => {
    const video = document.createElement('video');
    video.muted = true;
    const canvas = document.createElement('canvas');
    canvas.width = 64;
    canvas.height = 36;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const pictures = new Set();
    const end = performance.now() + within;
    while (pictures.size < wanted && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (video.srcObject !== (stream() ?? null)) {
        video.srcObject = stream();
        video.play().catch(() => {});
      }
      if (video.readyState < 2) continue;
      context.drawImage(video, 0, 0, 64, 36);
      let hash = 0;
      for (const byte of context.getImageData(0, 0, 64, 36).data) hash = (hash * 31 + byte) | 0;
      pictures.add(hash);
    }
    video.srcObject = null;
    return pictures.size;
  };
  probe.differentPictures = (name, options) => probe.differentPicturesOf(() => streamOf(name, 'camera'), options);

  // The loudest frequency that somebody's microphone brings, or 0 for silence.
  let context;
  const analysers = new Map();
  probe.loudestFrequency = async (name, source = 'microphone') => {
    const stream = streamOf(name, source);
    return stream ? probe.loudestFrequencyOf(stream) : 0;
  };
  probe.loudestFrequencyOf = async (stream) => {
    context ??= new AudioContext({ sampleRate: 48000 });
    const track = stream.getAudioTracks()[0];
    if (!analysers.has(track.id)) {
      const analyser = context.createAnalyser();
      analyser.fftSize = 8192;
      analyser.smoothingTimeConstant = 0;
      // Chromium decodes a remote track only while an element plays it.
      const element = new Audio();
      element.muted = true;
      element.srcObject = stream;
      element.play().catch(() => {});
      context.createMediaStreamSource(stream).connect(analyser);
      analysers.set(track.id, { analyser, element });
    }
    if (context.state !== 'running') context.resume();
    const { analyser } = analysers.get(track.id);
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let loudest = 0;
    for (let i = 1; i < bins.length; i++) if (bins[i] > bins[loudest]) loudest = i;
    return bins[loudest] > -60 ? (loudest * context.sampleRate) / analyser.fftSize : 0;
  };

  // Figures of what is received from somebody: {frames, bytes, energy, codec}.
  probe.inbound = async (name, source = 'camera') => {
    const slot = window.parley.slots.find(({ participant, track }) => participant?.name === name && track.source === source);
    if (!slot) return null;
    const stats = await window.parley.getStats();
    for (const report of stats.values())
      if (report.type === 'inbound-rtp' && report.mid === slot.slot)
        return {
          frames: report.framesDecoded ?? 0,
          packets: report.packetsReceived,
          energy: report.totalAudioEnergy ?? 0,
          codec: stats.get(report.codecId)?.mimeType ?? null,
        };
    return null;
  };

  probe.ufrag = (description) => /a=ice-ufrag:(\S+)/.exec(description.sdp)[1];
}
