// Which surface stands for which state of a call, and the elements' other pure parts.
import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { factsOf, initial, step, surfaces } from '../../../../signaling/web/elements/controller.js';
import { hueOf, initialsOf, sentence, shownName } from '../../../../signaling/web/elements/names.js';
import { dots, figures, reading } from '../../../../signaling/web/elements/quality.js';

const ada = { member: 'ada', name: 'Ada', avatar: '' };
const ben = { member: 'ben', name: 'Ben', avatar: '' };
const site = { privateCalls: true, messenger: true };

const outgoing = (more = {}) => ({
  id: 'c1', you: 'caller', other: ada, ring: 'ringing', reason: 'none', state: 'ringing', over: false, ringsHere: false, elsewhere: false, busy: false,
  yourMedia: null, theirMedia: null, theyInside: false, messageOffered: true, canRejoin: false, ...more,
});
const incoming = (more = {}) => outgoing({ id: 'c2', you: 'callee', other: ben, ringsHere: true, ...more });

// Runs inputs one after the other; keeps the effects of the last.
function run(inputs, model = { ...initial(), site }) {
  let effects = [];
  for (const input of inputs) ({ model, effects } = step(model, input));
  return { model, effects, shown: surfaces(model) };
}
const doing = (effects) => effects.map((effect) => effect.do).filter((name) => name !== 'status_timer');
const start = { type: 'start', person: ada, origin: 'profile' };
const started = { type: 'started', facts: outgoing(), taken: 'created' };
const choose = { type: 'choose', media: 'video' };
const granted = { type: 'granted', call: 'c1' };
const entered = { type: 'entered', call: 'c1' };
const ringing = [start, started];
const inRoom = [...ringing, choose, granted, entered];
const ring = { type: 'ring', facts: incoming() };
const answer = { type: 'answer', facts: incoming(), media: 'audio' };
const declined = (after) => ({ type: 'outcome', facts: outgoing({ ring: 'declined', state: 'ended', over: true }), ring: 'declined', reason: 'none', after });

