// What became of a call, with the way back in while there is one. Opened at once with what is known, filled when the server has told.
import { avatar } from './avatar.js';
import { h, say, sheet } from './dom.js';
import { Sheet, button } from './surface.js';
import { clock, day, span, words } from './words.js';

export const detailsStyle = sheet(`
  #details .facts { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: var(--space-2) var(--space-5); padding: var(--space-4); border-radius: var(--radius-control); background: var(--neutral-1); font-size: 14px; font-variant-numeric: tabular-nums; }
  #details dt { color: var(--neutral-7); }
  #details dt { overflow-wrap: anywhere; }
  #details dd { text-align: end; min-height: 20px; }
  #details .over { text-align: center; }
`);

// What a call's details say, in lines of [word, value]. Pure.
export function lines(details, you) {
  const { caller, callee, startedAt, answeredAt, lastLeftAt, talked, callerMedia, calleeMedia } = details;
  const meIsCaller = caller.member === you;
  const other = meIsCaller ? callee : caller;
  const [mine, theirs] = meIsCaller ? [callerMedia, calleeMedia] : [calleeMedia, callerMedia];
  return [
    [words.when, `${day(startedAt)}, ${clock(startedAt)}`],
    answeredAt !== null && [words.answeredAt, clock(answeredAt)],
    lastLeftAt !== null && [words.leftAt, clock(lastLeftAt)],
    [words.talked, talked > 0 ? span(talked) : words.never],
    [words.yours, words.media[mine ?? 'none']],
    [other.name, words.media[theirs ?? 'none'], true],
    [words.result, resultOf(details)],
  ].filter(Boolean);
}

function resultOf({ state, ring }) {
  return words.result_of[state === 'ended' ? ring : state] ?? words.result_of[ring];
}

export class Details {
  #sheet;
  #face = h('div');
  #title;
  #note = h('p.notice', { part: 'details-note', hidden: true });
  #facts = h('dl.facts', { part: 'details-facts' });
  #over = h('p.quiet.over', { part: 'details-over' }, words.hasEnded);
  #rejoin;
  #callBack;
  #message;
  #close;
  #modal = null;
  #details = null;
  #timer = null;
  #on;

  // `on`: load(call) → details, rejoin(call, media), callBack(person, call), write(person, call), close(); `you()`: own member id.
  constructor(floor, on) {
    this.#on = on;
    this.#sheet = new Sheet(floor, { part: 'details', onclose: () => on.close() });
    this.#title = h('h2', { id: this.#sheet.titleId, part: 'details-title' });
    this.#rejoin = button('', { kind: 'primary', part: 'details-rejoin', onclick: () => on.rejoin(this.#modal.call, this.#media()) });
    this.#callBack = button(words.callback, { part: 'details-call-back', iconName: 'phone', onclick: () => on.callBack(this.#modal.person) });
    this.#message = button(words.message, { part: 'details-message', iconName: 'message', onclick: () => on.write(this.#modal.person, this.#modal.call) });
    this.#close = button(words.close, { part: 'details-close', onclick: () => on.close() });
    this.#sheet.element.append(h('div.stack', {},
      h('div.head', {}, this.#face, h('div', {}, this.#title, h('p.quiet.small', {}, words.details))),
      this.#note, this.#facts, this.#over,
      h('div.actions', {}, this.#rejoin, this.#message, this.#callBack, this.#close)));
  }

  get element() {
    return this.#sheet.element;
  }

  update(modal) {
    const mine = modal?.kind === 'details' ? modal : null;
    if (this.#modal === mine) return;
    this.#modal = mine;
    clearTimeout(this.#timer);
    if (!mine) return this.#sheet.close();
    const { person, note } = mine;
    this.#face.replaceChildren(avatar(person, 64));
    say(this.#title, words.card(person.name));
    say(this.#note, note ? words.ended[note] : '');
    this.#note.hidden = !note;
    this.#fill(null);
    this.#sheet.open();
    this.#close.focus({ focusVisible: false });
    this.#load(mine);
  }

  // Newer details of the call that is shown.
  told(details) {
    if (this.#modal?.call === details.call) this.#fill(details);
  }

  async #load(modal) {
    try {
      const details = await this.#on.load(modal.call);
      if (this.#modal === modal) this.#fill(details, { first: true });
    } catch {
      if (this.#modal === modal) say(this.#over, words.refused.not_found);
    }
  }

  #fill(details, { first = false } = {}) {
    this.#details = details;
    clearTimeout(this.#timer);
    this.#facts.setAttribute('aria-busy', String(!details));
    const rows = details ? lines(details, this.#on.you()) : Array.from({ length: 6 }, () => [' ', ' ']);
    this.#facts.replaceChildren(...rows.flatMap(([word, value, isName]) => [h('dt', {}, isName ? words.card(word) : word), h('dd', {}, value)]));
    const canRejoin = Boolean(details?.canRejoin) && details.left > 0;
    this.#rejoin.hidden = !canRejoin;
    if (canRejoin) say(this.#rejoin, words.rejoinUntil(details.expiresAt));
    this.#over.hidden = canRejoin || !details;
    this.#message.hidden = !details?.messageOffered;
    this.#callBack.hidden = !details || canRejoin || details.state === 'ringing' || !this.#on.canCall();
    // The way back closes with the window, while this stands here too.
    if (canRejoin) this.#timer = setTimeout(() => this.#fill({ ...details, canRejoin: false, left: 0 }), Math.min(details.left, 2 ** 31 - 1));
    if (first && canRejoin && this.element.contains(this.#close.getRootNode().activeElement)) this.#rejoin.focus({ focusVisible: false });
  }

  #media() {
    const { caller, callerMedia, calleeMedia } = this.#details;
    return (caller.member === this.#on.you() ? callerMedia : calleeMedia) ?? 'audio';
  }
}
