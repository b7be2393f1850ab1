// "Ada is calling you": a card over whatever the page shows, a banner inside a meeting. It never takes the focus, and for its first half
// second it hears nothing, so that a key or a click that was meant for the page answers no call. Esc puts it away, which is not declining.
import { avatar } from './avatar.js';
import { deepActive, h, say, sheet } from './dom.js';
import { bare, button, newTabSwitch, round } from './surface.js';
import { words } from './words.js';

const kDeafFor = 500;

export const incomingStyle = sheet(`
  #incoming { pointer-events: auto; position: absolute; top: var(--space-4); inset-inline-end: var(--space-4); width: min(380px, calc(100vw - 2 * var(--space-2))); padding: var(--space-5);
    border: 1px solid var(--neutral-3); border-radius: var(--radius-surface); background: var(--neutral-0); box-shadow: var(--shadow); animation: rise var(--motion);
    max-height: calc(100dvh - var(--space-4)); overflow: auto; }
  #incoming .who { display: flex; align-items: center; gap: var(--space-4); margin-inline-end: var(--space-5); }
  #incoming .who h2 { overflow-wrap: anywhere; }
  #incoming > .bare { position: absolute; top: var(--space-1); inset-inline-end: var(--space-1); }
  #incoming .choices { display: flex; justify-content: space-around; gap: var(--space-2); margin-block: var(--space-2); }
  #incoming .sound { align-self: center; }
  #incoming .foot { display: flex; flex-direction: column; gap: var(--space-2); }
  #incoming.compact { padding: var(--space-4); }
  #incoming.compact .choices { justify-content: flex-end; gap: var(--space-4); }
  #incoming.compact .disc { width: 48px; height: 48px; }
  @media (max-width: 480px) {
    #incoming { top: auto; bottom: 0; inset-inline: 0; width: 100%; border-width: 1px 0 0; border-radius: var(--radius-surface) var(--radius-surface) 0 0;
      padding: var(--space-5) var(--space-4) calc(var(--space-4) + env(safe-area-inset-bottom)); }
    #incoming.compact { bottom: auto; top: 0; border-width: 0 0 1px; border-radius: 0 0 var(--radius-surface) var(--radius-surface); }
    #incoming.compact .choices { justify-content: space-around; }
  }
`);

export class Incoming {
  element = h('section.surface', { id: 'incoming', part: 'incoming', role: 'dialog', 'aria-labelledby': 'incoming-title', 'aria-describedby': 'incoming-text incoming-keys', 'aria-keyshortcuts': 'F6 Escape' });

  #face = h('div');
  #title = h('h2', { id: 'incoming-title', part: 'incoming-title' });
  #text = h('p.quiet.small', { id: 'incoming-text', part: 'incoming-text' });
  #video;
  #audio;
  #newTab = newTabSwitch('incoming-new-tab');
  #sound;
  #call = null;
  #shownAt = 0;
  #cameFrom = null;
  #on;

  // `on`: answer(call, media, newTab), decline(call), dismiss(call), sound(), shown(call).
  constructor(on) {
    this.#on = on;
    const answer = (media) => this.#hear(() => on.answer(this.#call, media, this.#newTab.on));
    this.#video = round(words.video, 'camera', { kind: 'accept', part: 'answer-video', onclick: answer('video') });
    this.#audio = round(words.audio, 'phone', { kind: 'accept', part: 'answer-audio', onclick: answer('audio') });
    const decline = round(words.decline, 'leave', { kind: 'refuse', part: 'decline', onclick: this.#hear(() => on.decline(this.#call)) });
    this.#sound = button(words.soundOn, { kind: 'plain', part: 'sound-on', iconName: 'sound', hidden: true, onclick: () => on.sound() });
    this.#sound.classList.add('sound');
    this.element.append(
      h('p.hidden-visually', { id: 'incoming-keys' }, words.incomingKeys),
      bare(words.dismiss, 'close', { part: 'dismiss', onclick: this.#hear(() => on.dismiss(this.#call)) }),
      h('div.stack', {},
        h('div.who', {}, this.#face, h('div', {}, this.#title, this.#text)),
        h('div.choices', {}, decline, this.#audio, this.#video),
        h('div.foot', {}, this.#sound, this.#newTab.element)));
    this.element.hidden = true;
    // Where the focus was before somebody went into the pop-up: it goes back there.
    this.element.addEventListener('focusin', ({ relatedTarget }) => {
      if (relatedTarget && !this.element.contains(relatedTarget)) this.#cameFrom = relatedTarget;
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      if (this.#isDeaf()) event.preventDefault();
    });
  }

  get isShown() {
    return this.#call !== null;
  }

  // Esc anywhere on the page, once it is not deaf any more.
  escape() {
    if (!this.isShown || this.#isDeaf()) return false;
    this.#on.dismiss(this.#call);
    return true;
  }

  // F6: the way in for a keyboard, wherever on the page it is.
  focus() {
    if (!this.isShown || this.element.contains(this.element.getRootNode().activeElement)) return false;
    this.#cameFrom = deepActive();
    this.#video.focus({ focusVisible: true });
    return true;
  }

  // Returns whether it appeared just now.
  update(ring, { newTab }) {
    if (!ring) {
      this.#hide();
      return false;
    }
    const { person, call, asBanner, busy } = ring;
    this.element.classList.toggle('compact', asBanner);
    this.#newTab.element.hidden = !newTab || asBanner;
    say(this.#text, asBanner || busy ? words.leavesOther : words.privateCall);
    if (this.#call === call) return false;
    this.#call = call;
    this.#shownAt = performance.now();
    this.#newTab.on = false;
    this.#face.replaceChildren(avatar(person, asBanner ? 48 : 64));
    say(this.#title, words.incoming(person.name));
    this.#video.setAttribute('aria-label', String(words.answerVideo(person.name)));
    this.#audio.setAttribute('aria-label', String(words.answerAudio(person.name)));
    this.element.hidden = false;
    requestAnimationFrame(() => requestAnimationFrame(() => this.#tellShown(call)));
    return true;
  }

  offerSound(blocked) {
    this.#sound.hidden = !blocked;
  }

  // Only what was really on a screen counts as seen: in a hidden tab that is when somebody comes back to it.
  #tellShown(call) {
    if (this.#call !== call) return;
    if (document.visibilityState === 'visible') return this.#on.shown(call);
    document.addEventListener('visibilitychange', () => this.#tellShown(call), { once: true });
  }

  #hear(handler) {
    return () => {
      if (!this.#isDeaf()) handler();
    };
  }

  #isDeaf() {
    return performance.now() - this.#shownAt < kDeafFor;
  }

  #hide() {
    if (!this.isShown) return;
    const hadFocus = this.element.contains(this.element.getRootNode().activeElement);
    this.#call = null;
    this.element.hidden = true;
    if (hadFocus && this.#cameFrom?.isConnected) this.#cameFrom.focus({ focusVisible: false });
    this.#cameFrom = null;
  }
}