describe('The caller', () => {
  it('R5 sees the dialog from the request on, and may choose as soon as it rings', () => {
    assert.equal(run([start]).shown.caller.step, 'starting');
    assert.deepEqual(doing(run([start, choose]).effects), [], 'before it rings there is nothing to choose');
    assert.equal(run(ringing).shown.caller.step, 'choosing');
  });

  it('R8 chooses, is asked for the devices and is in the room without another click', () => {
    const chosen = run([...ringing, choose]);
    assert.deepEqual(doing(chosen.effects), ['choose', 'open_devices']);
    assert.ok(chosen.shown.devices);
    assert.equal(chosen.shown.caller, null);
    const asked = run([...ringing, choose, granted]);
    assert.deepEqual(asked.effects, [{ do: 'enter', call: 'c1', media: 'video' }]);
    assert.equal(run(inRoom).shown.meeting.step, 'room');
  });

  it('R6 R49 cancels from the dialog and from the device prompt; devices that come later are given back', () => {
    for (const before of [ringing, [...ringing, choose]]) {
      const { shown, effects, model } = run([...before, { type: 'cancel' }]);
      assert.deepEqual(doing(effects), ['stop_devices', 'cancel']);
      assert.equal(shown.caller ?? shown.devices ?? shown.modal, null);
      assert.equal(shown.status.kind, 'cancelled');
      assert.deepEqual(doing(step(model, granted).effects), ['stop_devices']);
    }
  });

  it('R6 who cancels while the request is on its way has cancelled the call that comes of it', () => {
    const { effects } = run([start, { type: 'cancel' }, started]);
    assert.deepEqual(effects, [{ do: 'cancel', call: 'c1' }]);
  });

  it('R7 hands the call to a new tab and stays out itself', () => {
    const { effects, shown } = run([...ringing, { ...choose, newTab: true }]);
    assert.deepEqual(effects, [{ do: 'open_tab', call: 'c1', media: 'video' }]);
    assert.ok(shown.docked);
    assert.equal(shown.caller ?? shown.devices ?? shown.meeting, null);
  });

  it('R7 goes on here, with a link, if the browser blocked the tab', () => {
    const { effects, shown } = run([...ringing, { ...choose, newTab: true }, { type: 'blocked', call: 'c1', media: 'video', url: 'https://oak/call#call=c1' }]);
    assert.deepEqual(doing(effects), ['choose', 'open_devices']);
    assert.equal(shown.devices.blocked, 'https://oak/call#call=c1');
  });

  it('R10 R11 is told of a decline by a dialog in front of the room', () => {
    for (const before of [ringing, [...ringing, choose]]) {
      const { shown, effects } = run([...before, declined('offer_message')]);
      assert.equal(shown.modal.kind, 'outcome');
      assert.equal(shown.modal.ring, 'declined');
      assert.equal(shown.devices ?? shown.caller, null);
      assert.deepEqual(doing(effects), ['stop_devices']);
    }
  });

  it('R10 R11 is told by a banner in the room, and nothing of this tab is sent any more', () => {
    const { shown, effects } = run([...inRoom, declined('offer_message')]);
    assert.equal(shown.meeting.step, 'over');
    assert.equal(shown.meeting.banner.kind, 'outcome');
    assert.equal(shown.modal, null);
    assert.deepEqual(doing(effects), ['stop_devices']);
  });

  it('R13 sees everything close by itself where nobody can write, and one line that goes after a while', () => {
    for (const before of [ringing, [...ringing, choose], inRoom]) {
      const { shown, model } = run([...before, declined('close_dialogs')]);
      assert.equal(shown.caller ?? shown.devices ?? shown.meeting ?? shown.modal, null);
      assert.equal(shown.status.ring, 'declined');
      assert.equal(surfaces(step(model, { type: 'status_over', tick: shown.status.tick }).model).status, null);
    }
  });

  it('R13 the timer of an older line does not take a newer one away', () => {
    const { model } = run([{ type: 'status', words: { kind: 'message' } }, { type: 'status', words: { kind: 'cancelled' } }]);
    assert.equal(step(model, { type: 'status_over', tick: 1 }).model.status.kind, 'cancelled');
  });

  it('R14 sees the details after leaving, and leaving while it rings is leaving the call', () => {
    const { shown, effects } = run([...inRoom, { type: 'leave' }]);
    assert.deepEqual(doing(effects), ['stop_devices', 'leave']);
    assert.equal(shown.modal.kind, 'details');
    assert.equal(shown.meeting, null);
  });

  it('R3 R50 is told that the other is not active, with what to do instead', () => {
    const { shown } = run([start, { type: 'refused', code: 'callee_inactive', person: ada }]);
    assert.equal(shown.modal.kind, 'refused');
    assert.equal(shown.caller, null);
    const without = run([start, { type: 'refused', code: 'callee_inactive', person: ada }], { ...initial(), site: { ...site, messenger: false } });
    assert.equal(without.shown.modal, null);
    assert.equal(without.shown.status.code, 'callee_inactive');
  });

  it('R1 is told in a line that calls are off', () => {
    const { shown } = run([start, { type: 'refused', code: 'private_calls_disabled', person: ada }]);
    assert.equal(shown.modal, null);
    assert.equal(shown.status.code, 'private_calls_disabled');
  });

  it('R32 who calls somebody who is calling sees their call', () => {
    const { shown, effects } = run([start, { type: 'started', facts: incoming({ id: 'c1', other: ada }), taken: 'glare' }]);
    assert.equal(shown.incoming.call, 'c1');
    assert.equal(shown.caller, null);
    assert.deepEqual(effects, []);
  });

  it('R43 in a call already, is told so and starts nothing', () => {
    const { shown, effects } = run([...inRoom, { ...start, person: ben }]);
    assert.deepEqual(doing(effects), []);
    assert.equal(shown.meeting.call, 'c1');
    assert.equal(shown.status.code, 'caller_busy');
  });

  it('R44 hears in the room that the other could not connect yet', () => {
    const { shown } = run([...inRoom, { type: 'could_not_connect', facts: outgoing() }]);
    assert.equal(shown.meeting.banner.kind, 'could_not_connect');
  });
});

