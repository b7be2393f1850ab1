// The browser's side of the world, scripted: a WebSocket whose server is the test, and a peer connection that negotiates words instead of
// SDP. Enough for the SDK to run in node.

export class FakeSocket {
  static all = [];
  static refuse = false;   // connections fail while it is set

  readyState = 0;
  sent = [];

  constructor(url, protocol) {
    Object.assign(this, { url, protocol });
    FakeSocket.all.push(this);
    queueMicrotask(() => {
      if (FakeSocket.refuse) return this.drop(1006);
      this.readyState = 1;
      this.onopen?.();
    });
  }

  send(text) {
    const message = JSON.parse(text);
    this.sent.push(message);
    queueMicrotask(() => FakeSocket.server?.(this, message));
  }

  // From the server to the client.
  say(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  drop(code) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code });
  }

  close() {
    this.drop(1000);
  }
}

export class FakeTrack {
  enabled = true;
  #listeners = {};

  constructor(kind) {
    this.kind = kind;
  }

  addEventListener(type, listener) {
    this.#listeners[type] = listener;
  }

  end() {
    this.#listeners.ended?.();
  }
}

class FakeTransceiver {
  mid = null;

  constructor(trackOrKind, { direction }) {
    const kind = trackOrKind.kind ?? trackOrKind;
    this.direction = direction;
    this.sender = {
      track: trackOrKind.kind ? trackOrKind : null,
      async replaceTrack(track) {
        this.track = track;
      },
    };
    this.receiver = { track: new FakeTrack(kind) };
  }

  setCodecPreferences(codecs) {
    this.codecs = codecs.map(({ mimeType }) => mimeType);
  }
}

export class FakePeerConnection {
  static all = [];

  iceConnectionState = 'new';
  connectionState = 'new';
  signalingState = 'stable';
  localDescription = null;
  transceivers = [];
  answers = [];
  #generation = 0;

  constructor(configuration) {
    this.configuration = configuration;
    FakePeerConnection.all.push(this);
  }

  addTransceiver(trackOrKind, init) {
    const transceiver = new FakeTransceiver(trackOrKind, init);
    this.transceivers.push(transceiver);
    return transceiver;
  }

  async createOffer({ iceRestart = false } = {}) {
    if (iceRestart) this.#generation++;
    const lines = this.transceivers.map(({ direction, receiver }, index) => `${index}:${receiver.track.kind}:${direction}`);
    return { type: 'offer', sdp: `ufrag=${this.#generation} ${lines.join(' ')}` };
  }

  async setLocalDescription(description) {
    if (description.type === 'rollback') {
      this.signalingState = 'stable';
      return;
    }
    this.transceivers.forEach((transceiver, index) => (transceiver.mid ??= String(index)));
    this.signalingState = 'have-local-offer';
    this.localDescription = description;
  }

  async setRemoteDescription({ sdp }) {
    if (this.signalingState !== 'have-local-offer') throw new Error(`An answer in ${this.signalingState}`);
    this.signalingState = 'stable';
    this.answers.push(sdp);
  }

  getConfiguration() {
    return this.configuration;
  }

  setConfiguration(configuration) {
    this.configuration = configuration;
  }

  setIce(state) {
    this.iceConnectionState = state;
    this.oniceconnectionstatechange?.();
  }

  close() {
    this.connectionState = 'closed';
  }
}

export class FakeStream {
  constructor(tracks) {
    this.tracks = tracks;
  }
}

const codec = (mimeType, sdpFmtpLine) => ({ mimeType, sdpFmtpLine });
export const capabilities = {
  audio: { codecs: [codec('audio/opus'), codec('audio/G722'), codec('audio/PCMU')] },
  video: {
    codecs: [
      codec('video/VP8'), codec('video/rtx'), codec('video/VP9', 'profile-id=0'), codec('video/VP9', 'profile-id=2'),
      codec('video/H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f'),
      codec('video/H264', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'),
      codec('video/H264', 'level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f'),
      codec('video/AV1', 'level-idx=5;profile=0;tier=0'), codec('video/red'), codec('video/ulpfec'),
    ],
  },
};

export function installFakes() {
  FakeSocket.all = [];
  FakeSocket.refuse = false;
  FakeSocket.server = null;
  FakePeerConnection.all = [];
  const side = { getCapabilities: (kind) => capabilities[kind] };
  Object.assign(globalThis, {
    WebSocket: FakeSocket, RTCPeerConnection: FakePeerConnection, MediaStream: FakeStream, RTCRtpSender: side, RTCRtpReceiver: side,
    location: { href: 'https://meet.example/' },
  });
}

// A server that lets everybody in and accepts every offer. `more` overrides answers by type: (message, socket) → fields, or null for none.
export function friendlyServer(more = {}) {
  return (socket, message) => {
    const answers = {
      auth: () => ({ type: 'authenticated', member: 'ada', room: 'garden', publish: true, subscribe: true, expires_at: Date.now() / 1000 + 3600 }),
      refresh: () => answers.auth(),
      join: ({ offer }) => ({
        type: 'joined', session: 1, member: 'ada', room: 'garden', resume: 'secret', ice_servers: [], slots: [],
        members: [{ session: 2, member: 'ben', name: 'Ben' }],
        tracks: [{ track: 7, session: 2, member: 'ben', kind: 'video', source: 'camera', muted: false }],
        answer: offer && `answer to ${offer}`,
      }),
      offer: ({ sdp }) => ({ type: 'answer', sdp: `answer to ${sdp}` }),
      mute: ({ slot, muted }) => ({ type: 'muted', slot, muted }),
      leave: () => ({ type: 'closed', reason: 'left' }),
      ...more,
    };
    const answer = answers[message.type]?.(message, socket);
    if (answer) socket.say({ ...answer, id: message.id });
  };
}

// After whatever was queued or timed for "now".
export const settled = () => new Promise((resolve) => setTimeout(resolve, 1));
