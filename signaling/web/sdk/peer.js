// The media connection: which m-lines there are, what each sends or receives, and the offers over them. It knows no signaling and no
// participants. The client always offers; the server always answers and is ICE-lite, so no candidates are exchanged by message.
import { preferences } from './codecs.js';
import { withoutStrayAttributes } from './sdp.js';

export class Peer {
  onstate = () => {};

  #pc;
  #slots = [];     // transceivers that receive
  #senders = [];   // {transceiver, kind, codec, receives, publication: null while it is free}

  constructor({ iceServers = [] } = {}) {
    this.#pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require', iceServers });
    const report = () => this.onstate({ ice: this.#pc.iceConnectionState, connection: this.#pc.connectionState });
    this.#pc.oniceconnectionstatechange = report;
    this.#pc.onconnectionstatechange = report;
  }

  get connection() {
    return this.#pc;
  }

  get slots() {
    return this.#slots;
  }

  addSlots(kind, count) {
    for (let i = 0; i < count; i++) {
      const transceiver = this.#pc.addTransceiver(kind, { direction: 'recvonly' });
      this.#prefer(transceiver, preferences(kind, RTCRtpReceiver.getCapabilities?.(kind)));
      this.#slots.push(transceiver);
    }
  }

  // A line to send on. `withSlot`: it receives too, which saves an m-line; a line with a codec of its own doesn't, since a slot must take
  // whatever the others send.
  addSender(publication, { withSlot = false } = {}) {
    const { mediaTrack, kind, codec } = publication;
    let sender = codec || withSlot ? null : this.#senders.find((line) => !line.publication && line.kind === kind && !line.codec);
    if (!sender) {
      const both = withSlot && !codec;
      const transceiver = this.#pc.addTransceiver(mediaTrack, { direction: both ? 'sendrecv' : 'sendonly' });
      this.#prefer(transceiver, preferences(kind, RTCRtpSender.getCapabilities?.(kind), codec));
      sender = { transceiver, kind, codec, receives: both };
      this.#senders.push(sender);
      if (both) this.#slots.push(transceiver);
    } else {
      sender.transceiver.direction = sender.receives ? 'sendrecv' : 'sendonly';
      sender.transceiver.sender.replaceTrack(mediaTrack);
    }
    sender.publication = publication;
    return sender.transceiver;
  }

  removeSender(publication) {
    const sender = this.#senders.find((line) => line.publication === publication);
    if (!sender) return;
    sender.publication = null;
    sender.transceiver.sender.replaceTrack(null);
    sender.transceiver.direction = sender.receives ? 'recvonly' : 'inactive';
  }

  senderOf(publication) {
    return this.#senders.find((line) => line.publication === publication)?.transceiver;
  }

  transceiverOf(slot) {
    return this.#slots.find((transceiver) => transceiver.mid === slot);
  }

  // In `have-local-offer` (an answer was lost) this simply offers again, with the same mids.
  async offer({ iceRestart = false } = {}) {
    await this.#pc.setLocalDescription(await this.#pc.createOffer({ iceRestart }));
    return { sdp: withoutStrayAttributes(this.#pc.localDescription.sdp), tracks: this.#notes() };
  }

  async accept(answer) {
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  async rollback() {
    if (this.#pc.signalingState === 'have-local-offer') await this.#pc.setLocalDescription({ type: 'rollback' });
  }

  useIceServers(iceServers) {
    if (iceServers.length > 0) this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
  }

  close() {
    this.onstate = () => {};
    this.#pc.close();
  }

  #notes() {
    return this.#senders
      .filter((line) => line.publication && line.transceiver.mid !== null)
      .map(({ transceiver, publication }) => ({ mid: transceiver.mid, source: publication.source, muted: publication.muted }));
  }

  #prefer(transceiver, codecs) {
    if (codecs.length === 0 || !transceiver.setCodecPreferences) return;
    // A browser that refuses the list keeps its own.
    try {
      transceiver.setCodecPreferences(codecs);
    } catch {
      /* nothing to do */
    }
  }
}
