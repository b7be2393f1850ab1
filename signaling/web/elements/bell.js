// <parley-bell>: how many missed calls are new, and the list of them with the ways to answer. Notifications of the system are asked for here
// and nowhere else, by a button.
import { avatar } from './avatar.js';
import { h, say, sheet } from './dom.js';
import { icon } from './icons.js';
import { session } from './session.js';
import { button, escape } from './surface.js';
import { tokens } from './tokens.css.js';
import { clock, day, words } from './words.js';

const kGap = 8;

const style = sheet(`
  :host { display: inline-block; vertical-align: middle; }
  :host([hidden]) { display: none; }
  .bell { position: relative; display: grid; place-items: center; width: 44px; height: 44px; padding: 0; border: 0; border-radius: 999px; background: transparent; color: inherit; }
  .bell:hover { background: color-mix(in srgb, currentColor 10%, transparent); }
  .bell:focus-visible { outline: 3px solid var(--parley-accent, light-dark(#3552d4, #9db0ff)); outline-offset: -3px; }
  .count { position: absolute; top: 2px; inset-inline-end: 2px; min-width: 20px; height: 20px; padding: 0 5px; border-radius: 999px; background: var(--parley-red, light-dark(#c62f35, #cf3a41)); color: #fff; font: 600 14px/20px var(--parley-font, system-ui, sans-serif); text-align: center; font-variant-numeric: tabular-nums; }
  .list { position: fixed; inset: auto; margin: 0; width: min(400px, calc(100vw - 16px)); max-height: min(560px, calc(100dvh - 16px)); overflow: auto; overscroll-behavior: contain; padding: 0; border: 1px solid var(--neutral-3); border-radius: var(--radius-surface); background: var(--neutral-0); box-shadow: var(--shadow); }
  .list:popover-open { animation: appear var(--motion); }
  .list h2 { font-size: 16px; padding: var(--space-4) var(--space-4) var(--space-2); }
  .item { display: grid; grid-template-columns: 40px 1fr; gap: var(--space-1) var(--space-3); padding: var(--space-3) var(--space-4); border-top: 1px solid var(--neutral-2); }
  .item .what { overflow-wrap: anywhere; }
  .item.new .what { font-weight: 600; }
  .item .when { display: flex; align-items: center; gap: var(--space-2); font-size: 14px; color: var(--neutral-7); font-variant-numeric: tabular-nums; }
  .item .fresh { padding: 0 8px; border-radius: 999px; background: var(--accent); color: var(--on-accent); font-weight: 600; }
  .item .ways { grid-column: 2; display: flex; flex-wrap: wrap; gap: var(--space-2); }
  .item .button { min-height: 44px; padding-inline: var(--space-3); font-size: 14px; }
  .empty { padding: var(--space-5) var(--space-4) var(--space-6); text-align: center; }
  .foot { padding: var(--space-3) var(--space-4) var(--space-4); border-top: 1px solid var(--neutral-2); display: grid; gap: var(--space-2); }
  @media (max-width: 480px) {
    .list { inset: auto 0 0 0 !important; width: 100%; max-height: 85dvh; border-width: 1px 0 0; border-radius: var(--radius-surface) var(--radius-surface) 0 0; padding-bottom: env(safe-area-inset-bottom); }
    .list:popover-open { animation-name: rise; }
    .list::backdrop { background: light-dark(rgb(20 24 34 / 42%), rgb(0 0 0 / 60%)); }
  }
`);

