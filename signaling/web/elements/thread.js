// Messages with one member, as a panel at the side, or over the whole of a small screen. For the built-in messenger only.
import { avatar } from './avatar.js';
import { deepActive, h, say, sheet } from './dom.js';
import { bare, button } from './surface.js';
import { clock, day, words } from './words.js';

const kLongest = 4000;   // bytes

export const threadStyle = sheet(`
  #thread { pointer-events: auto; position: absolute; inset: 0 0 0 auto; width: min(400px, 100%); display: flex; flex-direction: column; background: var(--neutral-0); border-inline-start: 1px solid var(--neutral-3); box-shadow: var(--shadow); animation: appear var(--motion); }
  #thread .who { display: flex; align-items: center; gap: var(--space-3); padding: var(--space-3) var(--space-4); border-bottom: 1px solid var(--neutral-3); min-height: 64px; }
  #thread .who h2 { flex: 1; min-width: 0; font-size: 16px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  #thread .list { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: var(--space-4); display: flex; flex-direction: column; gap: var(--space-2); }
  #thread .list > :first-child { margin-top: auto; }
  #thread .day { align-self: center; font-size: 14px; color: var(--neutral-7); padding: var(--space-2) 0; }
  #thread .message { max-width: 85%; padding: var(--space-2) var(--space-3); border-radius: var(--radius-surface); background: var(--neutral-2); overflow-wrap: anywhere; white-space: pre-wrap; align-self: flex-start; }
  #thread .message.mine { align-self: flex-end; background: var(--accent); color: var(--on-accent); }
  #thread .message .meta { display: block; font-size: 14px; opacity: .9; white-space: normal; font-variant-numeric: tabular-nums; }
  #thread .message.mine .meta { text-align: end; }
  #thread .empty { margin: auto; color: var(--neutral-7); text-align: center; }
  #thread form { display: flex; align-items: flex-end; gap: var(--space-2); padding: var(--space-3) var(--space-4) calc(var(--space-3) + env(safe-area-inset-bottom)); border-top: 1px solid var(--neutral-3); }
  #thread textarea { flex: 1; min-width: 0; resize: none; min-height: 48px; max-height: 160px; field-sizing: content; padding: 11px var(--space-3); border: 1px solid var(--neutral-5); border-radius: var(--radius-control); background: var(--neutral-1); line-height: 1.45; }
  #thread .sender { min-width: 48px; padding: 0 var(--space-3); }
  #thread .trouble { padding: var(--space-2) var(--space-4); color: var(--red-text); font-size: 14px; }
  #thread .off { padding: var(--space-4); text-align: center; color: var(--neutral-7); border-top: 1px solid var(--neutral-3); }
`);

export class Thread {
  element = h('section.surface', { id: 'thread', part: 'thread', role: 'dialog', 'aria-labelledby': 'thread-title', hidden: true });

  #face = h('div');
  #title = h('h2', { id: 'thread-title', part: 'thread-title' });
  #list = h('div.list', { part: 'thread-messages', role: 'log', 'aria-live': 'polite', tabindex: '0', 'aria-label': words.message });
  #text = h('textarea', { rows: '1', part: 'thread-text', 'aria-label': words.yourMessage, placeholder: words.yourMessage });
  #send = button(h('span.hidden-visually', {}, words.send), { kind: 'primary', part: 'thread-send', iconName: 'send', title: words.send, type: 'submit' });
  #trouble = h('p.trouble', { part: 'thread-trouble', role: 'alert', hidden: true });
  #form;
  #off = h('p.off', { part: 'thread-off', hidden: true }, words.messengerOff);
  #earlier;
  #on;
  #thread = null;
  #messages = [];
  #before;
  #unsent = null;       // {text, key}: a repeat after a lost connection is the same message
  #cameFrom = null;

  // `on`: load(member, before), send(member, text, {call, key}), close(), you().
  constructor(on) {
    this.#on = on;
    this.#send.classList.add('sender');
    this.#form = h('form', { part: 'thread-form' }, this.#text, this.#send);
    this.#earlier = button(words.earlier, { kind: 'plain', part: 'thread-earlier', onclick: () => this.#load() });
    this.element.append(
      h('div.who', {}, this.#face, this.#title, bare(words.close, 'close', { part: 'thread-close', onclick: () => on.close() })),
      this.#list, this.#trouble, this.#form, this.#off);
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      on.close();
    });
  }

