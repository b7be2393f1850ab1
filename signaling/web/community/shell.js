// What stands around every page: the name of the town, the ways to its pages, the bell, the gear for administrators, and who you are.
import { h, icon } from './dom.js';
import { Router } from './router.js';

const kPages = [
  { href: '#/', sign: 'home', text: 'Home', owns: /^\/$/ },
  { href: '#/people', sign: 'people', text: 'People', owns: /^\/people/ },
  { href: '#/groups/garden-club', sign: 'leaf', text: 'Garden club', short: 'Garden', owns: /^\/groups/ },
  { href: '#/discussions', sign: 'talk', text: 'Discussions', short: 'Discuss', owns: /^\/discussions/ },
  { href: '#/messages', sign: 'mail', text: 'Messages', owns: /^\/messages/ },
];

export class Shell {
  main = h('main', { id: 'main', class: 'main', tabindex: '-1' });
  #links;
  #gear;
  #page = null;

  constructor({ people, calls, signOut }) {
    this.#links = kPages.map(({ href, sign, text, short = text, owns }) => ({ owns, link: h('a', { href, class: 'nav-link' }, icon(sign),
      h('span', { class: 'nav-long' }, text), h('span', { class: 'nav-short' }, short)) }));
    this.#gear = h('a', { class: 'tool', href: '#/site-settings', 'aria-label': 'Site Settings', title: 'Site Settings' }, icon('gear'));
    this.element = h('div', { class: 'shell' },
      h('a', { class: 'skip', href: '#main', onclick: (event) => { event.preventDefault(); this.main.focus(); } }, 'Skip to content'),
      h('header', { class: 'top' }, h('div', { class: 'top-inner' },
        h('a', { class: 'brand', href: '#/' }, h('img', { src: 'oakwood.svg', alt: '', width: '32', height: '32' }), h('span', {}, 'Oakwood')),
        h('nav', { class: 'nav', 'aria-label': 'Pages' }, this.#links.map(({ link }) => link)),
        h('div', { class: 'tools' },
          h('parley-bell'),
          this.#gear,
          meMenu(people, calls.you.member, signOut)))),
      this.main);
    this.#showGear(calls.you);
    calls.on('youchanged', ({ you }) => this.#showGear(you));
  }

  // `page`: { title, content, leave? }.
  show({ title, content, leave }, { focus = true } = {}) {
    this.#page?.leave?.();
    this.#page = { leave };
    document.title = title === 'Home' ? 'Oakwood' : `${title} · Oakwood`;
    this.main.replaceChildren(...content.filter(Boolean));
    for (const { owns, link } of this.#links) {
      if (owns.test(Router.path)) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    if (!focus) return;
    window.scrollTo(0, 0);
    (this.main.querySelector('h1') ?? this.main).focus({ preventScroll: true });
  }

  #showGear({ admin }) {
    this.#gear.hidden = !admin;
  }
}

// Who you are, with your profile, your settings and the way out.
function meMenu(people, me, signOut) {
  const menu = h('div', { class: 'menu', id: 'me-menu', hidden: true },
    h('p', { class: 'menu-name' }, h('bdi', {}, people.nameOf(me))),
    h('a', { href: `#/people/${encodeURIComponent(me)}` }, icon('person'), 'Your profile'),
    h('a', { href: '#/calls' }, icon('phone'), 'Your calls'),
    h('a', { href: '#/settings' }, icon('sliders'), 'Your settings'),
    h('button', { type: 'button', onclick: signOut }, icon('leave'), 'Sign out'));
  const button = h('button', { type: 'button', class: 'tool me', 'aria-expanded': 'false', 'aria-controls': 'me-menu', 'aria-label': `You: ${people.nameOf(me)}` },
    people.face(me, 32));
  const root = h('div', { class: 'me-root' }, button, menu);
  const open = (on) => {
    menu.hidden = !on;
    button.setAttribute('aria-expanded', String(on));
  };
  button.addEventListener('click', () => open(menu.hidden));
  menu.addEventListener('click', () => open(false));
  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || menu.hidden) return;
    event.stopPropagation();
    open(false);
    button.focus();
  });
  root.addEventListener('focusout', ({ relatedTarget }) => relatedTarget && !root.contains(relatedTarget) && open(false));
  document.addEventListener('pointerdown', ({ target }) => root.contains(target) || open(false));
  return root;
}
