// <parley-person member="ada" origin="profile">: an avatar or a mention that opens the member's card. What the page slots in is the
// trigger; without it an avatar and the name are. While it is on the screen its member's presence is watched.
import { avatar } from './avatar.js';
import { deepActive, h, say, sheet } from './dom.js';
import { session } from './session.js';
import { bare, button, escape } from './surface.js';
import { tokens } from './tokens.css.js';
import { words } from './words.js';

const kGap = 8;
let cards = 0;

const style = sheet(`
  :host { display: inline-block; vertical-align: middle; }
  :host([hidden]) { display: none; }
  .trigger { display: inline-flex; align-items: center; gap: 8px; cursor: pointer; border-radius: 8px; -webkit-tap-highlight-color: transparent; max-width: 100%; }
  .trigger.default { min-height: 44px; }
  .trigger > .avatar { --size: 40px; }
  .trigger:focus-visible { outline: 3px solid var(--parley-accent, light-dark(#3552d4, #9db0ff)); outline-offset: 2px; }
  .default-name { overflow: hidden; text-overflow: ellipsis; overflow-wrap: anywhere; }
  .card { position: fixed; inset: auto; margin: 0; width: min(320px, calc(100vw - 16px)); padding: var(--space-5); border: 1px solid var(--neutral-3); border-radius: var(--radius-surface);
    background: var(--neutral-0); box-shadow: var(--shadow); overflow: auto; max-height: calc(100dvh - 16px); }
  .card:popover-open { animation: appear var(--motion); }
  .card .bare { position: absolute; top: var(--space-1); inset-inline-end: var(--space-1); }
  .card .who { display: flex; flex-direction: column; align-items: center; gap: var(--space-2); text-align: center; padding-inline: var(--space-3); }
  .card h2 { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; overflow-wrap: anywhere; max-width: 100%; }
  .card .why { text-align: center; min-height: 20px; }
  @media (max-width: 480px) {
    .card { inset: auto 0 0 0 !important; width: 100%; max-height: 92dvh; border-width: 1px 0 0; border-radius: var(--radius-surface) var(--radius-surface) 0 0;
      padding: var(--space-5) var(--space-4) calc(var(--space-4) + env(safe-area-inset-bottom)); }
    .card:popover-open { animation-name: rise; }
    .card::backdrop { background: light-dark(rgb(20 24 34 / 42%), rgb(0 0 0 / 60%)); }
  }
`);

// Why a call can't be started, as a word for words.cantCall; null if it can. Pure.
export function cantCall({ connected, you, site, person }) {
  if (!connected) return 'offline';
  if (person?.member === you?.member) return 'self';
  if (!site?.privateCalls) return 'off';
  if (!person) return 'offline';
  return person.active && person.callable ? null : 'inactive';
}

export class ParleyPerson extends HTMLElement {
  static observedAttributes = ['member', 'name', 'avatar'];

