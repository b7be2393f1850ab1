// The meeting room: the other fills the screen, everything else steps back. It shows what the stage, the call, the room and the local media
// say; moves go out through `on`.
import { avatar } from './avatar.js';
import { h, say, sheet } from './dom.js';
import { icon } from './icons.js';
import { DevicePanel, QualityPanel } from './meeting_panels.js';
import { dots, figures, reading } from './quality.js';
import { outcomeWords } from './outcome.js';
import { RemoteView } from './remote_view.js';
import { SelfView } from './self_view.js';
import { Sheet, button } from './surface.js';
import { blockedTabNotice } from './device_prompt.js';
import { clock, span, words } from './words.js';

const kFadeAfter = 3000;
const kTick = 1000;
const kMeasureEvery = 2000;
const kWarnBelow = 300_000;
const kSpinAfter = 1000;

export const meetingStyle = sheet(`
  #meeting { color-scheme: dark; inset: 0; margin: 0; width: 100%; height: 100dvh; max-width: none; max-height: none; padding: 0; border: 0; border-radius: 0; background: #000; color: #fff; overflow: hidden; }
  #meeting[open] { animation-name: appear; }
  #meeting > .stage { position: absolute; inset: 0; transition: none; }
  #meeting > .stage .top { position: absolute; z-index: 2; inset: 0 0 auto 0; display: flex; align-items: center; gap: var(--space-3); padding: var(--space-3) var(--space-4); padding-top: calc(var(--space-3) + env(safe-area-inset-top));
    background: linear-gradient(rgb(0 0 0 / 72%), transparent); min-height: 64px; transition: opacity var(--motion); }
  #meeting > .stage .top h2 { font-size: 16px; flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  #meeting > .stage .top h2 bdi { overflow-wrap: normal; }
  #meeting > .stage .time { font-size: 14px; font-variant-numeric: tabular-nums; color: #e4e7ec; white-space: nowrap; }
  #meeting > .stage .left { color: #c3c8d2; }
  #meeting > .stage .dots { display: flex; gap: 3px; align-items: flex-end; }
  #meeting > .stage .dots i { width: 5px; border-radius: 2px; background: rgb(255 255 255 / 32%); height: 8px; }
  #meeting > .stage .dots i:nth-child(2) { height: 12px; }
  #meeting > .stage .dots i:nth-child(3) { height: 16px; }
  #meeting > .stage .dots[data-level="1"] i:nth-child(-n+1), #meeting > .stage .dots[data-level="2"] i:nth-child(-n+2) { background: #f5c15a; }
  #meeting > .stage .dots[data-level="3"] i { background: #4ed491; }
  #meeting > .stage .top .bare { color: #fff; }
  #meeting > .stage .top .bare:hover { background: rgb(255 255 255 / 14%); }
  #meeting > .stage .centre { position: absolute; inset: 72px var(--space-4) 120px; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: var(--space-4); text-align: center; pointer-events: none; }
  #meeting > .stage .centre .state { color: #fff; font-size: 20px; font-weight: 600; max-width: 100%; overflow-wrap: anywhere; }
  #meeting > .stage .centre .line { color: #d0d4dd; max-width: 100%; overflow-wrap: anywhere; }
  #meeting > .stage .mic-off { position: absolute; z-index: 1; left: var(--space-4); bottom: calc(104px + env(safe-area-inset-bottom)); display: flex; align-items: center; gap: var(--space-1); padding: 4px 10px; border-radius: var(--radius-full); background: rgb(0 0 0 / 62%); font-size: 14px; }
  #meeting > .stage .mic-off .icon { width: 18px; height: 18px; }
  #meeting > .stage .banners { position: absolute; z-index: 2; top: 72px; left: 50%; transform: translateX(-50%); width: min(560px, calc(100% - 2 * var(--space-3))); display: grid; gap: var(--space-2); justify-items: center; }
  #meeting > .stage .banner { width: 100%; display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: var(--space-2) var(--space-3); padding: var(--space-3) var(--space-4); border-radius: var(--radius-surface); background: #262a32; border: 1px solid #434956; text-align: center; animation: appear var(--motion); }
  #meeting > .stage .banner .button { min-height: 44px; }
  #meeting > .stage .banner.trouble { background: #3a2e12; color: #f5d38a; border-color: transparent; }
  #meeting > .stage .countdown { justify-self: center; padding: 6px 16px; border-radius: var(--radius-full); background: #3a2e12; color: #f5d38a; font-size: 14px; font-weight: 600; font-variant-numeric: tabular-nums; }
  #meeting > .stage .controls { position: absolute; z-index: 2; inset: auto 0 0 0; display: flex; justify-content: center; gap: var(--space-3); padding: var(--space-6) var(--space-3) calc(var(--space-4) + env(safe-area-inset-bottom));
    background: linear-gradient(transparent, rgb(0 0 0 / 72%)); transition: opacity var(--motion); }
  #meeting > .stage .control { display: grid; place-items: center; flex: none; width: 56px; height: 56px; padding: 0; border: 0; border-radius: var(--radius-full); background: rgb(60 65 76 / 92%); color: #fff; transition: opacity var(--motion); }
  #meeting > .stage .control:hover { opacity: .86; }
  #meeting > .stage .control .off, #meeting > .stage .control[aria-pressed="false"] .on { display: none; }
  #meeting > .stage .control[aria-pressed="false"] .off { display: block; }
  #meeting > .stage .control[data-alert][aria-pressed="false"] { background: #fff; color: #16191f; }
  #meeting > .stage .control[data-mode][aria-pressed="true"], #meeting > .stage .control[aria-expanded="true"] { background: #fff; color: #16191f; }
  #meeting > .stage .control:disabled { opacity: .5; }
  #meeting > .stage .control.leave { background: var(--red); color: #fff; margin-inline-start: var(--space-3); }
  #meeting > .stage .overlay { position: absolute; z-index: 1; inset: 0; display: flex; align-items: center; justify-content: center; background: rgb(0 0 0 / 55%); animation: appear var(--motion); }
  #meeting > .stage .overlay > span { display: flex; align-items: center; gap: var(--space-3); margin: var(--space-4); padding: var(--space-3) var(--space-5); border-radius: var(--radius-full); background: #1b1e24; }
  #meeting :focus-visible { outline-color: #9db0ff; }
  #meeting.idle .controls, #meeting.idle .top { opacity: 0; }
  #meeting.idle { cursor: none; }
  @media (min-width: 900px) { #meeting.beside .stage { right: 400px; } }
  @media (max-width: 480px) {
    #meeting > .stage .controls { gap: var(--space-2); padding-inline: var(--space-2); }
    #meeting > .stage .control { width: 48px; height: 48px; }
    #meeting > .stage .control.leave { margin-inline-start: 0; }
    #meeting > .stage .left { display: none; }
  }
`);