describe('The callee', () => {
  it('R18 sees the pop-up, and while another call goes on a banner with one soft tone', () => {
    const { shown } = run([ring]);
    assert.equal(shown.incoming.call, 'c2');
    assert.equal(shown.incoming.asBanner, false);
    assert.equal(shown.tone, 'ring');
    const inside = run([...inRoom, ring]).shown;
    assert.equal(inside.incoming.asBanner, true);
    assert.equal(inside.tone, 'soft');
  });

  it('R46 the same ring twice is one pop-up', () => {
    assert.equal(run([ring, ring]).model.rings.length, 1);
  });

  it('R21 answers, is asked for the devices and enters without another click', () => {
    const { effects, shown } = run([ring, answer]);
    assert.deepEqual(doing(effects), ['accept', 'open_devices']);
    assert.ok(shown.devices);
    assert.equal(shown.incoming, null);
    assert.equal(shown.tone, 'none');
    assert.deepEqual(doing(run([ring, answer, { type: 'granted', call: 'c2' }]).effects), ['enter']);
  });

  it('R21 does not enter without a microphone, and may go on without the camera', () => {
    const video = { ...answer, media: 'video' };
    const trouble = { type: 'problem', call: 'c2', problem: { kind: 'in_use', what: 'camera', audioOnly: true } };
    assert.equal(run([ring, video, trouble]).shown.devices.problem.kind, 'in_use');
    assert.deepEqual(run([ring, video, trouble, { type: 'retry', audioOnly: true }]).effects, [{ do: 'open_devices', call: 'c2', media: 'audio' }]);
  });

  it('R43 answering leaves the other call, first', () => {
    const { effects, shown } = run([...inRoom, ring, answer]);
    assert.deepEqual(effects.map((effect) => [effect.do, effect.call]), [['stop_devices', undefined], ['leave', 'c1'], ['accept', 'c2'], ['open_devices', 'c2']]);
    assert.equal(shown.devices.call, 'c2');
  });

  it('R29 closing the pop-up is not declining', () => {
    const { effects, shown } = run([ring, { type: 'dismiss', call: 'c2' }]);
    assert.deepEqual(effects, [{ do: 'dismiss', call: 'c2' }]);
    assert.equal(shown.incoming ?? shown.modal ?? shown.status, null);
  });

  const told = (after) => ({ type: 'outcome', facts: incoming({ ring: 'declined', over: true, ringsHere: false }), ring: 'declined', reason: 'none', after });

  it('R19 the tab that declined is offered to write, in the room by a banner', () => {
    assert.equal(run([ring, { type: 'decline', call: 'c2' }, told('offer_message')]).shown.modal.kind, 'declined');
    const inside = run([...inRoom, ring, { type: 'decline', call: 'c2' }, told('offer_message')]).shown;
    assert.equal(inside.meeting.banner.kind, 'declined');
    assert.equal(inside.modal, null);
  });

  it('R13 R19 and where nobody can write it is a line', () => {
    const { shown } = run([ring, { type: 'decline', call: 'c2' }, told('close_dialogs')]);
    assert.equal(shown.modal, null);
    assert.equal(shown.status.kind, 'declined');
  });

  it('R28 a tab that did not decline shows no dialog', () => {
    const { shown } = run([ring, { type: 'ring_stopped', facts: incoming(), reason: 'declined_elsewhere' }, told('offer_message')]);
    assert.equal(shown.modal ?? shown.incoming, null);
    assert.equal(shown.status.reason, 'declined_elsewhere');
  });

  it('R27 falls silent when another device answers, and says so', () => {
    const { shown } = run([ring, { type: 'ring_stopped', facts: incoming(), reason: 'answered_elsewhere' }]);
    assert.equal(shown.incoming, null);
    assert.equal(shown.status.reason, 'answered_elsewhere');
  });

  it('R21 keeps the prompt when its own answer stops the ring', () => {
    for (const reason of ['answered_here', 'declined_here']) {
      const { shown } = run([ring, answer, { type: 'ring_stopped', facts: incoming({ ring: 'accepted', ringsHere: false }), reason }]);
      assert.ok(shown.devices);
      assert.equal(shown.status, null);
    }
  });

  it('R30 who answered too late is told what was decided, and no device stays open', () => {
    const late = { type: 'settled', facts: incoming({ ring: 'cancelled', state: 'ended', over: true, ringsHere: false }) };
    const { shown, effects } = run([ring, answer, late]);
    assert.equal(shown.devices, null);
    assert.equal(shown.status.ring, 'cancelled');
    assert.ok(doing(effects).includes('stop_devices'));
  });

  it('R20 a second caller waits behind the first', () => {
    const second = { type: 'ring', facts: incoming({ id: 'c3', other: ada }) };
    assert.equal(run([ring, second]).shown.incoming.more, 1);
    assert.equal(run([ring, second, { type: 'dismiss', call: 'c2' }]).shown.incoming.call, 'c3');
  });
});

