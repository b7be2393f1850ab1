// Who is in the room, what they publish, and which slot carries it. Fed with the server's messages; tells changes by `emit`.

export class Participant {
  tracks = new Map();    // track id → Track
  streams = new Map();   // source → MediaStream, while a slot carries it

  constructor({ session, member, name }) {
    this.session = session;
    this.member = member;
    this.name = name || member;
  }
}

export class Roster {
  participants = new Map();   // session → Participant
  bound = new Map();          // slot → {slot, track, participant, mediaTrack, stream}

  #emit;
  #receiverOf;
  #streams = new WeakMap();   // one stream per receiving track, so that an element need not be given the same one twice

  // receiverOf(slot) → the MediaStreamTrack of that m-line, or undefined.
  constructor(emit, receiverOf) {
    this.#emit = emit;
    this.#receiverOf = receiverOf;
  }

  // The whole state, on joining (nothing is told: it is what was found) or after a reconnection (what changed meanwhile is told).
  replace({ members = [], tracks = [], slots = [] }, { silent = false } = {}) {
    const tell = this.#emit;
    if (silent) this.#emit = () => {};
    const sessions = new Set(members.map(({ session }) => session));
    const keptSlots = new Map(slots.map(({ slot, track }) => [slot, track.track]));
    const keptTracks = new Set(tracks.map(({ track }) => track));
    for (const { slot, track } of [...this.bound.values()])
      if (keptSlots.get(slot) !== track.track) this.unbind({ slot, track, reason: 'reassigned' });
    for (const participant of [...this.participants.values()]) {
      if (!sessions.has(participant.session)) this.leave({ session: participant.session, reason: 'left' });
      else for (const track of [...participant.tracks.values()]) if (!keptTracks.has(track.track)) this.endTrack({ track });
    }
    for (const member of members) this.join(member);
    for (const track of tracks) this.publish({ track });
    this.#emit = tell;
    // What slots carry is told even on joining: it starts now.
    for (const binding of slots) if (this.bound.get(binding.slot)?.track.track !== binding.track.track) this.bind(binding);
  }

  join({ session, member, name }) {
    const known = this.participants.get(session);
    if (known) {
      known.name = name || member;
      return known;
    }
    const participant = new Participant({ session, member, name });
    this.participants.set(session, participant);
    this.#emit('memberjoined', { participant });
    return participant;
  }

  leave({ session, reason }) {
    const participant = this.participants.get(session);
    if (!participant) return;
    for (const { slot, track } of [...this.bound.values()])
      if (track.session === session) this.unbind({ slot, track, reason: 'member_left' });
    this.participants.delete(session);
    this.#emit('memberleft', { participant, reason });
  }

  publish({ track }) {
    const participant = this.#publisherOf(track);
    const known = participant.tracks.get(track.track);
    participant.tracks.set(track.track, track);
    if (!known) this.#emit('trackpublished', { participant, track });
    else if (known.muted !== track.muted) this.#emit('trackmuted', { participant, track });
  }

  endTrack({ track }) {
    const participant = this.participants.get(track.session);
    if (!participant?.tracks.has(track.track)) return;
    for (const binding of [...this.bound.values()])
      if (binding.track.track === track.track) this.unbind({ slot: binding.slot, track, reason: 'track_ended' });
    participant.tracks.delete(track.track);
    this.#emit('trackended', { participant, track });
  }

  mute({ track }) {
    const participant = this.#publisherOf(track);
    participant.tracks.set(track.track, track);
    this.#emit('trackmuted', { participant, track });
  }

  bind({ slot, track, rtp_timestamp: rtpTimestamp }) {
    const before = this.bound.get(slot);
    if (before && before.track.track !== track.track) this.unbind({ slot, track: before.track, reason: 'reassigned' });
    const participant = this.#publisherOf(track);
    participant.tracks.set(track.track, track);
    const mediaTrack = this.#receiverOf(slot);
    const stream = mediaTrack ? this.#streamOf(mediaTrack) : null;
    const binding = { slot, track, participant, mediaTrack, stream };
    this.bound.set(slot, binding);
    if (stream) participant.streams.set(track.source, stream);
    this.#emit('slotbound', { ...binding, rtpTimestamp });
  }

  unbind({ slot, track, reason }) {
    const binding = this.bound.get(slot);
    if (binding?.track.track === track.track) {
      this.bound.delete(slot);
      const { participant } = binding;
      if (participant.streams.get(track.source) === binding.stream) participant.streams.delete(track.source);
    }
    // A slot that could not carry the track was never bound; the application still wants to say why there is no picture.
    if (binding || reason === 'codec_unsupported')
      this.#emit('slotunbound', { slot, track, reason, participant: this.participants.get(track.session) ?? binding?.participant });
  }

  // Every binding ends, as when the media connection is replaced.
  unbindAll() {
    for (const { slot, track } of [...this.bound.values()]) this.unbind({ slot, track, reason: 'slot_closed' });
  }

  #streamOf(mediaTrack) {
    if (!this.#streams.has(mediaTrack)) this.#streams.set(mediaTrack, new MediaStream([mediaTrack]));
    return this.#streams.get(mediaTrack);
  }

  #publisherOf({ session, member }) {
    return this.participants.get(session) ?? this.join({ session, member, name: member });
  }
}