export class Meeting {
  #on;
  #media;
  #sheet;
  #stage = null;
  #call = null;
  #room = null;
  #offs = [];
  #timers = [];
  #idleTimer = null;
  #before = null;
  #canWrite = false;
  #tapWakes = false;
  #met = false;      // the other has been here
  #blocked = blockedTabNotice('meeting-blocked-tab');

  #remote = new RemoteView();
  #self = new SelfView();
  #title;
  #time = h('span', { part: 'time' });
  #left = h('span.left', { part: 'time-left' });
  #dots = h('span.dots', { 'aria-hidden': 'true', 'data-level': '3' }, h('i'), h('i'), h('i'));
  #quality;
  #qualityPanel = new QualityPanel();
  #devicePanel;
  #centre = { face: h('div'), title: h('p.state', { part: 'meeting-state' }), text: h('p.line'), element: null };
  #micOff = h('div.mic-off', { part: 'their-mic-off', hidden: true }, icon('micOff'), words.theirMicOff);
  #countdown = h('p.countdown', { part: 'countdown', hidden: true });
  #sharing = h('div.banner', { part: 'sharing', role: 'status', hidden: true });
  #banner = h('div.banner', { part: 'meeting-banner', role: 'status', hidden: true });
  #trouble = h('div.banner.trouble', { part: 'meeting-trouble', role: 'status', hidden: true });
  #overlay;
  #spinner = h('span.spinner', { 'aria-hidden': 'true' });
  #controls;
  #top;
  #buttons = {};

