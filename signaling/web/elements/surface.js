// What the dialogs have in common. A modal one is a native <dialog>: the browser traps the focus in it, makes the page behind inert and
// gives the focus back. What floats (the pop-up, the line of status, the live regions) must not become inert with the page, so it moves
// into whichever modal is on top: `Floor` knows which.
import { h, say } from './dom.js';
import { icon } from './icons.js';
import { words } from './words.js';

export class Floor {
  #root;
  #floating;
  #isWanted;
  #open = [];
  #guest = null;   // a place in a modal of the page's own

  // `isWanted`: whether something floats that people have to reach.
  constructor(root, floating, isWanted) {
    this.#root = root;
    this.#floating = floating;
    this.#isWanted = isWanted;
    this.#place();
  }

  // Watches the page's own dialogs; returns how to stop.
  follow() {
    const look = ({ target }) => {
      if (target instanceof HTMLDialogElement && this.#isWanted()) this.raise();
    };
    document.addEventListener('toggle', look, true);
    return () => document.removeEventListener('toggle', look, true);
  }

  opened(dialog) {
    this.#open.push(dialog);
    this.#place();
  }

  closed(dialog) {
    this.#open = this.#open.filter((other) => other !== dialog);
    this.#place();
  }

  // Above everything that was opened meanwhile, by the page too.
  raise() {
    this.#place();
    if (!this.#floating.isConnected || !this.#floating.showPopover) return;
    if (this.#floating.matches(':popover-open')) this.#floating.hidePopover();
    this.#floating.showPopover();
  }

  #place() {
    const host = this.#open.at(-1) ?? this.#inPage() ?? this.#root;
    if (this.#floating.parentNode === host) return;
    host.append(this.#floating);
    if (this.#floating.isConnected) this.#floating.showPopover?.();
  }

  // Where the page itself has a modal open, everything outside of it is inert: then it is in there, with the same styles.
  #inPage() {
    const modal = [...document.querySelectorAll('dialog:modal')].at(-1);
    if (!modal) {
      this.#guest?.remove();
      return null;
    }
    if (!this.#guest) {
      this.#guest = h('parley-floor');
      this.#guest.attachShadow({ mode: 'open' }).adoptedStyleSheets = this.#root.adoptedStyleSheets;
    }
    if (this.#guest.parentNode !== modal) modal.append(this.#guest);
    return this.#guest.shadowRoot;
  }
}

// A modal sheet with a title. Esc and the close button call `onclose`; the owner decides what that means.
export class Sheet {
  element;
  titleId;

  #floor;

  // `stays`: Esc does not close it.
  constructor(floor, { part, label = null, stays = false, onclose }) {
    this.#floor = floor;
    this.titleId = `${part}-title`;
    this.element = h('dialog.surface.sheet', { part, id: part, 'aria-labelledby': label ? null : this.titleId, 'aria-label': label, tabindex: '-1', autofocus: true,
      closedby: stays ? 'none' : null });
    this.element.addEventListener('cancel', (event) => {
      if (event.target !== this.element) return;
      event.preventDefault();
      onclose();
    });
    // A browser closes a dialog at the second Esc whatever we say: then it is so.
    this.element.addEventListener('close', (event) => {
      if (event.target !== this.element || !this.isOpen) return;
      if (stays) return this.element.showModal();
      this.isOpen = false;
      this.#floor.closed(this.element);
      onclose();
    });
  }

  isOpen = false;

  open(focus) {
    if (this.isOpen) return;
    this.isOpen = true;
    this.element.showModal();
    this.#floor.opened(this.element);
    focus?.focus({ focusVisible: false });
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#floor.closed(this.element);
    this.element.close();
  }
}

export function button(label, { kind = '', part, onclick, iconName, ...more } = {}) {
  return h(`button.button${kind ? `.${kind}` : ''}`, { type: 'button', part, onclick, ...more }, iconName ? icon(iconName) : null, label);
}

// A round button with its word below.
export function round(label, iconName, { kind, part, onclick, name } = {}) {
  return h(`button.round.${kind}`, { type: 'button', part, onclick, 'aria-label': name ? String(name) : null },
    h('span.disc', {}, icon(iconName)), h('span', {}, label));
}

export function bare(label, iconName, { part, onclick, ...more } = {}) {
  return h('button.bare', { type: 'button', part, onclick, 'aria-label': String(label), title: String(label), ...more }, icon(iconName));
}

// "Open in a new tab".
export function newTabSwitch(part) {
  const element = h('button.switch', { type: 'button', role: 'switch', 'aria-checked': 'false', part },
    h('span', {}, words.newTab), h('span.track', { 'aria-hidden': 'true' }));
  element.addEventListener('click', () => element.setAttribute('aria-checked', String(element.getAttribute('aria-checked') !== 'true')));
  return {
    element,
    get on() {
      return element.getAttribute('aria-checked') === 'true';
    },
    set on(value) {
      element.setAttribute('aria-checked', String(value));
    },
  };
}

// Esc closes this, and nothing behind it.
export function escape(event, close) {
  if (event.key !== 'Escape' || event.defaultPrevented) return;
  event.preventDefault();
  close();
}

// Announces to screen readers, politely or at once.
export class Announcer {
  element = h('div.hidden-visually');
  #polite = h('p', { 'aria-live': 'polite', role: 'status', part: 'live-polite' });
  #assertive = h('p', { 'aria-live': 'assertive', role: 'alert', part: 'live-assertive' });

  constructor() {
    this.element.append(this.#polite, this.#assertive);
  }

  polite(text) {
    this.#say(this.#polite, text);
  }

  assertive(text) {
    this.#say(this.#assertive, text);
  }

  // A region that has just moved is heard a moment later only.
  #say(region, text) {
    say(region, '');
    setTimeout(() => say(region, String(text)), 60);
  }
}
