// A member's page and its private calls: who one is, whose cards are watched, which calls there are. The line keeps the connection alive,
// each Call keeps its own state; this leads what comes in to where it belongs.
import { Call } from './call.js';
import { fromWire, viewOfDetails } from './call_state.js';
import { Emitter } from './emitter.js';
import { ParleyError } from './errors.js';
import { addressFor, leaveNote, openTab, takeNote } from './handover.js';
import { randomId } from './ids.js';
import { Inside, areGranted } from './inside.js';
import { Interaction } from './interaction.js';
import { keepOfBrowser, keepOfTab } from './keep.js';
import { Line, addressOf } from './line.js';
import { SiteApi } from './site_api.js';
import { identify } from './tab.js';
import { TokenSource } from './token_source.js';
import { Watching } from './watching.js';

const kKeptCalls = 50;          // known ones; those that are over go first
const kSameStart = 30_000;      // ms in which a start that got no answer is repeated under its old request id

export class Calls extends Emitter {
  tab = null;
  device = null;
  you = null;
  site = null;
  unread = 0;
  calls = new Map();
  handedOver = null;

  #options;
  #tokens;
  #line;
  #api;
  #watching;
  #interaction;
  #inside = null;
  #releaseTab = () => {};
  #keptByBrowser = keepOfBrowser();
  #keptByTab = keepOfTab();
  #starts = new Map();   // member → {request, promise, until}
  #finished = false;
  #missing = [];         // calls that lived when the connection was lost, and are not named by the next one