  // `on`: leave(), write(person, call), closeBanner(), closeOver(), you(), canWrite(), announce(text). `media`: the LocalMedia.
  constructor(floor, media, on) {
    this.#on = on;
    this.#media = media;
    this.#sheet = new Sheet(floor, { part: 'meeting', stays: true, onclose: () => this.#escape() });
    this.#build();
    media.on('changed', () => this.#showMedia());
    media.on('gone', ({ video }) => this.#showTrouble(words.deviceGone(video), words.retry, () => this.#try(media.add(video ? 'video' : 'audio'))));
    this.#remote.onblocked = () => this.#showTrouble(words.soundBlocked, words.soundOn, () => this.#remote.unlock().then(() => this.#hideTrouble(), () => {}));
  }

  get element() {
    return this.#sheet.element;
  }

  // `call`: the SDK's Call; its room is taken when there is one.
  update(stage, call, { canWrite, beside }) {
    this.#stage = stage;
    if (!stage) return this.#close();
    if (!this.#sheet.isOpen) this.#open(stage);
    this.element.classList.toggle('beside', beside);
    this.#canWrite = canWrite;
    this.#call = call;
    if (call?.room && call.room !== this.#room && stage.step !== 'over') this.#enter(call.room);
    if (stage.step === 'over') this.#abandon();
    this.#blocked.update(stage.blocked);
    this.#showBanner();
    this.#show();
  }

  // --- the parts -----------------------------------------------------------------------------------------------------------------------

  #build() {
    this.#title = h('h2', { id: this.#sheet.titleId, part: 'meeting-title' });
    this.#quality = h('button.bare', { type: 'button', part: 'quality', 'aria-label': words.quality, 'aria-expanded': 'false', onclick: () => this.#togglePanel('quality') }, this.#dots);
    this.#top = h('div.top', {}, this.#title, h('span.time', {}, this.#time, ' ', this.#left), this.#quality);

    const control = (name, label, icons, onclick, { pressed, mode = false, alert = false, kind = '' } = {}) => {
      const made = h(`button.control${kind && `.${kind}`}`, { type: 'button', part: name, title: label, 'aria-label': label, 'aria-pressed': pressed ?? null,
        'data-mode': mode, 'data-alert': alert, onclick: () => onclick() });
      made.append(...icons.map((one, i) => {
        const drawn = icon(one);
        if (icons.length > 1) drawn.classList.add(i === 0 ? 'on' : 'off');
        return drawn;
      }));
      this.#buttons[name] = made;
      return made;
    };
    this.#controls = h('div.controls', { role: 'toolbar', 'aria-label': words.callControls },
      control('mute', words.mute, ['mic', 'micOff'], () => this.#try(this.#media.toggle('audio')), { pressed: 'true', alert: true }),
      control('camera', words.camera, ['camera', 'cameraOff'], () => this.#try(this.#media.toggle('video')), { pressed: 'true', alert: true }),
      control('screen', words.screen, ['screen'], () => this.#try(this.#media.toggleScreen()), { pressed: 'false', mode: true }),
      control('chat', words.message, ['message'], () => this.#on.write(this.#stage.person, this.#stage.call)),
      control('device-choice', words.devices, ['settings'], () => this.#togglePanel('devices')),
      control('leave', words.leave, ['leave'], () => this.#leave(), { kind: 'leave' }));
    this.#buttons['device-choice'].setAttribute('aria-expanded', 'false');
    // A click leaves no focus behind that would keep the controls up.
    this.#controls.addEventListener('click', (event) => {
      if (event.detail > 0 && this.#devicePanel.element.hidden) this.element.focus({ focusVisible: false });
    });

    this.#devicePanel = new DevicePanel({ choose: (kind, id) => this.#choose(kind, id) }, { speaker: this.#remote.canChooseSpeaker });
    this.#overlay = h('div.overlay', { part: 'reconnecting', role: 'status', hidden: true }, h('span', {}, this.#spinner, words.reconnecting));
    this.#centre.element = h('div.centre', { part: 'meeting-centre' }, this.#centre.face, this.#centre.title, this.#centre.text);

    const stage = h('div.stage', {}, this.#remote.element, this.#centre.element, this.#micOff, this.#overlay, this.#self.element, this.#top,
      h('div.banners', {}, this.#countdown, this.#sharing, this.#banner, this.#trouble, this.#blocked.element),
      this.#devicePanel.element, this.#qualityPanel.element, this.#controls);
    this.element.tabIndex = -1;
    this.element.append(stage);
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented && this.#closePanels()) event.preventDefault();
    });
    // The first tap on a screen without controls brings them back and presses none.
    this.element.addEventListener('pointerdown', (event) => (this.#tapWakes = event.pointerType === 'touch' && this.element.classList.contains('idle')), true);
    this.element.addEventListener('click', (event) => {
      if (this.#tapWakes) event.stopPropagation();
      this.#tapWakes = false;
    }, true);
    for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin']) this.element.addEventListener(type, () => this.#wake());
    this.element.addEventListener('pointerdown', ({ target }) => {
      if (!this.#devicePanel.element.contains(target) && !this.#controls.contains(target)) this.#closePanels();
    });
    if (!navigator.mediaDevices?.getDisplayMedia) this.#buttons.screen.hidden = true;
  }

  // --- coming and going ----------------------------------------------------------------------------------------------------------------

  #open(stage) {
    this.#remote.setPerson(stage.person);
    this.#centre.face.replaceChildren(avatar(stage.person, 112));
    say(this.#title, words.card(stage.person.name));
    this.#qualityPanel.clear();
    this.#before = null;
    this.#met = false;
    this.#hideTrouble();
    this.#closePanels();
    this.#sheet.open();
    this.element.focus({ focusVisible: false });
    this.#timers = [setInterval(() => this.#tick(), kTick), setInterval(() => this.#measure(), kMeasureEvery)];
    this.#wake();
  }

  #enter(room) {
    this.#abandon();
    this.#room = room;
    this.#media.joined(room);
    const again = () => this.#show();
    this.#offs = [
      ...['memberjoined', 'memberleft', 'trackpublished', 'trackended', 'trackmuted', 'slotunbound'].map((type) => room.on(type, again)),
      room.on('memberjoined', ({ participant }) => this.#on.announce(words.theyJoined(participant.name))),
      room.on('memberleft', ({ participant }) => this.#on.announce(words.theyLeft(participant.name))),
      room.on('slotbound', (event) => {
        if (event.track.kind === 'audio') this.#remote.play(event.stream);
        this.#show(event.rtpTimestamp);
      }),
      room.on('reconnecting', () => this.#showOverlay(true)),
      room.on('reconnected', () => this.#showOverlay(false)),
      room.on('pathsuspect', ({ suspect }) => this.#showOverlay(suspect)),
    ];
    this.#wakeSpeaker();
    if (this.#other?.streams?.get('microphone')) this.#remote.play(this.#other.streams.get('microphone'));
  }

  #abandon() {
    for (const off of this.#offs.splice(0)) off();
    this.#room = null;
    this.#showOverlay(false);
    this.#remote.clear();
  }

  #close() {
    if (!this.#sheet.isOpen) return;
    this.#abandon();
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    clearTimeout(this.#idleTimer);
    this.#call = null;
    this.#sheet.close();
  }

  #leave() {
    if (this.#stage) this.#on.leave();
  }

  // Esc closes what is open on top; it never leaves a call by itself, for it is pressed to leave full screen too.
  #escape() {
    this.#closePanels();
  }

  // --- what is seen --------------------------------------------------------------------------------------------------------------------

  get #other() {
    return this.#room ? [...this.#room.participants.values()][0] ?? null : null;
  }

  #show(rtpTimestamp) {
    if (!this.#stage) return;
    const other = this.#other;
    this.#met ||= Boolean(other);
    this.#remote.setSomeone(Boolean(other));
    const picture = other && pictureOf(other);
    if (picture) this.#remote.show(picture, rtpTimestamp);
    else this.#remote.hide();
    const microphone = other && trackOf(other, 'microphone');
    this.#micOff.hidden = !other || Boolean(microphone && !microphone.muted);
    this.#showCentre(other);
    this.#showMedia();
    this.#tick();
  }

  #showCentre(other) {
    const { face, title, text, element } = this.#centre;
    const [headline, line] = this.#centreWords(other);
    element.hidden = Boolean(other);
    face.hidden = false;
    say(title, headline ?? '');
    say(text, line ?? '');
    text.hidden = !line;
  }

  #centreWords(other) {
    const { step, person, accepted, banner } = this.#stage;
    const { name } = person;
    if (other) return [null, null];
    if (step === 'over') return [banner?.kind === 'outcome' ? null : words.hasEnded, null];   // the banner says it
    if (step === 'entering') return [words.entering, null];
    if (this.#met || this.#call?.lastDetails?.talked > 0) return [words.waiting(name), words.waitingBack(name)];
    return accepted ? [words.joining(name), null] : [words.waiting(name), words.ringingThere(name)];
  }

  #showMedia() {
    if (!this.#stage) return;
    const { mute, camera, screen } = this.#buttons;
    const media = this.#media;
    mute.setAttribute('aria-pressed', String(media.isOn('audio')));
    camera.setAttribute('aria-pressed', String(media.isOn('video')));
    screen.setAttribute('aria-pressed', String(Boolean(media.screen)));
    for (const one of [mute, camera, screen]) one.disabled = !this.#room;
    this.#showSharing();
    this.#self.update(this.#on.you(), media);
    this.#self.element.hidden = this.#stage.step === 'over';
    const over = this.#stage.step === 'over';
    for (const name of ['mute', 'camera', 'device-choice']) this.#buttons[name].hidden = over;
    this.#buttons.chat.hidden = over || !this.#canWrite;
    screen.hidden = over || !navigator.mediaDevices?.getDisplayMedia;
    this.#quality.hidden = over;
  }

  #showBanner() {
    const { banner, person, call } = this.#stage;
    if (!banner) {
      this.#banner.hidden = true;
      this.#banner.replaceChildren();
      return;
    }
    if (this.#banner.shown === banner) return;
    this.#banner.shown = banner;
    const whom = banner.person ?? person;
    const text = {
      outcome: () => outcomeWords({ ...banner, person }),
      declined: () => words.youDeclined(whom.name),
      could_not_connect: () => (banner.you === 'caller' ? words.couldNotConnect(whom.name) : words.callerMissing(whom.name)),
    }[banner.kind]();
    const write = banner.kind !== 'could_not_connect' && button(words.message, { kind: 'primary', part: 'banner-message', onclick: () => this.#on.write(whom, banner.call ?? call) });
    const close = button(words.close, { part: 'banner-close', onclick: () => (banner.kind === 'outcome' ? this.#on.leave() : this.#on.closeBanner()) });
    this.#banner.replaceChildren();
    this.#banner.hidden = false;
    this.#banner.append(h('p', { part: 'banner-text' }, text), ...[write, close].filter(Boolean));
    if (banner.kind === 'outcome') (write || close).focus({ focusVisible: false });
  }

  #showSharing() {
    const mine = this.#media.screen !== null;
    const theirs = Boolean(this.#other?.streams.has('screen'));
    this.#sharing.hidden = !mine && !theirs;
    const state = mine ? 'mine' : theirs ? 'theirs' : '';
    if (this.#sharing.dataset.state === state) return;
    this.#sharing.dataset.state = state;
    this.#sharing.replaceChildren();
    if (mine) this.#sharing.append(h('span', {}, words.youShare), button(words.stopSharing, { part: 'stop-sharing', onclick: () => this.#media.stopScreen() }));
    else if (theirs) this.#sharing.append(h('span', {}, words.sharing(this.#stage.person.name)));
  }

  #showTrouble(text, action, onclick) {
    this.#trouble.replaceChildren(h('span', {}, text), ...(action ? [button(action, { part: 'trouble-action', onclick })] : []));
    this.#trouble.hidden = false;
  }

  #hideTrouble() {
    this.#trouble.hidden = true;
  }

  #showOverlay(on) {
    this.#overlay.hidden = !on;
    clearTimeout(this.#overlay.timer);
    this.#spinner.hidden = true;
    if (on) this.#overlay.timer = setTimeout(() => (this.#spinner.hidden = false), kSpinAfter);
  }

  // --- time and quality ----------------------------------------------------------------------------------------------------------------

  #tick() {
    const call = this.#call;
    if (!call) return;
    const { left } = call;
    const over = this.#stage.step === 'over';
    say(this.#time, over ? '' : span(call.expiresAt - call.startedAt - left));
    say(this.#left, over ? '' : words.leftUntil(call.expiresAt));
    const warns = !over && left > 0 && left <= kWarnBelow && this.#stage.step === 'room' && this.#stage.accepted;
    this.#countdown.hidden = !warns;
    if (warns) say(this.#countdown, words.endsIn(left));
  }

  async #measure() {
    const room = this.#room;
    if (!room?.peerConnection) return;
    const now = reading(await room.getStats());
    if (room !== this.#room) return;
    if (this.#before && now.at > this.#before.at) {
      const found = figures(this.#before, now);
      const level = dots(found, { someone: Boolean(this.#other && (pictureOf(this.#other) || !trackOf(this.#other, 'microphone')?.muted)) });
      this.#dots.dataset.level = String(level);
      this.#quality.setAttribute('aria-label', `${words.quality}: ${words.qualityNames[level]}`);
      this.#quality.title = words.qualityNames[level];
      this.#qualityPanel.add(found, level);
    }
    this.#before = now;
  }

  // --- controls ------------------------------------------------------------------------------------------------------------------------

  #wake() {
    this.element.classList.remove('idle');
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#fade(), kFadeAfter);
  }

  // There must be a picture to step back for, and nobody who is at the controls.
  #fade() {
    const focus = this.element.getRootNode().activeElement;
    const busy = this.#controls.contains(focus) || this.#top.contains(focus) || !this.#devicePanel.element.hidden || !this.#qualityPanel.element.hidden;
    if (busy || !this.#remote.showing || this.#stage?.step !== 'room') return this.#wake();
    this.element.classList.add('idle');
  }

  #togglePanel(name) {
    const [panel, opener] = name === 'quality' ? [this.#qualityPanel, this.#quality] : [this.#devicePanel, this.#buttons['device-choice']];
    const opens = panel.element.hidden;
    this.#closePanels();
    if (!opens) return;
    panel.element.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    if (name === 'devices') {
      const used = { microphone: this.#media.audio?.getSettings().deviceId, camera: this.#media.video?.getSettings().deviceId };
      this.#devicePanel.fill(used).then(() => this.#devicePanel.first?.focus({ focusVisible: false }));
    } else {
      this.#measure();
    }
  }

  // Whether one was open.
  #closePanels() {
    const open = [[this.#qualityPanel, this.#quality], [this.#devicePanel, this.#buttons['device-choice']]].filter(([panel]) => !panel.element.hidden);
    for (const [panel, opener] of open) {
      const hadFocus = panel.element.contains(this.element.getRootNode().activeElement);
      panel.element.hidden = true;
      opener.setAttribute('aria-expanded', 'false');
      if (hadFocus) opener.focus({ focusVisible: false });
    }
    return open.length > 0;
  }

  #choose(kind, id) {
    if (kind === 'speaker') return this.#try(this.#remote.useSpeaker(id));
    return this.#try(this.#media.choose(kind === 'microphone' ? 'audio' : 'video', id));
  }

  #wakeSpeaker() {
    const id = this.#on.speaker();
    if (id && this.#remote.canChooseSpeaker) this.#remote.useSpeaker(id).catch(() => {});
  }

  async #try(work) {
    try {
      await work;
      this.#hideTrouble();
    } catch (error) {
      // Somebody who closes the browser's choice of screens wants nothing else.
      if (error?.name === 'AbortError' || (error?.name === 'NotAllowedError' && !error.kind)) return;
      const found = words.device[error?.kind] ?? words.device.other;
      const [title, text] = Array.isArray(found) ? found : found[error?.what] ?? found.microphone;
      this.#showTrouble(`${title}. ${text}`, words.close, () => this.#hideTrouble());
    }
  }
}

const trackOf = (participant, source) => [...participant.tracks.values()].find((track) => track.source === source);

// The picture that matters most: what they share, else their camera.
function pictureOf(participant) {
  for (const source of ['screen', 'camera'])
    if (participant.streams.has(source) && !trackOf(participant, source)?.muted) return participant.streams.get(source);
  return null;
}
