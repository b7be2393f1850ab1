// What several pages are made of.
import { h, icon, timeAgo } from '../dom.js';
import { kAbout } from '../oakwood.js';

export const pageHead = (title, text, ...more) =>
  h('header', { class: 'page-head' }, h('div', {}, h('h1', { tabindex: '-1' }, title), text && h('p', { class: 'quiet' }, text)), more);

export const panel = (title, ...children) => h('section', { class: 'panel surface' }, h('h2', {}, title), children);

export const backLink = (href, text) => h('a', { class: 'back', href }, icon('back'), text);

export function events(list) {
  return h('ul', { class: 'events' }, list.map(({ day, text, where }) =>
    h('li', {}, h('span', { class: 'day' }, day), h('div', {}, h('p', {}, text), h('p', { class: 'quiet' }, where)))));
}

// Who wrote it, with the picture to press, and when.
export function byline(people, { author, at }, more) {
  return h('div', { class: 'byline' },
    people.picture(author, 'post_avatar'),
    h('div', { class: 'byline-words' }, people.link(author), h('p', { class: 'quiet' }, timeAgo(at), more)));
}

function comment(people, { author, at, text }) {
  return h('li', { class: 'comment' },
    people.picture(author, 'post_avatar', { size: 36 }),
    h('div', { class: 'bubble' }, h('p', { class: 'comment-head' }, people.link(author), timeAgo(at)), people.text(text)));
}

export const comments = (people, list, label = 'Comments') => h('ul', { class: 'comments', 'aria-label': label }, list.map((each) => comment(people, each)));

export function post(people, each, group) {
  return h('article', { class: 'post surface', id: `post-${each.id}`, 'aria-label': `Post by ${people.nameOf(each.author)}` },
    byline(people, each, group && [' in ', h('a', { href: `#/groups/${group.id}` }, group.name)]),
    people.text(each.text, { class: 'post-text' }),
    each.picture && h('img', { class: 'post-picture', src: `pictures/${each.picture}`, alt: each.alt, width: '640', height: '300' }),
    each.comments.length > 0 && comments(people, each.comments));
}

// One member in a directory.
export function memberCard(people, member, origin, note) {
  const about = kAbout[member];
  return h('li', { class: 'member surface' },
    people.picture(member, origin, { size: 64 }),
    h('div', { class: 'member-words' },
      people.link(member),
      h('p', { class: 'quiet' }, note ?? about?.role ?? 'New in Oakwood'),
      about && h('p', { class: 'quiet place' }, icon('pin'), about.place)));
}

// A directory with a field that narrows it.
export function directory(people, members, { origin, notes = {}, label }) {
  const cards = members.map((member) => ({ member, card: memberCard(people, member, origin, notes[member]) }));
  const list = h('ul', { class: 'members', 'aria-label': label }, cards.map(({ card }) => card));
  const none = h('p', { class: 'empty', hidden: true }, 'Nobody by that name.');
  const count = h('p', { class: 'visually-hidden', role: 'status' });
  const narrow = (wish) => {
    const words = wish.trim().toLocaleLowerCase();
    let shown = 0;
    for (const { member, card } of cards) {
      const about = kAbout[member];
      card.hidden = ![people.nameOf(member), about?.role, about?.place, notes[member]].some((text) => text?.toLocaleLowerCase().includes(words));
      if (!card.hidden) shown++;
    }
    none.hidden = shown > 0;
    count.textContent = words ? `${shown} found` : '';
  };
  const field = h('input', { type: 'search', class: 'field', placeholder: 'Find somebody', 'aria-label': 'Find somebody', autocomplete: 'off',
    oninput: (event) => narrow(event.target.value) });
  return [h('div', { class: 'search' }, icon('search'), field), count, list, none];
}

// A switch with words, saved as it is pressed. `save` may refuse: then it goes back and the reason stands below.
export function switchRow({ label, text, checked, save }) {
  const said = h('p', { class: 'switch-said quiet', role: 'status' });
  const button = h('button', { type: 'button', role: 'switch', class: 'switch', 'aria-checked': String(checked), 'aria-label': label });
  const show = (on) => button.setAttribute('aria-checked', String(on));
  button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy') === 'true') return;
    const before = button.getAttribute('aria-checked') === 'true';
    button.setAttribute('aria-busy', 'true');
    show(!before);
    said.textContent = '';
    try {
      await save(!before);
      said.textContent = 'Saved';
    } catch (error) {
      show(before);
      said.textContent = error.message;
    }
    button.removeAttribute('aria-busy');
  });
  const row = h('div', { class: 'switch-row' }, h('div', {}, h('p', { class: 'switch-label' }, label), h('p', { class: 'quiet' }, text), said), button);
  return { row, show };
}