  update(thread) {
    if (this.#thread === thread) return;
    const was = this.#thread;
    this.#thread = thread;
    if (!thread) return this.#hide();
    if (!was) this.#cameFrom = deepActive();
    this.#face.replaceChildren(avatar(thread.person, 40));
    say(this.#title, words.thread(thread.person.name));
    this.#messages = [];
    this.#before = undefined;
    this.#unsent = null;
    this.#showTrouble('');
    this.#usable(true);
    this.#list.replaceChildren(h('p.empty', {}, words.loading));
    this.element.hidden = false;
    this.#text.focus({ focusVisible: false });
    this.#load();
  }

  // A message came in, or was written in another tab.
  received(message) {
    const member = this.#thread?.person.member;
    if (member !== message.from && member !== message.to) return false;
    this.#add([message]);
    return true;
  }

  #hide() {
    const hadFocus = this.element.contains(this.element.getRootNode().activeElement);
    this.element.hidden = true;
    if (hadFocus && this.#cameFrom?.isConnected) this.#cameFrom.focus({ focusVisible: false });
    this.#cameFrom = null;
  }

  async #load() {
    const thread = this.#thread;
    try {
      const { usable, messages, before } = await this.#on.load(thread.person.member, this.#before);
      if (this.#thread !== thread) return;
      this.#before = before;
      this.#usable(usable);
      this.#add(messages, { older: true });
    } catch {
      if (this.#thread === thread) this.#list.replaceChildren(h('p.empty', {}, words.refused.other));
    }
  }

  #usable(usable) {
    this.#form.hidden = !usable;
    this.#off.hidden = usable;
  }

  #add(messages, { older = false } = {}) {
    const known = new Set(this.#messages.map(({ serial }) => serial));
    this.#messages = [...this.#messages, ...messages.filter(({ serial }) => !known.has(serial))].sort((a, b) => a.serial - b.serial);
    const fromEnd = this.#list.scrollHeight - this.#list.scrollTop;
    const atEnd = fromEnd - this.#list.clientHeight < 80;
    this.#draw();
    if (older && this.#messages.length > messages.length) this.#list.scrollTop = this.#list.scrollHeight - fromEnd;
    else if (older || atEnd || messages[0]?.from === this.#on.you()) this.#list.scrollTop = this.#list.scrollHeight;
  }

  #draw() {
    if (this.#messages.length === 0) return this.#list.replaceChildren(h('p.empty', {}, words.threadEmpty(this.#thread.person.name)));
    let last = '';
    const lines = this.#before === undefined ? [] : [this.#earlier];
    for (const { from, text, at, call } of this.#messages) {
      const date = day(at);
      if (date !== last) lines.push(h('p.day', {}, date));
      last = date;
      const mine = from === this.#on.you();
      lines.push(h(mine ? 'p.message.mine' : 'p.message', { dir: 'auto', part: 'thread-message' }, text, h('span.meta', {}, call ? `${words.aboutCall} · ${clock(at)}` : clock(at))));
    }
    this.#list.replaceChildren(...lines);
  }

  async #submit() {
    const text = this.#text.value.trim();
    if (text === '' || this.#send.disabled) return;
    if (new TextEncoder().encode(text).length > kLongest) return this.#showTrouble(words.tooLong);
    const thread = this.#thread;
    if (this.#unsent?.text !== text) this.#unsent = { text, key: randomKey() };
    this.#send.disabled = true;
    this.#showTrouble('');
    try {
      const message = await this.#on.send(thread.person.member, text, { call: thread.call ?? undefined, key: this.#unsent.key });
      if (this.#thread !== thread) return;
      this.#unsent = null;
      this.#text.value = '';
      this.#add([message]);
    } catch (error) {
      if (this.#thread !== thread) return;
      if (error.code === 'messenger_off') this.#usable(false);
      else this.#showTrouble(words.notSent);
    } finally {
      this.#send.disabled = false;
    }
  }

  #showTrouble(text) {
    say(this.#trouble, text);
    this.#trouble.hidden = text === '';
  }
}

const randomKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
