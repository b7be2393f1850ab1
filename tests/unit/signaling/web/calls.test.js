// Private calls in the SDK against a scripted server: what is sent, when, and what the page is told.
import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FakeStorage, ada, attending, ben, callsServer, callsSocket, details, installPage, kCall, sent, snapshot } from './call_fakes.js';
import { FakePeerConnection, FakeSocket, FakeTrack, settled } from './fakes.js';
import { openCalls } from '../../../../signaling/web/sdk/parley.js';

let page;
let calls;

const open = async (more = {}, options = {}) => {
  FakeSocket.server = callsServer(more);
  calls = await openCalls({ token: 'a-token', ...options });
  await settled();
  return calls;
};
const until = async (holds) => {
  const deadline = performance.now() + 5000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, 'it happens in time');
    await settled();
  }
};
const record = (on, ...types) => {
  const seen = [];
  for (const type of types) on.on(type, (event) => seen.push({ type, ...event }));
  return seen;
};
const say = (message) => callsSocket().say(message);
const event = (type, seq, view, more = {}) => say({ type, call: kCall, seq, at: 1, snapshot: view, ...more });
const answer = (view, more = {}) => ({ type: 'call', taken: 'moved', settled: false, snapshot: view, ...more });
const here = (more = {}) => snapshot({ your_tab: calls.tab, ...more });

