// A track that this participant sends. It outlives reconnections: `slot` (the m-line's mid) may change, the publication stays.

export class Publication {
  mediaTrack;
  source;
  codec;
  muted = false;
  transceiver = null;

  #room;

  constructor(room, mediaTrack, { source, codec, muted = false } = {}) {
    this.#room = room;
    this.source = source ?? (mediaTrack.kind === 'audio' ? 'microphone' : 'camera');
    this.codec = codec;
    this.muted = muted;
    this.#take(mediaTrack);
  }

  get kind() {
    return this.mediaTrack.kind;
  }

  get slot() {
    return this.transceiver?.mid ?? null;
  }

  // Nothing of the track leaves this browser while it is muted; the others are told.
  async mute(muted) {
    this.muted = muted;
    this.mediaTrack.enabled = !muted;
    await this.#room.sendMute(this);
  }

  // Another device of the same kind takes over, without negotiation.
  async replaceDevice(mediaTrack) {
    await this.transceiver.sender.replaceTrack(mediaTrack);
    this.#take(mediaTrack);
  }

  async unpublish() {
    await this.#room.unpublish(this);
  }

  #take(mediaTrack) {
    this.mediaTrack = mediaTrack;
    mediaTrack.enabled = !this.muted;
    mediaTrack.addEventListener?.('ended', () => {
      if (this.mediaTrack === mediaTrack) this.#room.emit('deviceended', { publication: this });
    });
  }
}
