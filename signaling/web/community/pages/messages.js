// Messages: whom to write to, and what was written with one member.
import { h, icon } from '../dom.js';
import { kAbout } from '../oakwood.js';
import { backLink, pageHead } from './parts.js';

const kTime = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const kDay = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });
const kOff = "Writing isn't possible here: Messenger is off for one of you or for the site.";

export function messages({ people, me }) {
  const others = people.all.map(({ member }) => member).filter((member) => member !== me);
  return {
    title: 'Messages',
    content: [
      pageHead('Messages', 'Write to a neighbour.'),
      h('ul', { class: 'topics surface' }, others.map((member) =>
        h('li', { class: 'topic' },
          people.picture(member, 'message'),
          h('div', { class: 'topic-words' },
            h('a', { class: 'topic-title', href: `#/messages/${encodeURIComponent(member)}` }, h('bdi', {}, people.nameOf(member))),
            h('p', { class: 'quiet' }, kAbout[member]?.role)),
          icon('chevron')))),
    ],
  };
}

export async function messagesWith({ people, calls, me }, { member }) {
  if (!people.has(member) || member === me) {
    return { title: 'Nobody here', content: [backLink('#/messages', 'Messages'), pageHead('Nobody here', 'There is nobody to write to.')] };
  }
  const thread = new Thread(calls, member, people.nameOf(member));
  const off = calls.on('message', ({ message }) => [message.from, message.to].includes(member) && thread.add([message]));
  try {
    await thread.load();
  } catch (error) {
    off();
    throw error;
  }
  return {
    title: `Messages with ${people.nameOf(member)}`,
    content: [
      backLink('#/messages', 'Messages'),
      h('section', { class: 'thread surface narrow' },
        h('header', { class: 'byline' }, people.picture(member, 'message'), h('h1', { tabindex: '-1', class: 'thread-title' }, people.link(member))),
        thread.element),
    ],
    leave: off,
  };
}

class Thread {
  element;

  #calls;
  #member;
  #messages = [];
  #before;
  #unsent = null;   // { text, key }: a repeat after a lost connection is the same message
  #list = h('div', { class: 'said', role: 'log', 'aria-label': 'Messages', tabindex: '0' });
  #earlier = h('button', { type: 'button', class: 'button', onclick: () => this.load() }, 'Show earlier messages');
  #empty;
  #text = h('textarea', { class: 'field', rows: '1', 'aria-label': 'Your message', placeholder: 'Your message' });
  #form;
  #trouble = h('p', { class: 'quiet', role: 'alert' });

  constructor(calls, member, name) {
    this.#calls = calls;
    this.#member = member;
    this.#empty = h('p', { class: 'empty' }, 'Say hello to ', h('bdi', {}, name), '.');
    this.#form = h('form', { class: 'write', onsubmit: (event) => { event.preventDefault(); this.#send(); } },
      this.#text, h('button', { type: 'submit', class: 'button primary' }, 'Send'));
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    this.element = h('div', {}, this.#earlier, this.#empty, this.#list, this.#trouble, this.#form);
  }

  async load() {
    const { usable, messages: found, before } = await this.#calls.thread(this.#member, this.#before === undefined ? {} : { before: this.#before });
    this.#before = before;
    this.#earlier.hidden = before === undefined;
    this.#usable(usable);
    this.add(found);
  }

  add(found) {
    const known = new Set(this.#messages.map(({ serial }) => serial));
    this.#messages = [...this.#messages, ...found.filter(({ serial }) => !known.has(serial))].sort((a, b) => a.serial - b.serial);
    this.#empty.hidden = this.#messages.length > 0;
    let last = '';
    this.#list.replaceChildren(...this.#messages.flatMap(({ from, text, at, call }) => {
      const day = kDay.format(at);
      const opens = day !== last && h('p', { class: 'said-day quiet' }, day);
      last = day;
      return [opens, h('div', { class: from === this.#member ? 'said-line' : 'said-line mine' },
        h('p', { dir: 'auto' }, text), h('span', { class: 'said-time' }, call ? `About a call · ${kTime.format(at)}` : kTime.format(at)))].filter(Boolean);
    }));
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #usable(usable) {
    this.#form.hidden = !usable;
    this.#trouble.textContent = usable ? '' : kOff;
  }

  async #send() {
    const text = this.#text.value.trim();
    if (!text || this.#form.inert) return;
    if (this.#unsent?.text !== text) this.#unsent = { text, key: crypto.getRandomValues(new Uint32Array(4)).join('-') };
    this.#form.inert = true;
    this.#trouble.textContent = '';
    try {
      this.add([await this.#calls.sendMessage(this.#member, text, { key: this.#unsent.key })]);
      this.#unsent = null;
      this.#text.value = '';
    } catch (error) {
      if (error.code === 'messenger_off') this.#usable(false);
      else this.#trouble.textContent = 'Not sent. Try again.';
    }
    this.#form.inert = false;
    this.#text.focus();
  }
}
