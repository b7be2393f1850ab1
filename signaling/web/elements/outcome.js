// How a ring ended, told to the caller in front of the room and to the callee who declined; and refusals with something to do next.
// Shown only where writing is possible: elsewhere everything closes by itself and the line of status tells it.
import { avatar } from './avatar.js';
import { h, say } from './dom.js';
import { Sheet, button } from './surface.js';
import { words } from './words.js';

export function outcomeWords({ reason, ring, person }) {
  const found = words.outcome[reason] ?? words.outcome[ring] ?? words.outcome.timeout;
  return typeof found === 'function' ? found(person?.name) : found;
}

export function refusalWords({ code, person }) {
  const found = words.refused[code] ?? words.refused.other;
  return typeof found === 'function' ? found(person?.name) : found;
}

export class Outcome {
  #sheet;
  #face = h('div');
  #title;
  #text = h('p.quiet', { part: 'outcome-text' });
  #message;
  #close;
  #modal = null;

  // `on`: write(person, call), close().
  constructor(floor, on) {
    this.#sheet = new Sheet(floor, { part: 'outcome', onclose: () => on.close() });
    this.#title = h('h2', { id: this.#sheet.titleId, part: 'outcome-title' });
    this.#message = button(words.message, { kind: 'primary', part: 'outcome-message', iconName: 'message', onclick: () => on.write(this.#modal.person, this.#modal.call) });
    this.#close = button(words.close, { part: 'outcome-close', onclick: () => on.close() });
    this.#sheet.element.append(h('div.stack', {}, h('div.head', {}, this.#face, this.#title, this.#text), h('div.actions', {}, this.#message, this.#close)));
  }

  get element() {
    return this.#sheet.element;
  }

  update(modal) {
    const mine = modal && ['outcome', 'declined', 'refused'].includes(modal.kind) ? modal : null;
    if (this.#modal === mine) return;
    this.#modal = mine;
    if (!mine) return this.#sheet.close();
    const { kind, person } = mine;
    this.#face.replaceChildren(...(person ? [avatar(person, 72)] : []));
    say(this.#title, kind === 'outcome' ? outcomeWords(mine) : kind === 'declined' ? words.youDeclined(person.name) : refusalWords(mine));
    say(this.#text, kind === 'declined' ? words.youDeclinedHelp(person.name) : words.writeInstead(person.name));
    this.#sheet.open();
    this.#message.focus({ focusVisible: false });
  }
}