  #trigger;
  #cameFrom = null;
  #control;           // what is pressed: the trigger, or the link or button in it
  #slot = h('slot');
  #card = null;
  #known = null;      // the member as the server last told
  #following = null;  // { calls, off }: who is asked about the member
  #offs = [];
  #seen = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [tokens, style];
    this.#trigger = h('span.trigger', { part: 'trigger', id: 'trigger' }, this.#slot);
    this.#control = this.#trigger;
    root.append(this.#trigger);
    this.#slot.addEventListener('slotchange', () => this.#arrangeTrigger());
    this.#trigger.addEventListener('click', (event) => this.#clicked(event));
    this.#trigger.addEventListener('keydown', (event) => {
      if (event.target !== this.#trigger || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      this.open();
    });
  }

  get member() {
    return this.getAttribute('member') ?? '';
  }

  set member(value) {
    this.setAttribute('member', value);
  }

  get origin() {
    return this.getAttribute('origin') ?? 'other:page';
  }

  // What is known: the server's word, else what the page says in attributes.
  get person() {
    return {
      member: this.member,
      name: this.#known?.name ?? this.getAttribute('name') ?? (this.#slottedText().replace(/^@/, '') || this.member),
      avatar: this.#known?.avatar ?? this.getAttribute('avatar') ?? '',
    };
  }

  connectedCallback() {
    this.#offs = [session.on('changed', () => this.#refresh()), seenOnScreen(this, (seen) => this.#watch(seen))];
    this.#arrangeTrigger();
    this.#refresh();
  }

  disconnectedCallback() {
    for (const off of this.#offs.splice(0)) off();
    this.#watch(false);
    if (this.#card?.element.matches(':popover-open')) this.#card.element.hidePopover();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected) return;
    if (name === 'member') {
      this.#known = null;
      this.#watch(false);
      this.#watch(this.#seen);
    }
    this.#arrangeTrigger();
    this.#refresh();
  }

  open() {
    this.#card ??= this.#makeCard();
    this.#refresh();
    const { element, call, close } = this.#card;
    this.#cameFrom = deepActive();
    element.showPopover();
    this.#place();
    this.#control.setAttribute('aria-expanded', 'true');
    (call.disabled ? close : call).focus({ focusVisible: false });
    this.#watch(this.#seen);
  }

  close() {
    if (this.#card?.element.matches(':popover-open')) this.#card.element.hidePopover();
  }

  // --- the trigger ---------------------------------------------------------------------------------------------------------------------

  #clicked(event) {
    // A link opened in another tab on purpose stays a link.
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.open();
  }

  // A slotted link or button is a control already; anything else becomes one here.
  #arrangeTrigger() {
    const slotted = this.#slot.assignedElements({ flatten: false });
    const hasText = this.#slot.assignedNodes().some((node) => node.textContent.trim() !== '' || node.nodeType === 1);
    const control = slotted.map((element) => (element.matches('a[href], button, [tabindex]') ? element : element.querySelector('a[href], button, [tabindex]')))
      .find(Boolean);
    this.#trigger.classList.toggle('default', !hasText);
    if (!hasText) this.#showDefault();
    this.#control = control ?? this.#trigger;
    this.#control.setAttribute('aria-haspopup', 'dialog');
    this.#control.setAttribute('aria-expanded', String(this.#card?.element.matches(':popover-open') ?? false));
    if (control) {
      for (const name of ['role', 'tabindex', 'aria-haspopup', 'aria-expanded', 'aria-label']) this.#trigger.removeAttribute(name);
      return;
    }
    this.#trigger.setAttribute('role', 'button');
    this.#trigger.setAttribute('tabindex', '0');
    // Text names itself; a picture alone does not.
    if (!hasText || this.#slottedText() !== '') this.#trigger.removeAttribute('aria-label');
    else this.#trigger.setAttribute('aria-label', String(words.openCard(this.person.name)));
  }

  #slottedText() {
    return this.#slot.assignedNodes().map((node) => node.textContent).join('').trim();
  }

  // Only when it is another one: new content in a slot is a slotchange again.
  #showDefault() {
    const { member, name, avatar: picture } = this.person;
    const key = JSON.stringify([member, name, picture]);
    if (this.#slot.dataset.shown === key) return;
    this.#slot.dataset.shown = key;
    this.#slot.replaceChildren(avatar(this.person, 40), h('span.default-name', {}, words.card(name)));
  }

  // --- presence ------------------------------------------------------------------------------------------------------------------------

  #watch(seen) {
    this.#seen = seen;
    const { calls } = session;
    const wanted = seen && this.isConnected && this.member !== '' && calls !== null;
    if (this.#following && (!wanted || this.#following.calls !== calls)) {
      const { off } = this.#following;
      this.#following = null;
      off();
    }
    if (!wanted || this.#following) return;
    // Noted first: what is known is told before `follow` returns.
    const following = { calls, off: () => {} };
    this.#following = following;
    following.off = session.follow(this.member, (person) => {
      if (this.#following !== following) return;
      this.#known = person;
      this.#refresh();
    });
  }

  #refresh() {
    if (this.#seen) this.#watch(true);
    this.toggleAttribute('active', Boolean(this.#known?.active));
    if (this.#trigger.classList.contains('default')) this.#arrangeTrigger();
    if (this.#card) this.#updateCard();
  }

  // --- the card ------------------------------------------------------------------------------------------------------------------------

  #makeCard() {
    const id = `card-${++cards}`;
    const parts = {
      face: h('div', {}),
      name: h('h2', { id: `${id}-name`, part: 'name' }),
      presence: h('p.presence', { part: 'presence' }),
      why: h('p.why.quiet.small', { id: `${id}-why`, part: 'why' }),
      call: button(words.call, { kind: 'primary', part: 'call', iconName: 'phone', 'aria-describedby': `${id}-why`, onclick: () => this.#call() }),
      message: button(words.message, { part: 'message', iconName: 'message', onclick: () => this.#write() }),
      close: bare(words.close, 'close', { part: 'card-close', onclick: () => this.close() }),
    };
    const element = h('section.surface.card', { popover: 'auto', role: 'dialog', 'aria-labelledby': `${id}-name`, part: 'card', id: 'card' },
      h('div.stack', {},
        h('div.who', {}, parts.face, parts.name, parts.presence, h('slot', { name: 'group' })),
        h('div.actions', {}, parts.call, parts.why, parts.message)),
      parts.close);
    element.addEventListener('toggle', ({ newState }) => {
      if (newState === 'open') return this.#follow(true);
      this.#follow(false);
      this.#control.setAttribute('aria-expanded', 'false');
    });
    // Back to where it was, unless somebody went on to something else by a click.
    element.addEventListener('beforetoggle', ({ newState }) => {
      if (newState === 'open' || !element.contains(this.shadowRoot.activeElement)) return;
      (this.#cameFrom?.isConnected ? this.#cameFrom : this.#control).focus({ focusVisible: false });
    });
    element.addEventListener('keydown', (event) => escape(event, () => this.close()));
    this.shadowRoot.append(element);
    return { element, ...parts };
  }

  #updateCard() {
    const { face, name, presence, why, call, message } = this.#card;
    const person = this.person;
    const key = `${person.member} ${person.name} ${person.avatar}`;
    if (face.dataset.key !== key) {
      face.dataset.key = key;
      face.replaceChildren(avatar(person, 80));
    }
    say(name, words.card(person.name));
    const reason = cantCall({ connected: session.connected, you: session.you, site: session.site, person: this.#known ?? (person.member === session.you?.member ? person : null) });
    const active = Boolean(this.#known?.active);
    presence.replaceChildren(h(active ? 'span.dot.active' : 'span.dot', { 'aria-hidden': 'true' }),
      document.createTextNode(this.#known ? (active ? words.active : words.inactive) : words.presenceUnknown));
    const text = words.cantCall[reason];
    say(why, reason ? (typeof text === 'function' ? text(person.name) : text) : '');
    why.hidden = !reason;
    call.disabled = reason !== null;
    message.hidden = !session.canWrite || reason === 'self';
  }

  #call() {
    const person = this.person;
    this.close();
    session.startCall(person, this.origin);
  }

  #write() {
    const person = this.person;
    this.close();
    session.write(person, null);
  }

  // Beside the trigger, inside the window. A small screen has it as a sheet at the bottom, by the style sheet alone.
  #place() {
    const { element } = this.#card;
    const around = this.#anchor();
    const { offsetWidth: width, offsetHeight: height } = element;
    const left = Math.min(Math.max(around.left, kGap), innerWidth - width - kGap);
    const below = around.bottom + kGap;
    const top = below + height <= innerHeight - kGap ? below : Math.max(kGap, around.top - kGap - height);
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
  }

  #anchor() {
    const own = this.#trigger.getBoundingClientRect();
    return own.width > 0 ? own : this.getBoundingClientRect();
  }

  #moved = () => this.#place();

  #follow(on) {
    const change = on ? 'addEventListener' : 'removeEventListener';
    window[change]('scroll', this.#moved, { capture: true, passive: true });
    window[change]('resize', this.#moved);
  }
}

// One observer for all of them.
let observer = null;
const watched = new WeakMap();

function seenOnScreen(element, changed) {
  observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) watched.get(target)?.(isIntersecting);
  }, { rootMargin: '100px' });
  watched.set(element, changed);
  observer.observe(element);
  return () => {
    observer.unobserve(element);
    watched.delete(element);
  };
}
