// One line that tells something and goes by itself after five seconds. The live region reads it out; this is for the eyes.
import { avatar } from './avatar.js';
import { h, say, sheet } from './dom.js';
import { outcomeWords, refusalWords } from './outcome.js';
import { bare, button } from './surface.js';
import { words } from './words.js';

export const statusStyle = sheet(`
  #status { pointer-events: auto; position: absolute; bottom: calc(var(--space-5) + env(safe-area-inset-bottom)); left: 50%; transform: translateX(-50%); max-width: min(560px, calc(100% - 2 * var(--space-4))); width: max-content;
    text-align: center; padding: var(--space-3) var(--space-5); border-radius: var(--radius-surface); background: var(--neutral-9); color: var(--neutral-0); box-shadow: var(--shadow); animation: appear var(--motion); overflow-wrap: anywhere; }
  #status:not(.shown) { padding: 0; box-shadow: none; animation: none; }
  @media (max-width: 480px) { #status { bottom: auto; top: calc(var(--space-4) + env(safe-area-inset-top)); width: calc(100% - 2 * var(--space-4)); } #status:not(.shown) { width: 0; } }
  #docked { pointer-events: auto; position: absolute; bottom: calc(var(--space-4) + env(safe-area-inset-bottom)); inset-inline-end: var(--space-4); width: min(360px, calc(100% - 2 * var(--space-4))); display: flex; align-items: center; gap: var(--space-3); padding: var(--space-3) var(--space-3) var(--space-3) var(--space-4);
    border: 1px solid var(--neutral-3); border-radius: var(--radius-surface); background: var(--neutral-0); box-shadow: var(--shadow); animation: appear var(--motion); }
  #docked > div { flex: 1; min-width: 0; overflow-wrap: anywhere; }
  #docked strong { font-weight: 600; }
  #docked .button { margin-top: var(--space-2); min-height: 44px; font-size: 14px; }
`);

// What a line of status says. Pure.
export function statusWords({ kind, reason, person, code, ring, text }) {
  const name = person?.name;
  const call = (found) => (typeof found === 'function' ? found(name) : found);
  switch (kind) {
    case 'outcome': return outcomeWords({ reason, ring, person });
    case 'cancelled': return words.outcome.cancelled;
    case 'stopped': return call(words.stopped[reason] ?? words.stopped.withdrawn);
    case 'declined': return words.youDeclined(name);
    case 'refused': return refusalWords({ code, person });
    case 'ended': return call(words.ended[reason] ?? words.outcome[reason] ?? words.ended.removed);
    case 'back': return words.backInCall(name);
    case 'message': return words.newMessage(name);
    default: return text ?? '';
  }
}

export class StatusLine {
  // It always stands there, empty: a live region is heard only if it was there before its words.
  element = h('div.surface', { id: 'status', part: 'status', role: 'status', 'aria-live': 'polite' });
  #tick = 0;

  update(status) {
    if ((status?.tick ?? 0) === this.#tick) return;
    this.#tick = status?.tick ?? 0;
    this.element.classList.toggle('shown', Boolean(status));
    if (!status) return this.element.replaceChildren();
    // The end of an incoming call is told at once, the rest in its turn.
    this.element.setAttribute('aria-live', status.kind === 'stopped' ? 'assertive' : 'polite');
    this.element.replaceChildren();
    say(this.element, statusWords(status));
  }
}

// The call that another tab carries, as this one sees it.
export class Docked {
  element = h('section.surface', { id: 'docked', part: 'docked', role: 'status', hidden: true });
  #face = h('span');
  #title = h('strong', { part: 'docked-title' });
  #text = h('p.quiet.small', { part: 'docked-text' });
  #back;
  #member = null;

  // `on`: takeBack(), close().
  constructor(on) {
    this.#back = button(words.joinHere, { part: 'docked-join-here', onclick: () => on.takeBack() });
    this.element.append(this.#face, h('div', {}, this.#title, this.#text, this.#back), bare(words.close, 'close', { part: 'docked-close', onclick: () => on.close() }));
  }

  update(stage) {
    this.element.hidden = !stage;
    if (!stage) {
      this.#member = null;
      return;
    }
    const { person, accepted, you } = stage;
    if (this.#member !== person.member) this.#face.replaceChildren(avatar(person, 40));
    this.#member = person.member;
    say(this.#title, accepted || you === 'callee' ? words.elsewhere : words.calling(person.name));
    say(this.#text, words.joinedThere(person.name));
  }
}
