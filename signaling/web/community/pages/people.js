// The site's directory, and one member's profile.
import { h, icon } from '../dom.js';
import { groupById, groupsOf, kAbout, kPosts } from '../oakwood.js';
import { backLink, directory, pageHead, panel, post } from './parts.js';

export function peoplePage({ people }) {
  const members = people.all.map(({ member }) => member);
  return {
    title: 'People',
    content: [
      pageHead('People', `${members.length} members of Oakwood`),
      ...directory(people, members, { origin: 'site_directory', label: 'Members of Oakwood' }),
    ],
  };
}

export function profile({ people, me }, { member }) {
  if (!people.has(member)) return { title: 'Nobody here', content: [backLink('#/people', 'People'), pageHead('Nobody here', 'There is no such member.')] };
  const about = kAbout[member];
  const name = people.nameOf(member);
  const posts = kPosts.filter(({ author }) => author === member);
  const groups = groupsOf(member);
  return {
    title: name,
    content: [
      backLink('#/people', 'People'),
      h('section', { class: 'profile surface' },
        people.picture(member, 'profile', { size: 120 }),
        h('div', { class: 'profile-words' },
          h('h1', { tabindex: '-1' }, h('bdi', {}, name)),
          h('p', { class: 'quiet' }, about?.role ?? 'New in Oakwood'),
          about && h('p', { class: 'quiet place' }, icon('pin'), about.place),
          about && h('p', { class: 'profile-text' }, about.text),
          member === me
            ? h('a', { class: 'button', href: '#/settings' }, 'Your settings')
            : h('p', { class: 'quiet hint' }, 'Press the picture to call or to write.'))),
      h('div', { class: 'columns' },
        h('div', { class: 'feed' },
          h('h2', { class: 'section-title' }, 'Posts'),
          posts.length > 0 ? posts.map((each) => post(people, each, groupById(each.group))) : h('p', { class: 'empty surface' }, 'Nothing written yet.')),
        h('aside', { class: 'side', 'aria-label': 'Groups' },
          panel('Groups', groups.length > 0
            ? h('ul', { class: 'plain' }, groups.map(({ id, name: group }) => h('li', {}, h('a', { class: 'row-link', href: `#/groups/${id}` }, group))))
            : h('p', { class: 'quiet' }, 'In no group yet.')))),
    ],
  };
}
