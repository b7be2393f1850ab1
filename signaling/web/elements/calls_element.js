// <parley-calls>, once per page: shows every surface of a call but the person card. It feeds the controller with what people do, what the
// SDK says and what the browser grants, carries out what the controller wants done, and draws what it then says.
import { Attention } from './attention.js';
import { CallerDialog, callerStyle } from './caller_dialog.js';
import { factsOf, initial, step, surfaces } from './controller.js';
import { Details, detailsStyle } from './details.js';
import { DevicePrompt, devicesStyle } from './device_prompt.js';
import { chosenDevices } from './devices.js';
import { h, sheet, tell } from './dom.js';
import { Incoming, incomingStyle } from './incoming.js';
import { LocalMedia } from './local_media.js';
import { Meeting, meetingStyle } from './meeting.js';
import { panelStyle } from './meeting_panels.js';
import { Outcome } from './outcome.js';
import { remoteStyle } from './remote_view.js';
import { RingTone, SoundLock } from './ring_tone.js';
import { selfStyle } from './self_view.js';
import { session } from './session.js';
import { Docked, StatusLine, statusStyle } from './status_line.js';
import { Announcer, Floor } from './surface.js';
import { Thread, threadStyle } from './thread.js';
import { tokens } from './tokens.css.js';
import { words } from './words.js';

const kStatusFor = 5000;
const kStage = 'parley.stage';   // the call whose dialog this tab showed, for a reload

const style = sheet(`
  :host { display: contents; }
  #floating { position: fixed; inset: 0; width: 100%; height: 100%; max-width: none; max-height: none; margin: 0; padding: 0; border: 0; background: none; overflow: visible; pointer-events: none; color: inherit; }
`);

export class ParleyCalls extends HTMLElement {
  #model = initial();
  #media = new LocalMedia();
  #tone = new RingTone();
  #sound = new SoundLock();
  #attention = new Attention();
  #announcer = new Announcer();
  #tonePlayed = 'none';
  #ringing = null;
  #offs = [];
  #callOffs = [];