describe('Calls', () => {
  beforeEach(() => (page = installPage()));
  afterEach(() => calls?.close());

  it('sign in, attend, and keep the token out of the address', async () => {
    await open();
    assert.equal(callsSocket().url, 'wss://oak.example/v1/ws');
    assert.deepEqual(callsSocket().sent.map(({ type }) => type), ['auth', 'attend']);
    assert.equal(sent('auth')[0].token, 'a-token');
    assert.deepEqual(calls.you, { ...ada, admin: false, messenger: true, takesCalls: true });
    assert.deepEqual(calls.site, { site: 'oak', privateCalls: true, messenger: true, messengerKind: 'builtin' });
    assert.equal(calls.state, 'connected');
  });

  it('ask the embedding site for tokens, with its cookies', async () => {
    const asked = [];
    globalThis.fetch = async (address, options) => {
      asked.push([address, options.credentials]);
      return { ok: true, status: 200, json: async () => ({ token: 'from-the-site' }) };
    };
    await open({}, { token: undefined, tokenEndpoint: '/community/token' });
    assert.deepEqual(asked, [['/community/token', 'include']]);
    assert.equal(sent('auth')[0].token, 'from-the-site');
  });

  it('are refused to whoever is signed in nowhere', async () => {
    globalThis.fetch = async () => ({ ok: false, status: 401 });
    await assert.rejects(open({}, { token: undefined, tokenEndpoint: '/community/token' }), { code: 'unauthorized' });
  });

  it('R3_say that a person opened the page, and not so when they reconnect by themselves', async () => {
    await open();
    const seen = record(calls, 'reconnecting', 'reconnected');
    callsSocket().drop(1006);
    assert.equal(calls.state, 'reconnecting');
    await until(() => seen.length === 2);
    assert.deepEqual(sent('attend').map(({ opened }) => opened), [true, false]);
    assert.equal(new Set(sent('attend').map(({ tab }) => tab)).size, 1);
  });

  it('R3_report a hand on the page at most once a minute', async (t) => {
    t.mock.timers.enable({ apis: ['Date'] });
    let now = 100_000;
    t.mock.method(performance, 'now', () => now);
    await open();
    page.window.fire('pointerdown');
    assert.equal(sent('interacted').length, 0, 'opening the page counted already');
    now += 61_000;
    page.window.fire('pointerdown');
    page.window.fire('keydown');
    assert.equal(sent('interacted').length, 1);
    now += 61_000;
    page.document.fire('visibilitychange');
    assert.equal(sent('interacted').length, 2);
  });

  it('start a call once, however often the button is pressed', async () => {
    await open();
    const [one, two] = await Promise.all([calls.start('ben', { origin: 'profile' }), calls.start('ben', { origin: 'profile' })]);
    assert.equal(one, two);
    assert.deepEqual(sent('call_start').map(({ member, origin }) => [member, origin]), [['ben', 'profile']]);
    assert.match(sent('call_start')[0].request, /^[0-9a-f]{32}$/);
    assert.equal(one.you, 'caller');
    assert.equal(one.other.name, 'Ben');
    assert.ok(one.ringLeft > 29_000 && one.ringLeft <= 30_000);
  });

  it('R34_repeat a start that got no answer under its old request id', async () => {
    let answers = false;
    await open({ call_start: () => (answers ? answer(snapshot(), { taken: 'same' }) : null) });
    const lost = calls.start('ben', { origin: 'profile' });
    await until(() => sent('call_start').length === 1);
    callsSocket().drop(1006);
    await assert.rejects(lost, { code: 'connection_lost' });
    answers = true;
    await until(() => calls.state === 'connected');
    await calls.start('ben', { origin: 'profile' });
    await calls.start('ben', { origin: 'profile' });
    const requests = sent('call_start').map(({ request }) => request);
    assert.equal(requests[0], requests[1]);
    assert.notEqual(requests[1], requests[2], 'an answered one is done with');
  });

  it('reject a start with the refusal', async () => {
    await open({ call_start: () => ({ type: 'error', code: 'callee_inactive', message: 'They are not there.' }) });
    await assert.rejects(calls.start('ben', { origin: 'profile' }), { name: 'ParleyError', code: 'callee_inactive' });
    assert.equal(calls.calls.size, 0);
  });

  it('ring, with the same call object from then on', async () => {
    await open({ call_ring_shown: () => answer(snapshot({ you: 'callee' })),
      call_accept: ({ media }) => answer(here({ you: 'callee', seq: 3, ring: 'accepted', state: 'open', your_media: media })) });
    const seen = record(calls, 'ring', 'ringstopped', 'answered');
    event('ring', 1, snapshot({ you: 'callee' }));
    const { call } = seen[0];
    assert.equal(call.other.name, 'Ada');
    assert.ok(call.ringsHere);
    await call.ringShown();
    await call.ringShown();
    assert.deepEqual(await call.accept('video'), { taken: 'moved', settled: false });
    assert.deepEqual(seen.map(({ type, reason }) => [type, reason]),
      [['ring', undefined], ['ringstopped', 'answered_here'], ['answered', undefined]]);
    assert.ok(call.here && !call.ringsHere && !call.over);
  });

  it('R20_report the pop-up shown only when the page says so, and once', async () => {
    await open({ call_ring_shown: () => answer(snapshot({ you: 'callee' })) });
    event('ring', 1, snapshot({ you: 'callee' }));
    assert.equal(sent('call_ring_shown').length, 0);
    const call = calls.calls.get(kCall);
    await Promise.all([call.ringShown(), call.ringShown()]);
    assert.equal(sent('call_ring_shown').length, 1);
  });

  it('R32_give the callee\'s choices to whoever calls somebody who is calling', async () => {
    await open({ call_start: () => answer(snapshot({ you: 'callee', caller: ben, callee: ada }), { taken: 'glare' }) });
    const seen = record(calls, 'ring');
    const call = await calls.start('ben', { origin: 'profile' });
    assert.equal(call.you, 'callee');
    assert.equal(seen[0].call, call);
  });

  it('R30_resolve a move that came too late, with what was decided', async () => {
    await open({ call_cancel: () => answer(here({ seq: 4, ring: 'declined', state: 'ended' }), { settled: true }) });
    const call = await calls.start('ben', { origin: 'profile' });
    const seen = record(call, 'outcome');
    assert.equal((await call.cancel()).settled, true);
    assert.deepEqual(seen.map(({ ring, after }) => [ring, after]), [['declined', 'offer_message']]);
    assert.ok(call.over);
  });

  it('tell of a call on the page and on the call alike', async () => {
    await open();
    const call = await calls.start('ben', { origin: 'profile' });
    const onPage = record(calls, 'backincall', 'closingsoon', 'details', 'couldnotconnect');
    const onCall = record(call, 'backincall', 'closingsoon', 'details', 'couldnotconnect');
    const open2 = snapshot({ seq: 9, ring: 'accepted', state: 'open' });
    event('back_in_call', 3, open2, { party: 'callee' });
    event('closing_soon', 4, open2, { left: 60_000 });
    event('could_not_connect', 5, open2, { party: 'callee' });
    event('details', 6, open2, { details: details({ talked: 5000 }), party: 'caller' });
    assert.deepEqual(onCall.map(({ type, party, left }) => [type, party ?? left]),
      [['backincall', 'callee'], ['closingsoon', 60_000], ['couldnotconnect', 'callee'], ['details', 'caller']]);
    assert.deepEqual(onPage.map(({ call: of, ...rest }) => rest), onCall);
    assert.ok(onPage.every(({ call: of }) => of === call));
    assert.equal(call.lastDetails.talked, 5000);
  });

  it('hold back what was found on connecting until somebody can have subscribed', async () => {
    FakeSocket.server = callsServer({
      attend: () => attending({
        you: ben, calls: [snapshot({ you: 'callee' })], unread: 2,
        notifications: [{ serial: 1, call: 'f'.repeat(32), from: ada, at: 5, read: false, message_offered: true }],
      }),
    });
    calls = await openCalls({ token: 'a-token' });
    const seen = record(calls, 'ring', 'notification');
    await until(() => seen.length === 2);
    assert.deepEqual([seen[0].call.id, seen[1].item.from.name, seen[1].unread, seen[1].fresh], [kCall, 'Ada', 2, false]);
    assert.equal(calls.unread, 2);
  });

  it('watch what the page names and what single cards follow, in one message', async () => {
    await open();
    const heard = [];
    const people = calls.watch(['ben']);
    const stop = calls.follow('cem', (person) => heard.push([person.member, person.active]));
    calls.follow('ben', () => {});
    await until(() => people.size === 2);
    assert.deepEqual(sent('watch').map(({ members }) => members), [['ben', 'cem']]);
    const seen = record(calls, 'presence');
    say({ type: 'presence', member: { member: 'cem', name: 'Cem', avatar: '', active: true, callable: true } });
    assert.deepEqual(heard, [['cem', false], ['cem', true]]);
    assert.equal(people.get('cem').callable, true);
    assert.equal(seen.length, 1);
    stop();
    await until(() => sent('watch').length === 2);
    assert.deepEqual(sent('watch')[1].members, ['ben']);
    await until(() => people.size === 1);
  });

  it('watch again after a lost connection', async () => {
    await open();
    calls.watch(['ben']);
    await until(() => calls.people.size === 1);
    callsSocket().drop(1006);
    await until(() => sent('watch').length === 2);
    assert.deepEqual(sent('watch')[1].members, ['ben']);
  });

  it('reject commands while the connection is lost, and mark what they show as old', async () => {
    await open();
    const call = await calls.start('ben', { origin: 'profile' });
    callsSocket().drop(1006);
    assert.ok(call.stale);
    await assert.rejects(call.choose('audio'), { code: 'connection_lost' });
    await assert.rejects(calls.history(), { code: 'connection_lost' });
    await until(() => !call.stale);
  });

  it('R6_say a cancel that the lost connection swallowed as soon as it is back', async () => {
    await open({ call_cancel: () => answer(here({ seq: 5, ring: 'cancelled', state: 'ended' })) });
    const call = await calls.start('ben', { origin: 'profile' });
    callsSocket().drop(1006);
    await assert.rejects(call.cancel(), { code: 'connection_lost' });
    assert.ok(call.signal.aborted);
    await until(() => sent('call_cancel').length === 1);
    await until(() => call.over);
  });

  it('learn how a call ended that is gone when the connection is back, and say it once', async () => {
    await open({ call_details: () => ({ type: 'call_details', details: details({ ring: 'missed', reason: 'timeout', state: 'ended' }) }) });
    const call = await calls.start('ben', { origin: 'profile' });
    const seen = record(calls, 'outcome');
    callsSocket().drop(1006);
    await until(() => seen.length === 1);
    assert.deepEqual([seen[0].call, seen[0].ring, seen[0].reason], [call, 'missed', 'timeout']);
    callsSocket().drop(1006);
    await until(() => sent('attend').length === 3 && calls.state === 'connected');
    assert.equal(sent('call_details').length, 1);
    assert.equal(seen.length, 1);
  });

  it('end when they are replaced, signed out or deactivated, and never return', async () => {
    for (const reason of ['replaced', 'deactivated', 'signed_out']) {
      page = installPage();
      await open();
      const seen = record(calls, 'closed', 'reconnecting');
      say({ type: 'attendance_closed', reason });
      FakeSocket.all.at(-1).drop(1000);
      await settled();
      assert.deepEqual(seen, [{ type: 'closed', reason }]);
      assert.equal(calls.state, 'closed');
      assert.equal(FakeSocket.all.length, 1);
    }
  });

  it('sign out', async () => {
    await open();
    const seen = record(calls, 'closed');
    await calls.signOut();
    assert.equal(sent('sign_out').length, 1);
    assert.deepEqual(seen, [{ type: 'closed', reason: 'signed_out' }]);
    await assert.rejects(calls.history(), { code: 'closed' });
  });

  it('come back with a fresh token when the old one ran out while the machine slept', async (t) => {
    let asked = 0;
    let now = 0;
    t.mock.method(performance, 'now', () => now);
    await open({}, { token: async () => `token-${++asked}` });
    now = 3_600_000;
    callsSocket().drop(1008);
    for (let i = 0; i < 2000 && calls.state !== 'connected'; i++) await settled();
    assert.equal(calls.state, 'connected');
    assert.deepEqual(sent('auth').map(({ token }) => token), ['token-1', 'token-2']);
  });

  it('give up on a token that is refused', async () => {
    let known = true;
    await open({
      auth: () => (known ? { type: 'authenticated', member: 'ada' } : { type: 'error', code: 'unauthorized', message: 'Expired.' }),
    });
    const seen = record(calls, 'closed');
    known = false;
    callsSocket().drop(1006);
    await until(() => seen.length === 1);
    assert.equal(seen[0].reason, 'unauthorized');
  });

  it('wait for a server that is not there yet', async () => {
    FakeSocket.refuse = true;
    const opening = open();
    await until(() => FakeSocket.all.length === 2);
    FakeSocket.refuse = false;
    await opening;
    assert.equal(calls.state, 'connected');
  });

  it('read and write what is stored', async () => {
    await open({
      calls: () => ({ type: 'calls', calls: [details({ talked: 9 })], before: 4 }),
      notifications: () => ({ type: 'notifications', items: [], unread: 3 }),
      mark_read: () => ({ type: 'marked', unread: 1 }),
      message_send: ({ to, text, call, key }) => ({ type: 'message', message: { serial: 1, from: 'ada', to, call, text, at: 1, key } }),
      thread: () => ({ type: 'thread', with: ben, usable: true, messages: [] }),
    });
    assert.deepEqual((({ calls: [{ talked }], before }) => [talked, before])(await calls.history({ before: 9 })), [9, 4]);
    assert.equal(sent('calls')[0].before, 9);
    const unread = record(calls, 'unreadchanged');
    await calls.notifications({ unread: true });
    assert.equal(await calls.markRead([kCall]), 1);
    assert.deepEqual(unread.map(({ unread: count }) => count), [3, 1]);
    assert.equal((await calls.sendMessage('ben', 'Later?', { call: kCall })).call, kCall);
    assert.match(sent('message_send')[0].key, /^[0-9a-f]{32}$/);
    assert.equal((await calls.thread('ben')).usable, true);
  });

  it('hand writing over to a platform that has the messenger', async () => {
    await open();
    assert.equal(calls.writeTo('ben'), false);
    say({ type: 'site_changed', site: { site: 'oak', private_calls: true, messenger: true, messenger_kind: 'platform' } });
    const seen = record(calls, 'writemessage');
    assert.equal(calls.writeTo('ben', { call: kCall }), true);
    assert.deepEqual(seen, [{ type: 'writemessage', member: 'ben', call: kCall }]);
    await assert.rejects(calls.sendMessage('ben', 'Hello'), { code: 'messenger_off' });
  });

  it('change settings over HTTP with the same token', async () => {
    const asked = [];
    globalThis.fetch = async (address, { method, headers, body }) => {
      asked.push([method, address, headers.authorization, body]);
      return { ok: true, status: 200, json: async () => ({ private_calls: true, messenger: false }) };
    };
    await open();
    assert.deepEqual(await calls.setSiteSettings({ privateCalls: true, calls: { onDisable: 'keep' } }),
      { privateCalls: true, messenger: false });
    await calls.setMine({ takesCalls: false });
    assert.deepEqual(asked, [
      ['PATCH', 'https://oak.example/v1/sites/oak', 'Bearer a-token', '{"private_calls":true,"calls":{"on_disable":"keep"}}'],
      ['PATCH', 'https://oak.example/v1/sites/oak/members/ada', 'Bearer a-token', '{"takes_calls":false}'],
    ]);
  });

  it('list the members of a site, page after page', async () => {
    const asked = [];
    globalThis.fetch = async (address) => {
      asked.push(address);
      const body = asked.length === 1 ? { members: [ada], after: 'ada' } : { members: [ben] };
      return { ok: true, status: 200, json: async () => body };
    };
    await open();
    assert.deepEqual((await calls.members()).map(({ name }) => name), ['Ada', 'Ben']);
    const all = 'https://oak.example/v1/sites/oak/members?limit=200';
    assert.deepEqual(asked, [all, `${all}&after=ada`]);
  });

  it('reject a setting that the server refuses, with its code', async () => {
    const problem = { status: 403, code: 'forbidden', detail: 'Administrators only.' };
    globalThis.fetch = async () => ({ ok: false, status: 403, json: async () => problem });
    await open();
    await assert.rejects(calls.setSiteSettings({ privateCalls: true }), { code: 'forbidden', message: 'Administrators only.' });
  });
});

