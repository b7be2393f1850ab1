// Who are you in this tab? No password: it is an example.
import { h } from '../dom.js';
import { kAbout } from '../oakwood.js';
import { face } from '../people.js';

export function signInPage({ members, choose }) {
  const problem = h('p', { class: 'notice', role: 'alert', hidden: true });
  const list = h('ul', { class: 'choices' }, members.map(({ member, name, avatar, admin }) =>
    h('li', {}, h('button', {
      type: 'button', class: 'choice surface', 'data-member': member,
      onclick: async () => {
        problem.hidden = true;
        list.inert = true;
        try {
          await choose(member);
        } catch (error) {
          problem.textContent = error.message;
          problem.hidden = false;
          list.inert = false;
        }
      },
    }, face({ member, name, avatar }), h('span', { class: 'choice-words' },
      h('bdi', { class: 'choice-name' }, name),
      h('span', { class: 'quiet' }, admin ? 'Administrator' : kAbout[member]?.role))))));
  return h('main', { class: 'gate' },
    h('div', { class: 'banner' }, h('img', { src: 'pictures/banner.svg', alt: '', width: '1200', height: '240' })),
    h('h1', {}, 'Welcome to Oakwood'),
    h('p', { class: 'gate-text' }, 'A small town to try private calls in. Choose who you are in this tab; open another tab to be somebody else, and call yourself up.'),
    problem, list);
}