  #floating = h('div', { id: 'floating', popover: 'manual', part: 'floating' });
  #floor;
  #caller;
  #devices;
  #meeting;
  #outcome;
  #details;
  #incoming;
  #thread;
  #status = new StatusLine();
  #docked;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [tokens, style, callerStyle, devicesStyle, detailsStyle, incomingStyle, meetingStyle, panelStyle, remoteStyle, selfStyle,
      statusStyle, threadStyle];
    this.#floor = new Floor(root, this.#floating, () => this.#incoming?.isShown);
    this.#makeSurfaces();
    root.append(this.#caller.element, this.#devices.element, this.#meeting.element, this.#outcome.element, this.#details.element);
    this.#floating.append(this.#announcer.element, this.#thread.element, this.#docked.element, this.#status.element, this.#incoming.element);
  }

  connectedCallback() {
    session.shower = this;
    this.#offs = [session.on('calls', () => this.#listen()), this.#on(window, 'keydown', (event) => this.#key(event)),
      this.#on(window, 'pagehide', () => this.#leavePage())];
    this.#offs.push(this.#floor.follow());
    this.#floor.raise();
    this.#listen();
  }

  disconnectedCallback() {
    if (session.shower === this) session.shower = null;
    for (const off of [...this.#offs.splice(0), ...this.#callOffs.splice(0)]) off();
    this.#quiet();
    this.#media.stop();
  }

  // --- what pages may ask for ----------------------------------------------------------------------------------------------------------

  startCall(person, origin = 'other:page') {
    this.#happened({ type: 'start', person, origin });
  }

  // Opens the built-in messages, or tells the platform.
  write(person, call = null) {
    this.#happened({ type: 'write', person, call });
  }

  async showDetails(id) {
    this.#happened({ type: 'show_details', facts: factsOf(await session.calls.callOf(id)) });
  }

  // The call page: a call that another tab handed to this one.
  takeOver({ call, media }) {
    this.#happened({ type: 'take_over', facts: factsOf(call), media });
  }

  // What is shown at the moment, for the page around: 'caller', 'devices', 'meeting', 'modal' or null.
  get showing() {
    const shown = surfaces(this.#model);
    return ['caller', 'devices', 'meeting', 'modal'].find((name) => shown[name]) ?? null;
  }

  // --- the SDK -------------------------------------------------------------------------------------------------------------------------

  #listen() {
    for (const off of this.#callOffs.splice(0)) off();
    this.#quiet();
    this.#model = initial();
    const { calls } = session;
    if (!calls) return this.#draw();

    const feed = (type, make = () => ({})) => (event) => this.#happened({ type, facts: factsOf(event.call), call: event.call.id, ...make(event) });
    const on = (type, listener) => this.#callOffs.push(calls.on(type, listener));
    on('ring', feed('ring'));
    on('ringstopped', feed('ring_stopped', ({ reason }) => ({ reason })));
    on('callchanged', feed('changed'));
    on('answered', feed('answered'));
    on('outcome', feed('outcome', ({ ring, reason, after }) => ({ ring, reason, after })));
    on('couldnotconnect', feed('could_not_connect'));
    on('backincall', feed('back_in_call'));
    on('callclosed', feed('call_closed', ({ state, reason }) => ({ state, reason })));
    on('roomclosed', feed('room_closed', ({ reason }) => ({ reason })));
    on('closingsoon', ({ left }) => this.#announcer.polite(words.endsIn(left)));
    on('details', ({ details }) => this.#details.told(details));
    on('sitechanged', () => this.#siteChanged());
    on('youchanged', () => this.#siteChanged());
    on('message', (event) => this.#received(event));
    on('writemessage', ({ member, call }) => tell(this, 'parley-write-message', { member, call }));
    on('reconnected', () => this.#catchUp());
    this.#siteChanged();
    this.#catchUp();
    this.#resume(calls);
  }

  // A page that comes late is told by the calls as they stand.
  #catchUp() {
    for (const call of session.calls.calls.values()) {
      const facts = factsOf(call);
      if (facts.ringsHere) this.#happened({ type: 'ring', facts, call: call.id });
      else this.#happened({ type: 'changed', facts, call: call.id });
    }
  }

  // After a reload: back into the room without a question if the devices are granted, or to the dialog that stood here.
  async #resume(calls) {
    if (calls.handedOver) return;
    const known = sessionStorage.getItem(kStage);
    const call = known && calls.calls.get(known);
    if (call && call.ring === 'ringing' && !call.elsewhere && !call.youInside) return this.#happened({ type: 'restore', facts: factsOf(call) });
    try {
      const found = await calls.resumable();
      if (!found || session.calls !== calls || this.#model.stage) return;
      this.#media.muted = { ...found.muted };
      this.#happened({ type: 'resume', facts: factsOf(found.call), media: found.media });
    } catch {
      // Then the details are the way back.
    }
  }

  #siteChanged() {
    this.#happened({ type: 'site', site: { ...session.site, messenger: session.canWrite } });
  }

  #received({ message, from }) {
    if (this.#thread.received(message) || message.from === session.you?.member) return;
    this.#happened({ type: 'status', words: { kind: 'message', person: from } });
  }

  // --- the controller ------------------------------------------------------------------------------------------------------------------

  #happened(input) {
    const { model, effects } = step(this.#model, input);
    this.#model = model;
    this.#remember();
    // In order, and at once as far as possible: a tab is opened inside of the click.
    const done = this.#carryOut(effects);
    this.#draw();
    return done;
  }

  async #carryOut(effects) {
    for (const effect of effects) {
      const going = this.#do(effect);
      if (!going) continue;
      try {
        if ((await going) === false) return;
      } catch (error) {
        const call = session.calls?.calls.get(effect.call);
        this.#happened({ type: 'move_failed', call: effect.call, code: codeOf(error), facts: call && factsOf(call) });
        return;
      }
    }
  }

  // Returns a promise where the next effect has to wait for this one; it resolves with false to leave the rest undone.
  #do(effect) {
    const { calls } = session;
    const call = effect.call ? calls?.calls.get(effect.call) : null;
    switch (effect.do) {
      case 'start': return this.#start(effect);
      case 'choose': return this.#move(call, call.choose(effect.media));
      case 'accept': return this.#move(call, call.accept(effect.media));
      case 'cancel': return void call?.cancel().catch(ignore);
      case 'decline': return void call?.decline().catch(ignore);
      case 'dismiss': return void call?.dismiss().catch(ignore);
      case 'leave': return void call?.leave().catch(ignore);
      case 'open_devices': return this.#openDevices(call, effect.media);
      case 'stop_devices': return void this.#media.stop();
      case 'enter': return this.#enter(call);
      case 'open_tab': return this.#openTab(call, effect.media);
      case 'write': return void this.#write(effect);
      case 'status_timer': return void setTimeout(() => this.#happened({ type: 'status_over', tick: effect.tick }), kStatusFor);
      default: throw new Error(`There is no effect ${effect.do}.`);
    }
  }

  async #start({ member, origin }) {
    const { person } = this.#model.stage ?? {};
    try {
      const call = await session.calls.start(member, { origin });
      const facts = factsOf(call);
      const taken = facts.reason === 'busy' ? 'rejected_busy' : facts.state === 'open' ? 'join' : 'created';
      await this.#happened({ type: 'started', facts, taken });
    } catch (error) {
      await this.#happened({ type: 'refused', code: codeOf(error), person });
    }
  }

  async #move(call, moving) {
    const { settled } = await moving;
    if (!settled) return true;
    await this.#happened({ type: 'settled', facts: factsOf(call) });
    return this.#model.stage?.call === call.id;
  }

  async #openDevices(call, media) {
    try {
      await this.#media.open({ video: media === 'video', signal: call.signal, muted: this.#media.muted });
    } catch (error) {
      if (error.name === 'AbortError') return;
      await this.#happened({ type: 'problem', call: call.id, problem: { kind: error.kind ?? 'other', what: error.what ?? 'both', audioOnly: error.audioOnly ?? false } });
      return;
    }
    await this.#happened({ type: 'granted', call: call.id });
  }

  async #enter(call) {
    await call.enter(this.#media.tracks);
    await this.#happened({ type: 'entered', call: call.id });
  }

  #openTab(call, media) {
    if (session.calls.openInNewTab(call, media)) return undefined;
    return this.#happened({ type: 'blocked', call: call.id, media, url: session.calls.newTabUrl(call, media) });
  }

  #write({ member, call }) {
    if (session.calls.writeTo(member, { call: call ?? undefined })) return;
    const known = session.calls.people.get(member) ?? [...session.calls.calls.values()].map(({ other }) => other).find((one) => one.member === member);
    this.#happened({ type: 'thread', person: this.#wishedToWrite?.member === member ? this.#wishedToWrite : known ?? { member, name: member, avatar: '' }, call });
  }

  #wishedToWrite = null;

  // --- drawing -------------------------------------------------------------------------------------------------------------------------

  #makeSurfaces() {
    const happened = (type) => (more) => this.#happened({ type, ...more });
    const write = (person, call) => {
      this.#wishedToWrite = person;
      this.#happened({ type: 'write', person, call });
    };
    this.#caller = new CallerDialog(this.#floor, {
      choose: (media, newTab) => this.#happened({ type: 'choose', media, newTab }),
      cancel: happened('cancel'),
    });
    this.#devices = new DevicePrompt(this.#floor, {
      retry: happened('retry'),
      audioOnly: () => this.#happened({ type: 'retry', audioOnly: true }),
      cancel: happened('cancel'),
    });
    this.#meeting = new Meeting(this.#floor, this.#media, {
      leave: happened('leave'),
      write,
      closeBanner: happened('close_banner'),
      you: () => session.you,
      speaker: () => chosenDevices().speaker,
      announce: (text) => this.#announcer.polite(text),
    });
    this.#outcome = new Outcome(this.#floor, { write, close: happened('close_modal') });
    this.#details = new Details(this.#floor, {
      load: async (id) => (await session.calls.callOf(id)).details(),
      rejoin: async (id, media) => this.#happened({ type: 'rejoin', facts: factsOf(await session.calls.callOf(id)), media }),
      callBack: (person) => this.#happened({ type: 'start', person, origin: 'details' }),
      canCall: () => Boolean(session.site?.privateCalls),
      write,
      close: happened('close_modal'),
      you: () => session.you?.member,
    });
    this.#incoming = new Incoming({
      answer: (id, media, newTab) => this.#happened({ type: 'answer', facts: factsOf(session.calls.calls.get(id)), media, newTab }),
      decline: (call) => this.#happened({ type: 'decline', call }),
      dismiss: (call) => this.#happened({ type: 'dismiss', call }),
      sound: () => this.#tone.unlock(),
      shown: (call) => session.calls?.calls.get(call)?.ringShown().catch(ignore),
    });
    this.#thread = new Thread({
      load: (member, before) => session.calls.thread(member, { before }),
      send: (member, text, more) => session.calls.sendMessage(member, text, more),
      close: happened('close_thread'),
      you: () => session.you?.member,
    });
    this.#docked = new Docked({ close: happened('close_docked'), takeBack: happened('take_back') });
    this.#tone.onblocked = (blocked) => this.#incoming.offerSound(blocked && this.#tonePlayed === 'ring');
  }

  #draw() {
    const shown = surfaces(this.#model);
    const newTab = this.getAttribute('new-tab') !== 'off';
    const { calls } = session;
    // Closing comes first, so that the focus goes back before it goes on.
    if (!shown.caller) this.#caller.update(null, { newTab });
    if (!shown.devices) this.#devices.update(null);
    if (!shown.meeting) this.#meeting.update(null, null, {});
    this.#outcome.update(shown.modal);
    this.#details.update(shown.modal);
    if (shown.caller) this.#caller.update(shown.caller, { newTab });
    if (shown.devices) this.#devices.update(shown.devices);
    if (shown.meeting) this.#meeting.update(shown.meeting, calls.calls.get(shown.meeting.call), { canWrite: shown.canWrite, beside: shown.thread !== null });
    this.#docked.update(shown.docked);
    this.#thread.update(shown.thread);
    this.#status.update(shown.status);
    const appeared = this.#incoming.update(shown.incoming, { newTab });
    if (appeared) this.#floor.raise();
    this.#sounds(shown);
    this.toggleAttribute('busy', Boolean(shown.caller || shown.devices || shown.meeting));
    const now = this.showing;
    if (now !== this.#told) {
      this.#told = now;
      tell(this, 'parley-showing', { surface: now });
    }
  }

  #told = null;

  #sounds({ incoming, tone }) {
    const ringing = incoming?.call ?? null;
    if (ringing === this.#ringing && tone === this.#tonePlayed) return;
    const isNew = ringing !== this.#ringing;
    this.#quiet();
    this.#ringing = ringing;
    this.#tonePlayed = tone;
    if (!ringing) return;
    const text = String(words.incoming(incoming.person.name));
    if (isNew) this.#announcer.assertive(text);
    this.#attention.start(text, { tag: `parley-${ringing}` });
    this.#sound.take(() => (tone === 'ring' || isNew) && this.#tone.start(tone));
  }

  #quiet() {
    this.#tone.stop();
    this.#sound.drop();
    this.#attention.stop();
    this.#incoming?.offerSound(false);
    this.#ringing = null;
    this.#tonePlayed = 'none';
  }

  // --- the page ------------------------------------------------------------------------------------------------------------------------

  #key(event) {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === 'Escape' && this.#incoming.escape()) event.preventDefault();
    if (event.key === 'F6' && this.#incoming.focus()) event.preventDefault();
  }

  #remember() {
    try {
      const { stage } = this.#model;
      if (stage?.call && stage.you === 'caller' && stage.step !== 'elsewhere') sessionStorage.setItem(kStage, stage.call);
      else sessionStorage.removeItem(kStage);
    } catch {
      // Storage is switched off: then a reload forgets the dialog.
    }
  }

  #leavePage() {
    this.#quiet();
  }

  #on(target, type, listener) {
    target.addEventListener(type, listener);
    return () => target.removeEventListener(type, listener);
  }
}

const ignore = () => {};
const codeOf = (error) => (error?.name === 'AbortError' ? 'aborted' : error?.code ?? 'other');
