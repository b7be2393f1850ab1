// A member's calls, newest first: with whom, how they came out, and the way to their details.
import { ParleyElements } from '../../elements/parley-elements.js';
import { h, timeAgo } from '../dom.js';
import { pageHead } from './parts.js';

const kOutcome = {
  ringing: () => 'Ringing',
  declined: (out) => (out ? "They couldn't take it" : 'You declined'),
  missed: (out) => (out ? 'Not answered' : 'Missed'),
  cancelled: (out) => (out ? 'You stopped calling' : 'They stopped calling'),
  withdrawn: () => 'Withdrawn',
};

function outcome({ ring, state, talked, canRejoin }, out) {
  if (ring !== 'accepted') return kOutcome[ring](out);
  if (canRejoin) return 'Open: you can join again';
  if (talked > 0) return `Talked for ${talked < 60_000 ? 'less than a minute' : `${Math.round(talked / 60_000)} min`}`;
  return state === 'open' ? 'Open' : 'Nobody met';
}

export async function callsPage({ people, calls, me }) {
  const list = h('ul', { class: 'topics surface' });
  const none = h('p', { class: 'empty surface' }, 'No calls yet. Press a picture to begin one.');
  const more = h('button', { type: 'button', class: 'button' }, 'Show more');
  let before;
  const load = async () => {
    const page = await calls.history(before === undefined ? {} : { before });
    before = page.before;
    list.append(...page.calls.map((each) => row(people, me, each)));
    list.hidden = list.childElementCount === 0;
    none.hidden = !list.hidden;
    more.hidden = before === undefined;
  };
  more.addEventListener('click', load);
  await load();
  return { title: 'Your calls', content: [pageHead('Your calls', 'A call can be joined again for two hours after it began.'), list, none, more] };
}

function row(people, me, each) {
  const out = each.caller.member === me;
  const other = out ? each.callee : each.caller;
  return h('li', { class: 'topic' },
    people.picture(other.member, 'details'),
    h('div', { class: 'topic-words' },
      people.link(other.member),
      h('p', { class: 'quiet' }, out ? 'You called · ' : 'Called you · ', timeAgo(each.startedAt)),
      h('p', { class: 'quiet' }, outcome(each, out))),
    h('button', { type: 'button', class: 'button', 'aria-label': `Details of the call with ${other.name}`, onclick: () => ParleyElements.showDetails(each.call) }, 'Details'));
}