describe('A meeting', () => {
  it('R33 that goes on in another tab closes here with a word', () => {
    const { shown } = run([...inRoom, { type: 'room_closed', facts: outgoing(), reason: 'replaced' }]);
    assert.equal(shown.meeting, null);
    assert.equal(shown.status.reason, 'replaced');
  });

  it('R11 waits for the outcome if the room closes before it is told', () => {
    const removed = { type: 'room_closed', facts: outgoing(), reason: 'removed' };
    const early = run([...inRoom, removed]);
    assert.equal(early.shown.meeting.step, 'over');
    assert.equal(run([...inRoom, removed, declined('offer_message')]).shown.meeting.banner.kind, 'outcome');
    const late = run([...inRoom, declined('offer_message'), removed]);
    assert.equal(late.shown.meeting.banner.kind, 'outcome');
  });

  it('R36 that reached its end shows the details', () => {
    const { shown, effects } = run([...inRoom, { type: 'call_closed', facts: outgoing({ over: true, state: 'completed', ring: 'accepted' }), state: 'completed', reason: 'expired' }]);
    assert.equal(shown.modal.kind, 'details');
    assert.ok(doing(effects).includes('stop_devices'));
  });

  it('R39 that was cut says who did it, next to the details', () => {
    const { shown } = run([...inRoom, { type: 'call_closed', facts: outgoing({ over: true }), state: 'terminated', reason: 'terminated' }]);
    assert.equal(shown.status.reason, 'terminated');
    assert.equal(shown.modal.kind, 'details');
  });

  it('R16 is entered again from the details, by way of the devices', () => {
    const back = { type: 'rejoin', facts: outgoing({ ring: 'accepted', state: 'open' }), media: 'audio' };
    const { effects, shown } = run([...inRoom, { type: 'leave' }, back]);
    assert.deepEqual(doing(effects), ['choose', 'open_devices']);
    assert.equal(shown.modal, null);
    assert.ok(shown.devices);
  });

  it('R8 that could not be entered can be tried again, by the dialog or the details', () => {
    const failed = (facts) => ({ type: 'move_failed', call: 'c1', code: 'unreachable', facts });
    const calling = run([...ringing, choose, granted, failed(outgoing())]);
    assert.equal(calling.shown.caller.failed, true);
    assert.deepEqual(doing(calling.effects), ['stop_devices']);
    const open = run([...ringing, choose, granted, failed(outgoing({ ring: 'accepted', state: 'open' }))]);
    assert.equal(open.shown.modal.kind, 'details');
    assert.equal(open.shown.modal.note, 'connect');
  });

  it('R17 that is over by then says so', () => {
    const { shown } = run([...ringing, choose, { type: 'move_failed', call: 'c1', code: 'call_expired' }]);
    assert.equal(shown.devices, null);
    assert.equal(shown.status.code, 'call_expired');
  });
});

