// One call from one tab, event by event: what is news, what is a repeat.
import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { fold, fromWire, viewAfter, viewOfDetails } from '../../../../signaling/web/sdk/call_state.js';
import { details, snapshot } from './call_fakes.js';

const kTab = 'this-tab';

// Feeds messages as the wire has them; gives the news of each as text.
function story(first) {
  let state = null;
  const tell = (message, more = {}) => {
    const { state: next, news } = fold(state, { ...fromWire(message), ...more }, { tab: kTab, now: 0 });
    state = next;
    return news.map(([type, { reason, ring, party }]) => [type, ring, reason, party].filter(Boolean).join(' '));
  };
  const opening = first ? tell(first) : [];
  return { tell, opening, state: () => state };
}
const event = (type, seq, view, more = {}) => ({ type, call: view.call, seq, at: 1, snapshot: view, ...more });
const ringing = snapshot({ you: 'callee' });

describe('A call in a tab', () => {
  it('has the wire in names of JavaScript, at any depth', () => {
    assert.deepEqual(fromWire({ ring_left: 1, caller: { their_name: [{ a_b: null }] } }),
      { ringLeft: 1, caller: { theirName: [{ aB: null }] } });
  });

  it('R46_rings once, however often the ring is said', () => {
    const call = story(event('ring', 1, ringing));
    assert.deepEqual(call.opening, ['ring', 'changed']);
    assert.deepEqual(call.tell(event('ring', 1, ringing)), []);
    assert.deepEqual(call.tell(event('snapshot', 1, ringing)), []);
    assert.deepEqual(call.tell({ type: 'attending', snapshot: ringing }), []);
  });

  it('R46_rings from a snapshot too, unless it was put away on this device', () => {
    assert.deepEqual(story(event('snapshot', 4, ringing)).opening, ['ring', 'changed']);
    assert.deepEqual(story(event('snapshot', 4, { ...ringing, put_away: true })).opening, ['changed']);
  });

  it('never rings for the caller', () => {
    assert.deepEqual(story({ type: 'answer', move: 'start', snapshot: snapshot() }).opening, ['changed']);
  });

  it('R27_falls silent when another tab answers, and tells no more of it', () => {
    const call = story(event('ring', 1, ringing));
    const taken = { ...ringing, seq: 3, ring: 'accepted', state: 'open', your_tab: 'other-tab' };
    assert.deepEqual(call.tell(event('ring_stopped', 2, taken, { reason: 'answered_elsewhere' })),
      ['ringstopped answered_elsewhere', 'changed']);
    assert.deepEqual(call.tell(event('call_presence', 4, { ...taken, seq: 4, they_inside: true })), ['changed']);
  });

  it('says of its own accept that it was answered here, once, whichever comes first', () => {
    const mine = { ...ringing, seq: 3, ring: 'accepted', state: 'open', your_tab: kTab, your_media: 'video' };
    const answerFirst = story(event('ring', 1, ringing));
    assert.deepEqual(answerFirst.tell({ type: 'answer', move: 'accept', settled: false, snapshot: mine }),
      ['ringstopped answered_here', 'answered', 'changed']);
    assert.deepEqual(answerFirst.tell(event('answered', 3, mine)), []);
    const eventFirst = story(event('ring', 1, ringing));
    assert.deepEqual(eventFirst.tell(event('answered', 3, mine)), ['ringstopped answered_here', 'answered', 'changed']);
    assert.deepEqual(eventFirst.tell({ type: 'answer', move: 'accept', settled: false, snapshot: mine }), []);
  });

  it('R30_tells the loser of a race what was decided', () => {
    const call = story(event('ring', 1, ringing));
    const lost = { ...ringing, seq: 5, ring: 'accepted', state: 'open', your_tab: 'other-tab' };
    assert.deepEqual(call.tell({ type: 'answer', move: 'decline', settled: true, snapshot: lost }),
      ['ringstopped answered_elsewhere', 'changed']);
    assert.deepEqual(call.tell(event('settled', 5, lost)), []);
  });

  it('R9_tells the caller the outcome once, with what is offered', () => {
    const call = story({ type: 'answer', move: 'start', snapshot: snapshot() });
    const declined = snapshot({ seq: 4, ring: 'declined', state: 'ended' });
    const outcome = event('outcome', 3, declined, { ring: 'declined', reason: 'none', after: 'close_dialogs' });
    assert.deepEqual(call.tell(outcome), ['outcome declined none', 'changed']);
    assert.deepEqual(call.state().outcome, { ring: 'declined', reason: 'none', after: 'close_dialogs' });
    assert.deepEqual(call.tell(outcome), []);
  });

  it('R19_tells the tab that declined, and no other of the callee', () => {
    const declined = { ...ringing, seq: 4, ring: 'declined', state: 'ended' };
    const here = story(event('ring', 1, ringing));
    assert.deepEqual(here.tell({ type: 'answer', move: 'decline', settled: false, snapshot: declined }),
      ['ringstopped declined_here', 'outcome declined none', 'changed']);
    assert.deepEqual(here.tell(event('outcome', 4, declined, { ring: 'declined', reason: 'none', after: 'offer_message' })), []);
    const there = story(event('ring', 1, ringing));
    assert.deepEqual(there.tell(event('ring_stopped', 2, declined, { reason: 'declined_elsewhere' })),
      ['ringstopped declined_elsewhere', 'changed']);
  });

  it('keeps the newest snapshot when an older one comes late', () => {
    const call = story({ type: 'answer', move: 'start', snapshot: snapshot({ seq: 5, ring: 'accepted', state: 'open' }) });
    assert.deepEqual(call.tell(event('call_presence', 3, snapshot({ seq: 3 }))), []);
    assert.equal(call.state().view.ring, 'accepted');
  });

  it('does not take an event for a repeat because an answer was ahead of it', () => {
    const call = story({ type: 'answer', move: 'start', snapshot: snapshot({ seq: 9 }) });
    assert.deepEqual(call.tell(event('could_not_connect', 9, snapshot({ seq: 9 }), { party: 'callee' })), ['couldnotconnect callee']);
    assert.deepEqual(call.tell(event('could_not_connect', 9, snapshot({ seq: 9 }), { party: 'callee' })), []);
  });

  it('tells a call that it finds open nothing of the past', () => {
    const open = snapshot({ seq: 9, ring: 'accepted', state: 'open' });
    assert.deepEqual(story({ type: 'attending', snapshot: open }).opening, ['changed']);
  });

  it('hears in another tab of the caller what it never saw begin', () => {
    const open = snapshot({ seq: 2, ring: 'accepted', state: 'open', your_tab: 'other-tab' });
    assert.deepEqual(story(event('answered', 2, open)).opening, ['answered', 'changed']);
  });

  it('learns by asking how a call ended while the connection was lost', () => {
    const call = story({ type: 'answer', move: 'start', snapshot: snapshot() });
    const ended = fromWire(details({ ring: 'missed', reason: 'timeout', state: 'ended' }));
    const told = { type: 'told', snapshot: viewAfter(call.state().view, ended), details: ended };
    assert.deepEqual(call.tell({}, told), ['outcome missed timeout', 'changed']);
    assert.deepEqual(call.tell({}, told), []);
    assert.equal(call.state().details, ended);
  });

  it('falls silent when the ring ended while the connection was lost', () => {
    const ends = (more) => {
      const call = story(event('ring', 1, ringing));
      const ended = fromWire(details(more));
      return call.tell({}, { type: 'told', snapshot: viewAfter(call.state().view, ended), details: ended })[0];
    };
    assert.equal(ends({ ring: 'missed', reason: 'timeout', state: 'ended' }), 'ringstopped timeout');
    assert.equal(ends({ ring: 'missed', reason: 'caller_lost', state: 'ended' }), 'ringstopped cancelled');
    assert.equal(ends({ ring: 'missed', reason: 'dismissed', state: 'ended' }), 'ringstopped dismissed');
    assert.equal(ends({ ring: 'declined', state: 'ended' }), 'ringstopped declined_elsewhere');
    assert.equal(ends({ ring: 'withdrawn', reason: 'feature_disabled', state: 'ended' }), 'ringstopped withdrawn');
  });

  it('R36_closes once', () => {
    const call = story({ type: 'attending', snapshot: snapshot({ seq: 8, ring: 'accepted', state: 'open' }) });
    const over = snapshot({ seq: 12, ring: 'accepted', state: 'completed', reason: 'expired' });
    assert.deepEqual(call.tell(event('call_closed', 12, over, { state: 'completed', reason: 'expired' })),
      ['callclosed expired', 'changed']);
    assert.deepEqual(call.tell(event('snapshot', 12, over)), []);
  });

  it('can be made of its details alone', () => {
    const view = viewOfDetails(fromWire(details({ ring: 'accepted', state: 'completed' })), 'ben');
    assert.deepEqual([view.you, view.yourMedia, view.theirMedia], ['callee', null, 'video']);
    const call = story();
    assert.deepEqual(call.tell({}, { type: 'told', snapshot: view }), ['changed']);
  });

  it('does not count a countdown as a change', () => {
    const call = story({ type: 'attending', snapshot: snapshot() });
    assert.deepEqual(call.tell({ type: 'attending', snapshot: snapshot({ ring_left: 100, left: 50 }) }), []);
  });

  // A story as the server told it, as a bad line brings it: pieces repeated, snapshots of moves and reconnects in between.
  it('R31_R46_tells each thing once and ends as the server has it, however the story arrives', () => {
    const mine = { ...ringing, ring: 'accepted', state: 'open', your_tab: kTab };
    const missed = { ...ringing, seq: 3, ring: 'missed', reason: 'timeout', state: 'ended' };
    const declined = snapshot({ seq: 4, ring: 'declined', state: 'ended' });
    const stories = [
      [
        event('ring', 1, ringing), event('answered', 3, { ...mine, seq: 3 }), event('call_presence', 4, { ...mine, seq: 4, you_inside: true }),
        event('call_closed', 7, { ...mine, seq: 7, state: 'completed', reason: 'expired' }),
      ],
      [event('ring', 1, ringing), event('ring_stopped', 2, missed, { reason: 'timeout' })],
      [
        event('call_presence', 2, snapshot({ seq: 2 })),
        event('outcome', 4, declined, { ring: 'declined', reason: 'none', after: 'offer_message' }),
      ],
    ];
    for (let seed = 1; seed <= 500; seed++) {
      const random = generator(seed);
      const events = stories[seed % stories.length];
      const call = story();
      const news = [];
      for (let i = 0; i < events.length;) {
        const kind = random(4);
        if (kind === 0 && i > 0) news.push(...call.tell(events[random(i)]));
        else if (kind === 1 && i > 0) news.push(...call.tell({ type: 'attending', snapshot: events[random(i)].snapshot }));
        else if (kind === 2) news.push(...call.tell({ type: 'answer', move: 'choose', settled: true, snapshot: events[i].snapshot }));
        else news.push(...call.tell(events[i++]));
      }
      const told = news.filter((each) => each !== 'changed');
      assert.equal(new Set(told).size, told.length, `seed ${seed}: ${told}`);
      assert.deepEqual(call.state().view, fromWire(events.at(-1).snapshot), `seed ${seed}`);
      const count = (begin) => told.filter((each) => each.split(' ')[0] === begin).length;
      assert.equal(count('ring'), count('ringstopped'), `seed ${seed}: ${told}`);
    }
  });
});

function generator(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
