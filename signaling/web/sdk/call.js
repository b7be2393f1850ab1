// One private call as this tab sees it, and the moves one can make in it. What is decided is decided by the server; here is what it last
// said, the way into the room, and the gate that shuts the moment somebody thinks better of it.
import { Emitter } from './emitter.js';
import { ParleyError } from './errors.js';
import { fold, fromWire, isOver, viewAfter } from './call_state.js';
import { Room } from './room.js';

const kSlots = { audio: 2, video: 2 };   // the other's voice and camera, and what they share
const kLeaveWait = 1000;                 // ms for the server to close the room itself

const aborted = () => new ParleyError('aborted', 'The way into the call was given up.');

export class Call extends Emitter {
  // The connection is lost: what is shown may be old.
  stale = false;

  #host;             // {tab, url, tokens, inside, request(type, fields), up(), tell(call, type, event)}
  #state = null;
  #room = null;
  #entry = null;     // an enter() under way
  #gate = new AbortController();
  #shown = false;
  #unsaid = null;    // a cancel, decline or leave that the lost connection swallowed

  constructor(host) {
    super();
    this.#host = host;
  }

  get #view() {
    return this.#state.view;
  }

  get id() {
    return this.#view.call;
  }
  get you() {
    return this.#view.you;
  }
  get caller() {
    return this.#view.caller;
  }
  get callee() {
    return this.#view.callee;
  }
  get other() {
    return this.you === 'caller' ? this.callee : this.caller;
  }
  get origin() {
    return this.#view.origin;
  }
  get ring() {
    return this.#view.ring;
  }
  get reason() {
    return this.#view.reason;
  }
  get state() {
    return this.#view.state;
  }
  get startedAt() {
    return this.#view.startedAt;
  }
  get expiresAt() {
    return this.#view.expiresAt;
  }
  get ringLeft() {
    return this.#countdown(this.#view.ringLeft);
  }
  get left() {
    return this.#countdown(this.#view.left);
  }
  get yourMedia() {
    return this.#view.yourMedia;
  }
  get theirMedia() {
    return this.#view.theirMedia;
  }
  get youInside() {
    return this.#view.youInside;
  }
  get theyInside() {
    return this.#view.theyInside;
  }
  get yourTab() {
    return this.#view.yourTab;
  }
  get here() {
    return this.yourTab === this.#host.tab;
  }
  get elsewhere() {
    return this.yourTab !== null && !this.here;
  }
  get busy() {
    return this.#view.busy;
  }
  get putAway() {
    return this.#view.putAway;
  }
  get messageOffered() {
    return this.#view.messageOffered;
  }
  get canRejoin() {
    return this.#view.canRejoin;
  }
  get ringsHere() {
    return this.#state.rings;
  }
  get over() {
    return isOver(this.#view);
  }
  get outcome() {
    return this.#state.outcome;
  }
  get lastDetails() {
    return this.#state.details;
  }
  get room() {
    return this.#room;
  }
  get signal() {
    return this.#gate.signal;
  }

  // --- moves ---------------------------------------------------------------------------------------------------------------------------

  choose(media) {
    this.#openGate();
    return this.#move('choose', { media });
  }

  accept(media) {
    this.#openGate();
    return this.#move('accept', { media });
  }

  decline() {
    return this.#turnAway('decline');
  }

  cancel() {
    return this.#turnAway('cancel');
  }

  leave() {
    return this.#turnAway('leave');
  }

  dismiss() {
    return this.#move('dismiss');
  }

  async ringShown() {
    if (this.#shown || !this.ringsHere) return;
    this.#shown = true;
    try {
      await this.#move('ring_shown');
    } catch (error) {
      this.#shown = false;
      throw error;
    }
  }

  async details() {
    const answer = await this.#host.request('call_details', { call: this.id });
    const details = fromWire(answer.details);
    this.take({ type: 'told', snapshot: viewAfter({ ...this.#view, ringLeft: this.ringLeft }, details), details });
    return details;
  }

  // --- the room ------------------------------------------------------------------------------------------------------------------------

  // Pressing twice is entering once.
  enter(tracks = {}) {
    this.#entry ??= this.#enter(tracks).finally(() => (this.#entry = null));
    return this.#entry;
  }

  async rejoin(media, tracks = {}) {
    this.#openGate();
    if (media !== this.yourMedia || !this.here) await this.choose(media);
    return this.enter(tracks);
  }

  async #enter({ audio, video, muted = {}, name, slots = kSlots, publish = {}, signal }) {
    if (this.#room) return this.#room;
    const signals = [this.#gate.signal, signal].filter(Boolean);
    const given = () => signals.some((each) => each.aborted);
    if (given()) throw aborted();

    const tracks = [[audio, 'audio'], [video, 'video']].filter(([track]) => track);
    const room = new Room({
      ticket: () => this.#ticket(),
      tab: this.#host.tab,
      token: () => this.#host.tokens.get(),
      url: this.#host.url,
      name,
      slots,
      publish: tracks.map(([track, kind]) => ({ track, muted: Boolean(muted[kind]), ...publish[kind] })),
    });
    const giveUp = () => room.leave();
    for (const each of signals) each.addEventListener('abort', giveUp);
    try {
      await room.open();
    } catch (error) {
      throw given() ? aborted() : error;
    } finally {
      for (const each of signals) each.removeEventListener('abort', giveUp);
    }
    this.#inRoom(room);
    return room;
  }

  #inRoom(room) {
    this.#room = room;
    this.#host.inside.entered(this, room);
    room.on('closed', ({ reason }) => this.#outOfRoom(room, reason));
    this.#tell('roomopened', { room });
  }

  #outOfRoom(room, reason) {
    if (this.#room !== room) return;
    this.#room = null;
    this.#host.inside.left(this);
    this.#tell('roomclosed', { reason });
  }

  #leaveRoom(room) {
    room.leave();
    this.#outOfRoom(room, 'left');
  }

  // For each join that takes no session over. Whoever lost both connections waits for the calls' own first.
  async #ticket() {
    await this.#host.up();
    try {
      return (await this.#host.request('call_ticket', { call: this.id })).ticket;
    } catch (error) {
      // At a room's door this word means "too late to resume".
      throw error.code === 'not_found' ? new ParleyError('call_over', error.message) : error;
    }
  }

  // --- what the server says --------------------------------------------------------------------------------------------------------------

  // Of the page's Calls alone.
  take(input) {
    const before = this.#state;
    const { state, news } = fold(before, input, { tab: this.#host.tab, now: performance.now() });
    this.#state = state;
    const wasHere = before?.view.yourTab === this.#host.tab;
    if (this.over || (wasHere && !this.here)) this.#gate.abort();
    for (const [type, event] of news) this.#tell(type, event);
  }

  lost() {
    this.stale = true;
    this.#tell('changed', {});
  }

  // The connection is back. `found`: the server named the call among the living.
  back({ found }) {
    this.stale = false;
    const unsaid = this.#unsaid;
    this.#unsaid = null;
    if (unsaid && !this.over) this.#turnAway(unsaid).catch(() => {});
    else if (!found && !this.over) this.details().catch(() => {});
    this.#tell('changed', {});
  }

  // The page goes away, and may be back in a moment: that is no leaving of the call.
  pageHidden() {
    if (this.#room) this.#leaveRoom(this.#room);
  }

  // --- small things --------------------------------------------------------------------------------------------------------------------

  #openGate() {
    this.#unsaid = null;
    if (this.#gate.signal.aborted) this.#gate = new AbortController();
  }

  // Cancel, decline, leave: here it is true at once, whatever becomes of the message.
  async #turnAway(move) {
    this.#gate.abort();
    const room = this.#room;
    const timer = room && setTimeout(() => this.#leaveRoom(room), kLeaveWait);
    try {
      return await this.#move(move);
    } catch (error) {
      if (error.code === 'connection_lost') this.#unsaid = move;
      throw error;
    } finally {
      clearTimeout(timer);
      if (room) this.#leaveRoom(room);
    }
  }

  async #move(move, fields = {}) {
    try {
      const { taken, settled = false, snapshot } = await this.#host.request(`call_${move}`, { call: this.id, ...fields });
      this.take({ type: 'answer', move, settled, snapshot: fromWire(snapshot) });
      return { taken, settled };
    } catch (error) {
      // Then what is shown is out of date.
      if (error.code === 'call_over' || error.code === 'call_expired') this.details().catch(() => {});
      throw error;
    }
  }

  #countdown(span) {
    return Math.max(0, span - (performance.now() - this.#state.receivedAt));
  }

  #tell(type, event) {
    this.emit(type, event);
    this.#host.tell(this, type, event);
  }
}
