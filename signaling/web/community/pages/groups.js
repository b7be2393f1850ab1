// A group: its posts and its own directory.
import { h } from '../dom.js';
import { groupById, kPosts } from '../oakwood.js';
import { directory, events, pageHead, panel, post } from './parts.js';

const notFound = { title: 'No such group', content: [pageHead('No such group', 'It may have been closed.')] };

const head = (group, current) => [
  pageHead(group.name, group.text),
  h('nav', { class: 'tabs', 'aria-label': group.name }, [['Posts', ''], ['Members', '/members']].map(([text, path]) =>
    h('a', { href: `#/groups/${group.id}${path}`, 'aria-current': text === current && 'page' }, text))),
];

export function groupPage({ people }, { group: id }) {
  const group = groupById(id);
  if (!group) return notFound;
  return {
    title: group.name,
    content: [
      ...head(group, 'Posts'),
      h('div', { class: 'columns' },
        h('div', { class: 'feed' }, kPosts.filter((each) => each.group === id).map((each) => post(people, each))),
        h('aside', { class: 'side', 'aria-label': 'About the group' }, panel('Meetings', events(group.meetings)))),
    ],
  };
}

export function groupMembers({ people }, { group: id }) {
  const group = groupById(id);
  if (!group) return notFound;
  const members = group.members.filter((member) => people.has(member));
  return {
    title: `${group.name}: members`,
    content: [...head(group, 'Members'),
      ...directory(people, members, { origin: 'group_directory', notes: group.roles, label: `Members of ${group.name}` })],
  };
}