  constructor(options = {}) {
    super();
    if (!options.token && !options.tokenEndpoint) throw new ParleyError('bad_request', 'Where to get tokens? `token` or `tokenEndpoint`.');
    this.#options = options;
    this.#tokens = new TokenSource(options);
    this.#line = new Line({
      url: options.url,
      tokens: this.#tokens,
      on: {
        attach: (wire) => this.#attend(wire),
        receive: (message) => this.#receive(message),
        lost: () => this.#lost(),
        back: () => this.#back(),
        ended: (reason) => this.#ended(reason),
      },
    });
    this.#api = new SiteApi(addressOf(options.url), this.#tokens);
    this.#watching = new Watching(
      async (members) => fromWire((await this.#line.request('watch', { members })).members),
      (person) => this.emit('presence', { person }),
    );
    this.#interaction = new Interaction(() => {
      this.#line.send('interacted');
      return this.state === 'connected';
    });
  }

  get state() {
    return this.#line.state;
  }

  get people() {
    return this.#watching.people;
  }

  // Called by openCalls(). Events wait until its caller had the chance to subscribe.
  async open() {
    this.hold();
    const handed = takeNote(this.#keptByBrowser);
    const { tab, device, fresh, release } = await identify(this.#keptByTab, this.#keptByBrowser, { isCopy: handed !== null });
    this.tab = tab;
    this.device = device;
    this.#releaseTab = release;
    this.#inside = new Inside(this.#keptByTab, { fresh });
    await this.#line.open().catch((error) => {
      release();
      throw error;
    });
    if (handed) this.handedOver = await this.callOf(handed.call).then((call) => ({ call, media: handed.media }), () => null);
    this.#interaction.listen();
    globalThis.window?.addEventListener?.('pagehide', this.#pageHidden);
    setTimeout(() => this.release(), 0);
  }

  // --- others --------------------------------------------------------------------------------------------------------------------------

  watch(members) {
    return this.#watching.watch(members);
  }

  follow(member, listener) {
    return this.#watching.follow(member, listener);
  }

  // --- calls ---------------------------------------------------------------------------------------------------------------------------

  // Pressing twice, or again after a lost connection, is one call: the request keeps its id.
  start(member, { origin }) {
    const before = this.#starts.get(member);
    if (before?.promise) return before.promise;
    const request = before && performance.now() < before.until ? before.request : randomId();
    const promise = this.#start(member, origin, request);
    this.#starts.set(member, { request, promise });
    return promise;
  }

  async callOf(id) {
    const known = this.calls.get(id);
    if (known) return known;
    const { details } = fromWire(await this.#line.request('call_details', { call: id }));
    return this.#take({ type: 'told', snapshot: viewOfDetails(details, this.you.member), details });
  }

  newTabUrl(call, media) {
    leaveNote(this.#keptByBrowser, call.id, media);
    return addressFor(call.id, this.#options.callPage);
  }

  openInNewTab(call, media) {
    return openTab(this.newTabUrl(call, media));
  }

  async resumable() {
    const last = this.#inside.last;
    const call = last && this.calls.get(last.call);
    if (!call || call.over || call.elsewhere || call.room || !(call.canRejoin || call.you === 'caller')) return null;
    const devices = last.media === 'video' ? ['microphone', 'camera'] : ['microphone'];
    return (await areGranted(devices)) ? { call, media: last.media, muted: last.muted } : null;
  }

  // --- what is stored --------------------------------------------------------------------------------------------------------------------

  async history({ before } = {}) {
    const { calls, before: next } = fromWire(await this.#line.request('calls', { before }));
    return { calls, before: next };
  }

  async notifications({ unread, before } = {}) {
    const answer = fromWire(await this.#line.request('notifications', { unread, before }));
    this.#setUnread(answer.unread);
    return { items: answer.items, unread: answer.unread, before: answer.before };
  }

  async markRead(calls = []) {
    const { unread } = await this.#line.request('mark_read', { calls });
    this.#setUnread(unread);
    return unread;
  }

  async sendMessage(to, text, { call, key = randomId() } = {}) {
    if (this.site?.messengerKind === 'platform') throw new ParleyError('messenger_off', 'The platform has the messenger: see writeTo.');
    return fromWire((await this.#line.request('message_send', { to, text, call, key })).message);
  }

  async thread(member, { before } = {}) {
    const { with: who, usable, messages, before: next } = fromWire(await this.#line.request('thread', { with: member, before }));
    return { with: who, usable, messages, before: next };
  }

  writeTo(member, { call } = {}) {
    if (this.site?.messengerKind !== 'platform') return false;
    this.emit('writemessage', { member, call: call ?? null });
    return true;
  }

  siteSettings() {
    return this.#api.settings(this.site.site);
  }

  setSiteSettings(patch) {
    return this.#api.setSettings(this.site.site, patch);
  }

  setMine(patch) {
    return this.#api.setMember(this.site.site, this.you.member, patch);
  }

  members() {
    return this.#api.members(this.site.site);
  }

  async signOut() {
    for (const call of this.calls.values()) call.room?.leave();
    // Without a connection there is nobody to tell; the server will notice by itself.
    await this.#line.request('sign_out').catch(() => {});
    this.#finish('signed_out');
  }

  close() {
    this.#finish('closed');
  }

  // --- the connection --------------------------------------------------------------------------------------------------------------------

  async #attend(wire) {
    const first = this.you === null;
    const byHand = first && globalThis.document?.visibilityState !== 'hidden';
    const attending = fromWire(await wire.request('attend', { tab: this.tab, device: this.device, opened: byHand }));
    if (byHand) this.#interaction.opened();
    this.#setYou(attending);
    this.#setSite(attending.site);
    for (const snapshot of attending.calls) this.#take({ type: 'attending', snapshot });
    const named = new Set(attending.calls.map(({ call }) => call));
    this.#missing = [...this.calls.values()].filter((call) => !named.has(call.id) && !call.over);
    for (const item of attending.notifications) this.emit('notification', { item, unread: attending.unread, fresh: false });
    this.#setUnread(attending.unread);
  }

  #lost() {
    for (const call of this.calls.values()) call.lost();
    this.emit('reconnecting');
  }

  #back() {
    for (const call of this.calls.values()) call.back({ found: !this.#missing.includes(call) });
    this.#watching.again();
    this.#interaction.catchUp();
    this.emit('reconnected');
  }

  #ended(reason) {
    this.#finish(reason);
  }

  #receive(message) {
    const { type } = message;
    if (message.snapshot) return void this.#take(fromWire(message));
    switch (type) {
      case 'presence':
        return this.#watching.changed(fromWire(message.member));
      case 'site_changed':
        return this.#setSite(fromWire(message.site));
      case 'you_changed':
        return this.#setYou(fromWire(message));
      case 'notification':
        this.emit('notification', { item: fromWire(message.item), unread: message.unread, fresh: true });
        return this.#setUnread(message.unread);
      case 'message_received':
        return this.emit('message', { message: fromWire(message.message), from: fromWire(message.from) });
      case 'marked':
        return this.#setUnread(message.unread);
      case 'attendance_closed':
        return this.#finish(message.reason);
      case 'error':
        return this.emit('error', { error: new ParleyError(message.code, message.message) });
      default:
        // A newer server may say more than this client knows.
        return undefined;
    }
  }

  // --- small things --------------------------------------------------------------------------------------------------------------------

  async #start(member, origin, request) {
    let keep = false;
    try {
      const { taken, settled = false, snapshot } = fromWire(await this.#line.request('call_start', { member, origin, request }));
      return this.#take({ type: 'answer', move: 'start', taken, settled, snapshot });
    } catch (error) {
      keep = error.code === 'connection_lost';
      throw error;
    } finally {
      if (keep) this.#starts.set(member, { request, until: performance.now() + kSameStart });
      else this.#starts.delete(member);
    }
  }

  // Anything that carries a call as it stands.
  #take(input) {
    const id = input.snapshot.call;
    let call = this.calls.get(id);
    if (!call) {
      call = new Call(this.#host());
      this.calls.set(id, call);
    }
    call.take(input);
    this.#forgetOld();
    return call;
  }

  #host() {
    return {
      tab: this.tab,
      url: this.#options.url,
      tokens: this.#tokens,
      inside: this.#inside,
      request: (type, fields) => this.#line.request(type, fields),
      up: () => this.#line.up(),
      tell: (call, type, event) => this.emit(type === 'changed' ? 'callchanged' : type, { call, ...event }),
    };
  }

  #forgetOld() {
    for (const [id, call] of this.calls) {
      if (this.calls.size <= kKeptCalls) return;
      if (call.over && !call.room) this.calls.delete(id);
    }
  }

  #setYou({ you, admin, messenger, takesCalls }) {
    const next = { ...you, admin, messenger, takesCalls };
    const changed = this.you && JSON.stringify(this.you) !== JSON.stringify(next);
    this.you = next;
    if (changed) this.emit('youchanged', { you: next });
  }

  #setSite(site) {
    const changed = this.site && JSON.stringify(this.site) !== JSON.stringify(site);
    this.site = site;
    if (changed) this.emit('sitechanged', { site });
  }

  #setUnread(unread) {
    if (this.unread === unread) return;
    this.unread = unread;
    this.emit('unreadchanged', { unread });
  }

  #finish(reason) {
    if (this.#finished) return;
    this.#finished = true;
    this.#line.close();
    this.#releaseTab();
    this.#interaction.stop();
    globalThis.window?.removeEventListener?.('pagehide', this.#pageHidden);
    this.emit('closed', { reason });
  }

  #pageHidden = () => {
    this.#inside.freeze();
    for (const call of this.calls.values()) call.pageHidden();
  };
}
