// One participant's place in a room: keeps signaling and media alive and routes between them. The roster knows who is there, the peer
// knows the m-lines, the wire is one connection of the protocol; this decides when to (re)connect and when to negotiate.
import { Pause, backoff } from './backoff.js';
import { Emitter } from './emitter.js';
import { ParleyError, connectionLost, roomClosed } from './errors.js';
import { Peer } from './peer.js';
import { Publication } from './publication.js';
import { Queue } from './queue.js';
import { Roster } from './roster.js';
import { Wire } from './wire.js';

const kSlotBlock = 8;              // slots are added in blocks, so that a growing room is a few re-offers
const kGiveUpAfter = 120_000;      // of trying to reconnect
const kRestartSpacing = 3000;      // between two ICE restarts that nobody asked for
const kPolicyViolation = 1008;     // the WebSocket's close code for a protocol or token error
const kRefreshAhead = 60;          // seconds before the token expires

// Errors that another attempt won't cure. The second line is of a private call's tickets.
const kFinal = new Set([
  'refused', 'bad_request', 'bad_sdp', 'unauthorized', 'forbidden', 'conflict', 'too_large',
  'private_calls_disabled', 'call_over', 'call_expired', 'not_your_move', 'no_media_chosen', 'already_inside', 'closed',
]);

// Endings of the session, not of the call: whoever has tickets joins anew.
const kRejoinable = new Set(['shutdown', 'signaling_lost', 'ice_timeout', 'token_expired']);

export class Room extends Emitter {
  state = 'new';   // new, connecting, connected, reconnecting, closed
  session = null;
  member = null;
  publications = [];

  #options;
  #wire = null;
  #opening = null;   // the wire of a join under way
  #peer = null;
  #roster;
  #resume = null;    // {room, resume}: the session to take over
  #wasUp = false;    // media has flowed in this session
  #queue = new Queue();
  #round = null;
  #restartWanted = false;
  #lastRestart = -Infinity;
  #restartTimer = null;
  #refreshTimer = null;
  #pause = new Pause();
  #onlineWaiters = [];
  #slotCounts;
  #stopListening = () => {};

