// Messages: whom to write to, and the thread with one member.
import { h, icon } from '../dom.js';
import { kAbout } from '../oakwood.js';
import { backLink, pageHead } from './parts.js';

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

export function messagesWith({ people }, { member }) {
  if (!people.has(member)) return { title: 'Nobody here', content: [backLink('#/messages', 'Messages'), pageHead('Nobody here', 'There is no such member.')] };
  return {
    title: `Messages with ${people.nameOf(member)}`,
    content: [
      backLink('#/messages', 'Messages'),
      h('section', { class: 'thread surface narrow' },
        h('header', { class: 'byline' },
          people.picture(member, 'message'),
          h('h1', { tabindex: '-1', class: 'thread-title' }, people.link(member))),
        h('parley-thread', { member })),
    ],
  };
}
