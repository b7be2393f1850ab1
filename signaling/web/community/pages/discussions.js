// Questions to the whole town, and one of them with its answers.
import { h, icon, timeAgo } from '../dom.js';
import { kDiscussions } from '../oakwood.js';
import { backLink, byline, comments, pageHead } from './parts.js';

const answers = (count) => (count === 1 ? '1 answer' : `${count} answers`);

export function discussions({ people }) {
  return {
    title: 'Discussions',
    content: [
      pageHead('Discussions', 'Ask the town. Somebody knows.'),
      h('ul', { class: 'topics surface' }, kDiscussions.map(({ id, title, author, at, replies }) =>
        h('li', { class: 'topic' },
          people.picture(author, 'post_avatar'),
          h('div', { class: 'topic-words' },
            h('a', { class: 'topic-title', href: `#/discussions/${id}` }, title),
            h('p', { class: 'quiet' }, people.link(author), ' · ', timeAgo(at), ' · ', answers(replies.length))),
          icon('chevron')))),
    ],
  };
}

export function discussion({ people }, { topic: id }) {
  const topic = kDiscussions.find((each) => each.id === id);
  if (!topic) return { title: 'No such discussion', content: [backLink('#/discussions', 'Discussions'), pageHead('No such discussion', 'It may have been closed.')] };
  return {
    title: topic.title,
    content: [
      backLink('#/discussions', 'Discussions'),
      h('article', { class: 'post surface narrow' },
        h('h1', { tabindex: '-1' }, topic.title),
        byline(people, topic),
        people.text(topic.text, { class: 'post-text' }),
        h('h2', { class: 'section-title' }, answers(topic.replies.length)),
        comments(people, topic.replies, 'Answers')),
    ],
  };
}
