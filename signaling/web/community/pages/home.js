// The front page: what people write, and what is on this week.
import { h } from '../dom.js';
import { groupById, kEvents, kGroups, kPosts } from '../oakwood.js';
import { events, panel, post } from './parts.js';

export function home({ people }) {
  return {
    title: 'Home',
    content: [
      h('div', { class: 'banner' }, h('img', { src: 'pictures/banner.svg', alt: '', width: '1200', height: '240' }),
        h('h1', { tabindex: '-1' }, 'Oakwood')),
      h('div', { class: 'columns' },
        h('div', { class: 'feed' }, kPosts.map((each) => post(people, each, groupById(each.group)))),
        h('aside', { class: 'side', 'aria-label': 'Around town' },
          panel('This week', events(kEvents)),
          panel('Groups', h('ul', { class: 'plain' }, kGroups.map((group) =>
            h('li', {}, h('a', { class: 'row-link', href: `#/groups/${group.id}` }, group.name,
              h('span', { class: 'quiet' }, `${group.members.length} members`)))))))),
    ],
  };
}
