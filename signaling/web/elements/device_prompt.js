// What the browser is asking and why, while it asks; what went wrong and what to do, when it says no. Nobody enters without a microphone.
import { h, say, sheet } from './dom.js';
import { icon } from './icons.js';
import { Sheet, button } from './surface.js';
import { words } from './words.js';

export const devicesStyle = sheet(`
  #devices .window { width: min(280px, 100%); margin: 0 auto; border: 1px solid var(--neutral-4); border-radius: var(--radius-control); overflow: hidden; background: var(--neutral-1); }
  #devices .bar { display: flex; align-items: center; gap: var(--space-2); padding: var(--space-2) var(--space-3); background: var(--neutral-2); }
  #devices .address { flex: 1; display: flex; align-items: center; gap: var(--space-2); height: 24px; padding: 0 var(--space-2); border-radius: var(--radius-full); background: var(--neutral-0); color: var(--neutral-6); }
  #devices .address .icon { width: 14px; height: 14px; stroke-width: 2.4; }
  #devices .address::after { content: ''; height: 6px; width: 60%; border-radius: 3px; background: var(--neutral-3); }
  #devices .question { margin: var(--space-2); width: 168px; padding: var(--space-3); border-radius: var(--radius-control); background: var(--neutral-0); border: 1px solid var(--neutral-3); box-shadow: 0 4px 12px rgb(0 0 0 / 8%); display: grid; gap: var(--space-2); }
  #devices .question .what { display: flex; gap: var(--space-2); color: var(--neutral-7); }
  #devices .question .icon { width: 18px; height: 18px; }
  #devices .question .keys { display: flex; gap: var(--space-2); justify-content: flex-end; }
  #devices .question .keys span { height: 18px; width: 52px; border-radius: var(--radius-full); background: var(--neutral-3); }
  #devices .question .keys .allow { background: var(--accent); box-shadow: 0 0 0 3px color-mix(in srgb, var(--accent) 30%, transparent); }
  #devices .window.denied .address .icon { color: var(--on-accent); background: var(--accent); border-radius: 50%; padding: 2px; width: 18px; height: 18px; box-shadow: 0 0 0 3px color-mix(in srgb, var(--accent) 30%, transparent); }
  #devices .window.denied::after { content: ''; display: block; height: 24px; }
  #devices .window.denied .question { display: none; }
`);

export class DevicePrompt {
  #sheet;
  #title;
  #text = h('p.quiet', { part: 'devices-text' });
  #picture;
  #camera = icon('camera');
  #notice = h('div.notice', { part: 'devices-problem', role: 'alert' });
  #retry;
  #audioOnly;
  #link;
  #cancel;
  #step = null;

  // `on`: retry(), audioOnly(), cancel().
  constructor(floor, on) {
    this.#sheet = new Sheet(floor, { part: 'devices', onclose: () => on.cancel() });
    this.#title = h('h2', { id: this.#sheet.titleId, part: 'devices-title' });
    this.#picture = h('div.window', { 'aria-hidden': 'true' },
      h('div.bar', {}, h('div.address', {}, icon('lock'))),
      h('div.question', {}, h('div.what', {}, icon('mic'), this.#camera), h('div.keys', {}, h('span'), h('span.allow'))));
    this.#retry = button(words.retry, { kind: 'primary', part: 'devices-retry', onclick: () => on.retry() });
    this.#audioOnly = button(words.audioOnly, { part: 'devices-audio-only', onclick: () => on.audioOnly() });
    this.#cancel = button(words.cancel, { kind: 'plain', part: 'devices-cancel', onclick: () => on.cancel() });
    this.#link = blockedTabNotice('devices-blocked-tab');
    this.#sheet.element.append(h('div.stack', {},
      this.#picture,
      h('div.head', {}, this.#title, this.#text),
      this.#notice, this.#link.element,
      h('div.actions', {}, this.#retry, this.#audioOnly, this.#cancel)));
  }

  get element() {
    return this.#sheet.element;
  }

  update(stage) {
    if (!stage) {
      this.#step = null;
      return this.#sheet.close();
    }
    const { person, media, problem, blocked } = stage;
    const step = problem ? `${problem.kind}-${problem.what}` : 'asking';
    const [title, text] = problem ? wordsFor(problem) : [null, null];
    say(this.#title, problem ? title : words.asking(person.name, media === 'video'));
    say(this.#text, problem ? '' : words.askingHelp);
    this.#text.hidden = Boolean(problem);
    say(this.#notice, problem ? text : '');
    this.#notice.hidden = !problem;
    this.#picture.classList.toggle('denied', problem?.kind === 'denied');
    this.#picture.hidden = Boolean(problem) && problem.kind !== 'denied';
    this.#camera.toggleAttribute('hidden', media !== 'video');
    this.#retry.hidden = !problem || problem.kind === 'insecure';
    this.#audioOnly.hidden = !problem?.audioOnly;
    this.#link.update(blocked);
    this.#sheet.open();
    if (this.#step === step) return;
    this.#step = step;
    (this.#retry.hidden ? this.#cancel : this.#retry).focus({ focusVisible: false });
  }
}

function wordsFor({ kind, what }) {
  const found = words.device[kind] ?? words.device.other;
  return Array.isArray(found) ? found : found[what];
}

// "The browser blocked the new tab. Open it here", where the link is that tab.
export function blockedTabNotice(part) {
  const link = h('a.link', { target: '_blank', part: `${part}-link` }, words.openHere);
  const element = h('p.notice', { part, hidden: true }, words.blockedTab, link);
  return {
    element,
    update(url) {
      element.hidden = !url;
      if (url) link.href = url;
    },
  };
}