describe('The room of a call', () => {
  beforeEach(() => (page = installPage({ permissions: { microphone: 'granted', camera: 'granted' } })));
  afterEach(() => {
    for (const call of calls.calls.values()) call.room?.leave();
    calls.close();
  });

  const media = () => ({ audio: new FakeTrack('audio'), video: new FakeTrack('video') });
  const joined = ({ offer }) => ({
    type: 'joined', session: 1, member: 'ada', room: kCall, resume: 'secret', members: [], tracks: [], slots: [], ice_servers: [],
    answer: offer && `answer to ${offer}`,
  });
  const taken = { call_choose: ({ media: chosen }) => answer(here({ seq: 2, your_media: chosen })) };
  const start = async (more = {}) => {
    await open({ ...taken, join: joined, ...more });
    const call = await calls.start('ben', { origin: 'profile' });
    await call.choose('video');
    return call;
  };
  const roomSocket = () => FakeSocket.all.filter((socket) => socket.sent.some(({ type }) => type === 'join')).at(-1);

  it('R8_is entered with a ticket and the tab, in one call', async () => {
    const call = await start();
    const seen = record(calls, 'roomopened');
    const room = await call.enter(media());
    const [join] = sent('join');
    assert.deepEqual([join.ticket, join.tab, join.room], ['a-ticket', calls.tab, undefined]);
    assert.deepEqual(join.tracks.map(({ source }) => source), ['microphone', 'camera']);
    assert.equal(roomSocket().sent[0].token, 'a-token');
    assert.equal(call.room, room);
    assert.equal(seen[0].room, room);
    assert.equal(sent('call_ticket').length, 1);
  });

  it('is entered once, however often it is pressed', async () => {
    const call = await start();
    const [one, two] = await Promise.all([call.enter(media()), call.enter(media())]);
    assert.equal(one, two);
    assert.equal(await call.enter(media()), one);
    assert.equal(sent('join').length, 1);
  });

  it('R49_is not entered after a cancel, wherever the entry had got to', async () => {
    for (const stage of ['call_ticket', 'auth', 'join']) {
      page = installPage();
      let reached = false;
      let cancelled = false;
      const call = await start({
        [stage]: (message) => {
          const isRoom = stage !== 'auth' || calls?.state === 'connected';
          if (!isRoom) return { type: 'authenticated', member: 'ada' };
          reached = true;
          return null;
        },
        call_cancel: () => ((cancelled = true), answer(here({ seq: 5, ring: 'cancelled', state: 'ended' }))),
      });
      const entering = call.enter(media());
      const refused = assert.rejects(entering, { code: 'aborted' }, stage);
      await until(() => reached);
      await call.cancel();
      if (stage === 'call_ticket') say({ type: 'ticket', id: sent('call_ticket')[0].id, call: kCall, ticket: 'late' });
      await refused;
      assert.ok(cancelled);
      assert.equal(call.room, null);
      assert.ok(FakePeerConnection.all.every(({ connectionState }) => connectionState === 'closed'));
      if (stage === 'call_ticket') assert.equal(sent('join').length, 0);
      calls.close();
    }
  });

  it('R7_is left to the other tab that took the call over', async () => {
    const call = await start({ call_ticket: () => null });
    const refused = assert.rejects(call.enter(media()), { code: 'aborted' });
    await until(() => sent('call_ticket').length === 1);
    event('call_presence', 3, here({ seq: 3, your_tab: 'the-other-tab-of-ada' }));
    assert.ok(call.elsewhere);
    say({ type: 'ticket', id: sent('call_ticket')[0].id, call: kCall, ticket: 'late' });
    await refused;
  });

  it('says the refusal when there is no ticket', async () => {
    const call = await start({ call_ticket: () => ({ type: 'error', code: 'call_expired', message: 'Its time is over.' }) });
    await assert.rejects(call.enter(media()), { code: 'call_expired' });
  });

  it('R14_is left with the call, and the details come', async () => {
    const over = () => here({ seq: 9, ring: 'accepted', state: 'open', your_tab: null, can_rejoin: true });
    const call = await start({ call_leave: () => answer(over()) });
    const room = await call.enter(media());
    event('answered', 3, here({ seq: 3, ring: 'accepted', state: 'open' }));
    const seen = record(call, 'roomclosed', 'details');
    await call.leave();
    event('details', 9, over(), { details: details({ talked: 1234 }), party: 'caller' });
    assert.equal(room.state, 'closed');
    assert.equal(call.room, null);
    assert.deepEqual(seen.map(({ type }) => type), ['roomclosed', 'details']);
    assert.ok(call.canRejoin);
    await assert.rejects(call.enter(media()), { code: 'aborted' }, 'coming back is said with choose or rejoin');
  });

  it('R16_is entered again: a choice, a new ticket, a new join', async () => {
    let seq = 1;
    const opened = (more) => answer(here({ seq: ++seq, ring: 'accepted', state: 'open', ...more }));
    const call = await start({
      call_leave: () => opened({ your_tab: null, can_rejoin: true }),
      call_choose: ({ media: chosen }) => opened({ your_media: chosen }),
    });
    await call.enter(media());
    await call.leave();
    const room = await call.rejoin('audio', { audio: new FakeTrack('audio') });
    assert.deepEqual(sent('call_choose').map(({ media: chosen }) => chosen), ['video', 'audio']);
    assert.equal(sent('call_ticket').length, 2);
    assert.equal(call.room, room);
  });

  it('keeps its session over a lost connection, without a ticket', async () => {
    const call = await start();
    const room = await call.enter(media());
    await settled();
    roomSocket().drop(1006);
    await until(() => sent('join').length === 2 && room.state === 'connected');
    assert.deepEqual([sent('join')[1].room, sent('join')[1].resume], [kCall, 'secret']);
    assert.equal(sent('join')[1].ticket, undefined);
    assert.equal(sent('call_ticket').length, 1);
  });

  it('R40_joins anew with a new ticket when the server was started again', async () => {
    const call = await start({
      join: ({ resume, offer }) => (resume
        ? { type: 'error', code: 'not_found', message: 'No such session.' }
        : joined({ offer })),
    });
    const room = await call.enter(media());
    const seen = record(room, 'reconnected');
    await settled();
    const roomLine = roomSocket();
    callsSocket().drop(1006);
    roomLine.drop(1006);
    await until(() => seen.length === 1);
    assert.equal(seen[0].resumed, false);
    assert.equal(sent('call_ticket').length, 2);
    assert.equal(sent('join').at(-1).ticket, 'a-ticket');
    assert.equal(call.room, room);
  });

  it('R33_stays closed when it was replaced or removed', async () => {
    for (const reason of ['replaced', 'removed']) {
      page = installPage();
      const call = await start();
      const room = await call.enter(media());
      const seen = record(call, 'roomclosed');
      await settled();
      roomSocket().say({ type: 'closed', reason });
      roomSocket().drop(1000);
      await settled();
      assert.deepEqual(seen, [{ type: 'roomclosed', reason }]);
      assert.equal(room.state, 'closed');
      assert.equal(call.room, null);
      assert.equal(sent('join').length, 1);
      calls.close();
    }
  });

  it('comes back by itself after an orderly restart of the server', async () => {
    const call = await start();
    const room = await call.enter(media());
    await settled();
    roomSocket().say({ type: 'connected' });
    roomSocket().say({ type: 'closed', reason: 'shutdown' });
    await until(() => sent('join').length === 2 && room.state === 'connected');
    assert.equal(sent('join')[1].ticket, 'a-ticket');
    assert.equal(call.room, room);
  });

  describe('after a reload', () => {
    const openCall = () => snapshot({ seq: 9, ring: 'accepted', state: 'open', your_media: 'video', can_rejoin: true });
    const granted = { microphone: 'granted', camera: 'granted' };
    // Everything up to the moment when the page has gone, and the next one of the same tab has come.
    const reload = async ({ navigation = 'reload', permissions = granted, before = () => {} } = {}) => {
      const call = await start();
      const room = await call.enter(media());
      await room.publications[0].mute(true);
      page.window.fire('pagehide');
      assert.equal(room.state, 'closed', 'nobody is left in the room while the page changes');
      calls.close();
      before();
      const { locks, browser } = page;
      locks.held.clear();
      page = installPage({ tab: page.tab, browser, locks, permissions });
      page.navigation = navigation;
      await open({ attend: () => attending({ calls: [openCall()] }) });
    };

    it('can be gone back into as it was', async () => {
      await reload();
      const { call, media: chosen, muted } = await calls.resumable();
      assert.deepEqual([call.id, chosen, muted], [kCall, 'video', { audio: true, video: false }]);
    });

    it('asks for a click where the devices would', async () => {
      await reload({ permissions: { microphone: 'granted' } });
      assert.equal(await calls.resumable(), null);
    });

    it('is not gone back into by a tab that was opened anew, or after a minute', async (t) => {
      await reload({ navigation: 'back_forward' });
      assert.equal(await calls.resumable(), null);
      await reload({ before: () => t.mock.method(Date, 'now', () => 4e12) });
      assert.equal(await calls.resumable(), null);
    });

    it('is not gone back into after leaving it', async () => {
      const call = await start({ call_leave: () => answer(openCall()) });
      await call.enter(media());
      await call.leave();
      assert.equal(page.tab.getItem('parley.inside'), null);
    });

    it('is not gone back into by a copy of the tab', async () => {
      const call = await start();
      await call.enter(media());
      const first = calls;
      const { browser, locks } = page;
      page = installPage({ tab: new FakeStorage(page.tab), browser, locks, permissions: granted });
      page.navigation = 'reload';
      await open({});
      assert.notEqual(calls.tab, first.tab);
      assert.equal(calls.device, first.device);
      assert.equal(await calls.resumable(), null);
      for (const each of first.calls.values()) each.room?.leave();
      first.close();
    });
  });
});