describe('A call in a new tab', () => {
  it('R7 goes straight to the devices with what was chosen in the other', () => {
    const { effects } = run([{ type: 'take_over', facts: outgoing(), media: 'video' }]);
    assert.deepEqual(doing(effects), ['choose', 'open_devices']);
    assert.deepEqual(doing(run([{ type: 'take_over', facts: incoming(), media: 'video' }]).effects), ['accept', 'open_devices']);
  });

  it('R7 can be taken back by the first tab', () => {
    const { shown } = run([...ringing, { ...choose, newTab: true }, { type: 'take_back' }]);
    assert.ok(shown.caller);
    assert.equal(shown.docked, null);
    const callee = run([ring, { ...answer, newTab: true }, { type: 'take_back' }, choose]);
    assert.deepEqual(doing(callee.effects), ['accept', 'open_devices'], 'the callee has not answered yet');
  });

  it('R7 asks if nothing was chosen: a link from elsewhere chooses for nobody', () => {
    const caller = run([{ type: 'take_over', facts: outgoing(), media: null }]);
    assert.deepEqual(caller.effects, []);
    assert.ok(caller.shown.caller);
    assert.ok(run([{ type: 'take_over', facts: incoming(), media: null }]).shown.incoming);
  });
});

describe('Facts of a call', () => {
  it('are plain values', () => {
    const call = { ...outgoing(), room: {}, signal: {} };
    assert.deepEqual(factsOf(call), outgoing());
  });
});

describe('A stranger’s name', () => {
  it('is one line of at most 80 letters', () => {
    assert.equal(shownName('a'.repeat(200)), `${'a'.repeat(79)}…`);
    assert.equal([...shownName('👩‍👩‍👧‍👦'.repeat(100))].length > 80, true, 'letters are what people see');
    assert.equal(shownName('  Ada\n\tByron\u0000 '), 'Ada Byron');
    assert.equal(shownName(''), 'Somebody');
    assert.equal(shownName(null), 'Somebody');
  });

  it('can’t turn the words around it, nor tower over them', () => {
    assert.equal(shownName('Ada\u202egnp.exe\u2066'), 'Ada gnp.exe');
    assert.ok(shownName(`Z${'\u0301'.repeat(400)}`).length <= 5);
  });

  it('stands isolated in titles and labels', () => {
    assert.equal(String(sentence`${'سليم'} is calling you`), '\u2068سليم\u2069 is calling you');
    assert.equal(String(sentence`Calling ${'Ada'}…`), 'Calling \u2068Ada\u2069…');
  });

  it('has initials and a colour of its member', () => {
    assert.equal(initialsOf('Ada King Byron'), 'AB');
    assert.equal(initialsOf('<b>x'), 'B');
    assert.equal(initialsOf('!!'), '?');
    assert.equal(hueOf('ada'), hueOf('ada'));
    assert.notEqual(hueOf('ada'), hueOf('ben'));
  });
});

describe('Quality', () => {
  const report = (at, received, lost, bytes) => new Map([
    ['a', { type: 'inbound-rtp', kind: 'video', timestamp: at, packetsReceived: received, packetsLost: lost, bytesReceived: bytes, frameWidth: 640, frameHeight: 360 }],
    ['b', { type: 'outbound-rtp', kind: 'video', timestamp: at, bytesSent: bytes / 2, frameWidth: 320, frameHeight: 180, qualityLimitationReason: 'bandwidth' }],
    ['c', { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.05 }],
  ]);
  const between = (a, b) => figures(reading(report(...a)), reading(report(...b)));

  it('is rates, loss and the trip between two readings', () => {
    const found = between([1000, 100, 0, 10_000], [3000, 290, 10, 260_000]);
    assert.equal(found.rateIn, 1_000_000);
    assert.equal(found.rateOut, 500_000);
    assert.equal(found.loss, 0.05);
    assert.equal(found.trip, 50);
    assert.equal(found.limited, 'bandwidth');
  });

  it('is three dots down to none', () => {
    const level = (loss, trip, heard = 100, someone = true) => dots({ loss, lossOut: 0, trip, heard }, { someone });
    assert.equal(level(0, 40), 3);
    assert.equal(level(0.05, 40), 2);
    assert.equal(level(0, 400), 2);
    assert.equal(level(0.2, 40), 1);
    assert.equal(level(0, 40, 0), 0);
    assert.equal(level(0, 40, 0, false), 3, 'alone there is nothing to hear');
  });
});