export class ParleyBell extends HTMLElement {
  #button = h('button.bell', { type: 'button', part: 'bell', id: 'bell', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', onclick: () => this.toggle() });
  #count = h('span.count', { part: 'count', 'aria-hidden': 'true', hidden: true });
  #list;
  #items = h('ul', { part: 'items' });
  #foot = h('div.foot');
  #more;
  #notify;
  #known = [];
  #before;
  #offs = [];

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [tokens, style];
    this.#button.append(icon('bell'), this.#count);
    this.#more = button(words.more, { part: 'more', onclick: () => this.#load() });
    this.#notify = button(words.notifyMe, { kind: 'plain', part: 'notify-me', onclick: () => this.#askToNotify() });
    this.#foot.append(this.#more, this.#notify);
    this.#list = h('section.surface.list', { popover: 'auto', role: 'dialog', 'aria-labelledby': 'bell-title', part: 'list', id: 'list', tabindex: '-1' },
      h('h2', { id: 'bell-title' }, words.bellTitle), this.#items, this.#foot);
    this.#list.addEventListener('toggle', ({ newState }) => {
      this.#button.setAttribute('aria-expanded', String(newState === 'open'));
      if (newState === 'closed') this.#markRead();
    });
    this.#list.addEventListener('beforetoggle', ({ newState }) => {
      if (newState === 'closed' && this.#list.contains(this.shadowRoot.activeElement)) this.#button.focus({ focusVisible: false });
    });
    this.#list.addEventListener('keydown', (event) => escape(event, () => this.#list.hidePopover()));
    root.append(this.#button, this.#list);
  }

  connectedCallback() {
    this.#offs = [session.on('calls', () => this.#listen()), session.on('changed', () => this.#showCount())];
    this.#listen();
  }

  disconnectedCallback() {
    for (const off of [...this.#offs, ...this.#callOffs].splice(0)) off();
    this.#offs = [];
    this.#callOffs = [];
  }

  toggle() {
    if (this.#list.matches(':popover-open')) return this.#list.hidePopover();
    this.#list.showPopover();
    this.#place();
    this.#list.focus({ focusVisible: false });
    this.#known = [];
    this.#before = undefined;
    this.#load();
  }

  #callOffs = [];

  #listen() {
    for (const off of this.#callOffs.splice(0)) off();
    this.#showCount();
    const { calls } = session;
    if (!calls) return;
    this.#callOffs = [
      calls.on('unreadchanged', () => this.#showCount()),
      calls.on('notification', ({ item }) => {
        this.#showCount();
        if (this.#list.matches(':popover-open')) this.#add([item]);
      }),
    ];
  }

  #showCount() {
    const unread = session.calls?.unread ?? 0;
    this.#count.hidden = unread === 0;
    say(this.#count, unread > 99 ? '99+' : String(unread));
    this.#button.setAttribute('aria-label', words.bell(unread));
    this.#button.title = words.bellTitle;
  }

  async #load() {
    if (!session.calls) return this.#draw();
    try {
      const { items, before } = await session.calls.notifications({ before: this.#before });
      this.#before = before;
      this.#add(items);
    } catch {
      this.#draw();
    }
  }

  #add(items) {
    const fresh = items.filter(({ serial }) => !this.#known.some((one) => one.serial === serial));
    this.#known = [...this.#known, ...fresh].sort((a, b) => b.serial - a.serial);
    this.#draw();
    this.#place();
  }

  #draw() {
    this.#more.hidden = this.#before === undefined;
    this.#notify.hidden = globalThis.Notification?.permission !== 'default';
    this.#foot.hidden = this.#more.hidden && this.#notify.hidden;
    this.#items.replaceChildren(...(this.#known.length > 0
      ? this.#known.map((item) => this.#line(item))
      : [h('li.empty', { part: 'empty' }, h('p', {}, words.bellEmpty), h('p.quiet.small', {}, words.bellEmptyHelp))]));
  }

  #line({ call, from, at, read, messageOffered }) {
    const today = day(at) === day(Date.now());
    const callBack = button(words.callBack, { part: 'call-back', iconName: 'phone', 'aria-label': String(words.callBackTo(from.name)), onclick: () => this.#do(() => session.startCall(from, 'notification')) });
    const write = messageOffered && session.canWrite &&
      button(words.write, { part: 'write', iconName: 'message', 'aria-label': String(words.writeTo(from.name)), onclick: () => this.#do(() => session.write(from, call)) });
    callBack.disabled = !session.site?.privateCalls;
    return h(read ? 'li.item' : 'li.item.new', { part: 'item' },
      avatar(from, 40),
      h('div', {},
        h('p.what', {}, words.missed(from.name)),
        h('p.when', {}, today ? clock(at) : `${day(at)}, ${clock(at)}`, read ? null : h('span.fresh', {}, words.isNew))),
      h('div.ways', {}, callBack, write || null));
  }

  #do(what) {
    this.#list.hidePopover();
    what();
  }

  #markRead() {
    const unread = this.#known.filter(({ read }) => !read).map(({ call }) => call);
    if (unread.length > 0) session.calls?.markRead(unread).catch(() => {});
  }

  async #askToNotify() {
    await Notification.requestPermission();
    this.#draw();
  }

  #place() {
    if (!this.#list.matches(':popover-open')) return;
    const around = this.#button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#list;
    this.#list.style.left = `${Math.min(Math.max(around.right - width, kGap), innerWidth - width - kGap)}px`;
    this.#list.style.top = `${Math.max(kGap, Math.min(around.bottom + kGap, innerHeight - height - kGap))}px`;
  }
}