describe('A tab', () => {
  afterEach(() => calls.close());

  it('keeps its id over a reload, and shares the device\'s with the others', async () => {
    page = installPage();
    await open();
    const { tab, device } = calls;
    assert.match(tab, /^[0-9a-f]{32}$/);
    calls.close();
    page.locks.held.clear();
    page = installPage({ tab: page.tab, browser: page.browser, locks: page.locks });
    await open();
    assert.deepEqual([calls.tab, calls.device], [tab, device]);
  });

  it('takes no waiting for its own id when another tab opened it, with a copy of everything', async () => {
    page = installPage();
    await open();
    const first = calls;
    const { browser, locks } = page;
    page = installPage({ tab: new FakeStorage(page.tab), browser, locks, href: `https://oak.example/call#call=${kCall}` });
    const begun = performance.now();
    await open();
    assert.ok(performance.now() - begun < 400);
    assert.notEqual(calls.tab, first.tab);
    first.close();
  });

  it('waits for the page before it to let go', async () => {
    page = installPage();
    await open();
    const before = calls;
    setTimeout(() => page.locks.release(`parley.tab.${before.tab}`), 20);
    page = installPage({ tab: page.tab, browser: page.browser, locks: page.locks });
    await open();
    assert.equal(calls.tab, before.tab);
    before.close();
  });

  it('is the same for whoever signs in after the one before', async () => {
    page = installPage();
    await open();
    const { tab } = calls;
    await calls.signOut();
    await open();
    assert.equal(calls.tab, tab);
  });

  it('goes without storage and locks', async () => {
    page = installPage();
    for (const name of ['sessionStorage', 'localStorage'])
      Object.defineProperty(globalThis, name, { configurable: true, get() { throw new Error('denied'); } });
    globalThis.navigator = {};
    await open();
    assert.match(calls.tab, /^[0-9a-f]{32}$/);
    assert.equal(await calls.resumable(), null);
  });
});