  constructor(options) {
    super();
    this.#options = options;
    this.#slotCounts = { audio: options.slots?.audio ?? 4, video: options.slots?.video ?? 4 };
    this.#roster = new Roster(
      (type, event) => this.emit(type, event),
      (slot) => this.#peer?.transceiverOf(slot)?.receiver.track,
    );
    this.publications = (options.publish ?? []).map(({ track, ...how }) => new Publication(this, track, how));
  }

  get room() {
    return this.#options.room;
  }

  get name() {
    return this.#options.name;
  }

  get participants() {
    return this.#roster.participants;
  }

  // Every receiving m-line and what it carries now: [{slot, kind, track, participant, stream}].
  get slots() {
    return (this.#peer?.slots ?? []).map((transceiver) => {
      const { track = null, participant = null, stream = null } = this.#roster.bound.get(transceiver.mid) ?? {};
      return { slot: transceiver.mid, kind: transceiver.receiver.track.kind, track, participant, stream };
    });
  }

  get peerConnection() {
    return this.#peer?.connection ?? null;
  }

  getStats() {
    return this.#peer.connection.getStats();
  }

  // Called by connect(). Events wait until its caller had the chance to subscribe.
  async open() {
    this.state = 'connecting';
    this.hold();
    try {
      await this.#establish();
    } catch (error) {
      this.#end(error.code ?? 'internal', { silent: true });
      throw error;
    }
    this.#listenToNetwork();
    setTimeout(() => this.release(), 0);
  }

  async publish(mediaTrack, how = {}) {
    this.#mustBeOpen();
    const publication = new Publication(this, mediaTrack, how);
    this.publications.push(publication);
    publication.transceiver = this.#peer.addSender(publication);
    try {
      await this.negotiate();
    } catch (error) {
      this.#forget(publication);
      throw error;
    }
    return publication;
  }

  async unpublish(publication) {
    if (!this.publications.includes(publication)) return;
    this.#forget(publication);
    if (this.state !== 'closed') await this.negotiate();
  }

  // Opens more slots, in a block.
  async addSlots(kind, count = kSlotBlock) {
    this.#mustBeOpen();
    this.#peer.addSlots(kind, count);
    this.#slotCounts[kind] += count;
    await this.negotiate();
  }

  // What the peer connection can't say by itself goes through here: publish, unpublish, slots and ICE restarts. Wishes that come while a
  // round waits for its turn share it.
  negotiate({ iceRestart = false } = {}) {
    this.#restartWanted ||= iceRestart;
    this.#round ??= this.#queue.run(() => {
      this.#round = null;
      return this.#negotiateOnce();
    });
    return this.#round;
  }

  restartIce() {
    this.#mustBeOpen();
    this.#lastRestart = performance.now();
    return this.negotiate({ iceRestart: true });
  }

  async sendMute(publication) {
    if (this.state !== 'connected' || publication.slot === null) return;   // the next offer says it
    try {
      await this.#wire.request('mute', { slot: publication.slot, muted: publication.muted });
    } catch (error) {
      if (error.code !== 'connection_lost') throw error;
    }
  }

  // Safe to call while the page goes away: the message is handed over before this returns. While it is being opened, this gives it up.
  leave() {
    if (this.state === 'closed') return;
    for (const wire of [this.#wire, this.#opening]) wire?.send('leave');
    this.#end('left');
  }

  // --- signaling -----------------------------------------------------------------------------------------------------------------------

  // From nothing to `joined`, by a fresh join or by taking over the session that `resume` names.
  async #establish(resume = null) {
    const before = this.state;
    const place = resume ?? (await this.#place());
    this.#mustNotBeLeft();
    const wire = await Wire.open(this.#url());
    this.#opening = wire;
    let lost = false;
    wire.onlost = () => (lost = true);
    wire.onmessage = (message) => this.#receive(message);
    try {
      this.#mustNotBeLeft();
      await this.#authenticate(wire);
      if (resume) await this.#takeOver(wire, place);
      else await this.#joinAnew(wire, place);
      if (lost) throw connectionLost();
    } catch (error) {
      if (this.state === 'connected') this.state = before;
      wire.close();
      throw error;
    } finally {
      this.#opening = null;
    }
    if (this.state === 'closed') return wire.close();
    wire.onlost = ({ code }) => this.#lost(code);
    return undefined;
  }

  // Where to join: a room by its name, or a private call's by a ticket that is good once.
  async #place() {
    const { room, ticket, tab } = this.#options;
    return ticket ? { ticket: await ticket(), tab } : { room };
  }

  async #authenticate(wire) {
    const { expires_at: expiresAt } = await wire.request('auth', { token: await this.#token() });
    this.#planRefresh(expiresAt);
  }

  async #joinAnew(wire, place) {
    const peer = this.#makePeer();
    try {
      const { sdp: offer, tracks } = await peer.offer();
      this.#mustNotBeLeft();
      const { name, publisher } = this.#options;
      const joined = await wire.request('join', { ...place, name, offer, tracks, publisher });
      this.#wasUp = false;
      // The old pictures stay until there is somewhere to get new ones from.
      const isFirst = this.session === null;
      this.#roster.unbindAll();
      this.#peer?.close();
      this.#adopt(peer);
      this.#enter(wire, joined, { silent: isFirst });
      peer.useIceServers(joined.ice_servers ?? []);
      await peer.accept(joined.answer);
    } catch (error) {
      if (this.#peer !== peer) peer.close();
      throw error;
    }
  }

  async #takeOver(wire, place) {
    const joined = await wire.request('join', { ...place, name: this.#options.name });
    this.#enter(wire, joined);
    this.#peer.useIceServers(joined.ice_servers ?? []);
    // The path may be another one now. Old pairs carry media until the new ones are up.
    this.#quietly(this.negotiate({ iceRestart: true }));
    for (const publication of this.publications) this.#quietly(this.sendMute(publication));
  }

  // Runs in the turn in which `joined` arrived, so that no later message finds the room half set up.
  #enter(wire, joined, { silent = false } = {}) {
    this.#wire = wire;
    this.session = joined.session;
    this.member = joined.member;
    this.#resume = { room: joined.room ?? this.#options.room, resume: joined.resume };
    this.state = 'connected';
    this.#roster.replace(joined, { silent });
    for (const { resolve } of this.#onlineWaiters.splice(0)) resolve();
  }

  #receive(message) {
    switch (message.type) {
      case 'member_joined':
        return void this.#roster.join(message);
      case 'member_left':
        return this.#roster.leave(message);
      case 'track_published':
        return this.#roster.publish(message);
      case 'track_ended':
        return this.#roster.endTrack(message);
      case 'track_muted':
        return this.#roster.mute(message);
      case 'slot_bound':
        return this.#roster.bind(message);
      case 'slot_unbound':
        return this.#roster.unbind(message);
      case 'connected':
        this.#wasUp = true;
        return this.emit('connected');
      case 'path_suspect':
        return this.emit('pathsuspect', { suspect: message.suspect });
      case 'error':
        return this.emit('error', { error: new ParleyError(message.code, message.message) });
      case 'closed':
        return this.#sessionEnded(message.reason);
      default:
        // A newer server may say more than this client knows.
        return undefined;
    }
  }

  #sessionEnded(reason) {
    if (!this.#options.ticket || !this.#wasUp || !kRejoinable.has(reason)) return this.#end(reason);
    this.#resume = null;
    return this.#wire?.abandon();
  }

  #lost(code) {
    if (this.state === 'closed') return;
    if (code === kPolicyViolation) return void this.#end('refused');
    this.state = 'reconnecting';
    this.emit('reconnecting');
    this.#quietly(this.#reconnect());
  }

  async #reconnect() {
    const giveUpAt = performance.now() + kGiveUpAfter;
    for (let attempt = 0; performance.now() < giveUpAt; attempt++) {
      await this.#pause.wait(backoff(attempt));
      if (this.state === 'closed') return;
      try {
        const resume = this.#resume;
        await this.#establish(resume);
        this.emit('reconnected', { resumed: resume !== null });
        return;
      } catch (error) {
        if (error.code === 'not_found' && this.#resume) this.#resume = null;   // too late to take over: join anew
        else if (kFinal.has(error.code)) return void this.#end(error.code);
      }
    }
    this.#end('unreachable');
  }

  async #token() {
    const { token } = this.#options;
    return typeof token === 'function' ? token() : token;
  }

  #planRefresh(expiresAt) {
    clearTimeout(this.#refreshTimer);
    if (!expiresAt || typeof this.#options.token !== 'function') return;
    const left = expiresAt - Date.now() / 1000;
    const wait = Math.max(left - kRefreshAhead, left / 2, 1);
    this.#refreshTimer = setTimeout(() => this.#quietly(this.#refresh()), Math.min(wait * 1000, 2 ** 31 - 1));
  }

  async #refresh() {
    if (this.state !== 'connected') return;   // a reconnection brings a fresh token anyway
    const { expires_at: expiresAt } = await this.#wire.request('refresh', { token: await this.#token() });
    this.#planRefresh(expiresAt);
  }

  #url() {
    const url = new URL(this.#options.url ?? '/v1/ws', globalThis.location?.href);
    url.protocol = url.protocol.replace('http', 'ws');
    return url.href;
  }

  // --- media ---------------------------------------------------------------------------------------------------------------------------

  #makePeer() {
    const peer = new Peer();
    const slots = { ...this.#slotCounts };
    for (const publication of this.publications) {
      const withSlot = !publication.codec && slots[publication.kind] > 0;
      peer.addSender(publication, { withSlot });
      if (withSlot) slots[publication.kind]--;
    }
    peer.addSlots('audio', slots.audio);
    peer.addSlots('video', slots.video);
    return peer;
  }

  #adopt(peer) {
    this.#peer = peer;
    for (const publication of this.publications)   // one published meanwhile waits for its negotiation already
      publication.transceiver = peer.senderOf(publication) ?? peer.addSender(publication);
    peer.onstate = ({ ice }) => {
      if (ice === 'disconnected' || ice === 'failed') this.#pathTrouble();
    };
  }

  async #negotiateOnce() {
    for (;;) {
      await this.#online();
      const peer = this.#peer;
      const iceRestart = this.#restartWanted;
      this.#restartWanted = false;
      try {
        const { sdp, tracks } = await peer.offer({ iceRestart });
        const answer = await this.#wire.request('offer', { sdp, tracks });
        await peer.accept(answer.sdp);
        return;
      } catch (error) {
        if (this.state === 'closed') throw roomClosed('left');
        if (error.code === 'connection_lost') {
          this.#restartWanted ||= iceRestart;
          continue;
        }
        await peer.rollback();
        throw error;
      }
    }
  }

  // Media stopped arriving or the network changed. Limited, since each restart may itself take a moment to help.
  #pathTrouble() {
    if (this.state !== 'connected' || this.#restartTimer) return;
    const wait = Math.max(0, this.#lastRestart + kRestartSpacing - performance.now());
    this.#restartTimer = setTimeout(() => {
      this.#restartTimer = null;
      if (this.state !== 'connected') return;
      this.#lastRestart = performance.now();
      this.#quietly(this.negotiate({ iceRestart: true }).then(() => this.#watchRestart()));
    }, wait);
  }

  #watchRestart() {
    setTimeout(() => {
      const ice = this.#peer?.connection.iceConnectionState;
      if (ice === 'disconnected' || ice === 'failed') this.#pathTrouble();
    }, kRestartSpacing);
  }

  #listenToNetwork() {
    const changed = () => {
      this.#pause.wake();
      this.#pathTrouble();
    };
    const target = globalThis.window;
    const network = globalThis.navigator?.connection;
    target?.addEventListener?.('online', changed);
    network?.addEventListener?.('change', changed);
    this.#stopListening = () => {
      target?.removeEventListener?.('online', changed);
      network?.removeEventListener?.('change', changed);
    };
  }

  #forget(publication) {
    this.publications = this.publications.filter((other) => other !== publication);
    this.#peer?.removeSender(publication);
  }

  // --- small things --------------------------------------------------------------------------------------------------------------------

  #online() {
    if (this.state === 'connected') return Promise.resolve();
    if (this.state === 'closed') return Promise.reject(roomClosed('left'));
    return new Promise((resolve, reject) => this.#onlineWaiters.push({ resolve, reject }));
  }

  #mustNotBeLeft() {
    if (this.state === 'closed') throw roomClosed('left');
  }

  #mustBeOpen() {
    if (this.state === 'closed' || this.state === 'new') throw roomClosed('not open');
  }

  // Background work: its failure is an event, never an unhandled rejection.
  #quietly(promise) {
    promise.catch((error) => {
      if (this.state !== 'closed') this.emit('error', { error });
    });
  }

  #end(reason, { silent = false } = {}) {
    if (this.state === 'closed') return;
    this.state = 'closed';
    clearTimeout(this.#refreshTimer);
    clearTimeout(this.#restartTimer);
    this.#stopListening();
    this.#pause.wake();
    this.#wire?.close();
    this.#opening?.close();
    this.#peer?.close();
    for (const { reject } of this.#onlineWaiters.splice(0)) reject(roomClosed(reason));
    if (!silent) this.emit('closed', { reason });
  }
}