describe('A call in a new tab', () => {
  beforeEach(() => (page = installPage()));
  afterEach(() => calls.close());

  it('R7_is opened by an address that carries the call and no secret', async () => {
    await open({}, { callPage: '/call' });
    const call = await calls.start('ben', { origin: 'profile' });
    assert.ok(calls.openInNewTab(call, 'video'));
    assert.deepEqual(page.opened, [`https://oak.example/call#call=${kCall}`]);
  });

  it('R7_is a link where the browser blocks it', async () => {
    await open({}, { callPage: '/call' });
    const call = await calls.start('ben', { origin: 'profile' });
    page.blocked = true;
    assert.equal(calls.openInNewTab(call, 'video'), null);
    assert.equal(calls.newTabUrl(call, 'video'), `https://oak.example/call#call=${kCall}`);
  });

  it('R7_finds there what was chosen, with its own id, and cleans the address', async () => {
    await open({}, { callPage: '/call' });
    const call = await calls.start('ben', { origin: 'profile' });
    calls.openInNewTab(call, 'video');
    const first = calls;
    const { browser, locks, opened } = page;
    page = installPage({ browser, locks, href: opened[0] });
    await open();
    assert.equal(page.address, 'https://oak.example/call');
    assert.deepEqual([calls.handedOver.call.id, calls.handedOver.media], [kCall, 'video']);
    assert.notEqual(calls.tab, first.tab);
    assert.equal(calls.device, first.device);
    first.close();
  });

  it('chooses nothing for whoever follows a link from elsewhere', async () => {
    page = installPage({ href: `https://oak.example/call#call=${kCall}` });
    await open();
    assert.deepEqual([calls.handedOver.call.id, calls.handedOver.media], [kCall, null]);
  });

  it('has nothing where the call is not the member\'s', async () => {
    page = installPage({ href: `https://oak.example/call#call=${kCall}` });
    await open({ call_details: () => ({ type: 'error', code: 'not_found', message: 'No such call.' }) });
    assert.equal(calls.handedOver, null);
  });
});
