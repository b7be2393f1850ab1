// The rules of private calls, by a running server and its store: clients of the protocol, no browser, no media.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { makeSite, random, refused, startCallSite } from './support/call_site.js';
import { until } from './support/until.js';

const kRing = 10;   // seconds, the shortest ring there is

describe('private calls, by the running server', { concurrency: 8 }, () => {
  let first;
  const sites = [];

  before(async () => { first = await startCallSite(); });
  after(async () => {
    for (const site of sites) site.hangUp();
    await first?.stop();
  });

  async function siteOf(how) {
    const site = await makeSite(first.server, how);
    sites.push(site);
    return site;
  }

  const callsOf = async (site) => (await site.rest('GET', `/v1/sites/${site.id}/calls?member=ada`)).body.calls;
  const notificationsOf = async (site, member) =>
    (await site.rest('GET', `/v1/sites/${site.id}/notifications?member=${member}`)).body.items;
  const auditOf = async (site) => (await site.rest('GET', `/v1/sites/${site.id}/audit`)).body.entries;

  it('R1 R48: with the toggle off a start is refused, leaves no call behind, and the refusal is in the audit', async () => {
    const site = await siteOf({ settings: { private_calls: false } });
    const ada = await site.tab('ada');
    const bob = await site.tab('bob');
    await refused(ada.start('bob'), 'private_calls_disabled');
    await bob.settle();
    assert.deepEqual(bob.all('ring'), []);
    assert.deepEqual(await callsOf(site), []);
    assert.ok((await auditOf(site)).some((line) => line.refused === 'private_calls_disabled'));
  });

  it('R2 R48: the toggle of a new site is off, and only an administrator changes it', async () => {
    const id = `fresh-${random().slice(0, 6)}`;
    assert.ok((await first.admin('PUT', `/admin/v1/sites/${id}`, {})).status < 300);
    const service = await first.server.cli('token', '--service', '--site', id);
    const settings = async () => (await first.rest('GET', `/v1/sites/${id}`, undefined, service)).body.private_calls;
    assert.equal(await settings(), false);

    await first.rest('PUT', `/v1/sites/${id}/members`, [{ member: 'eve', name: 'Eve' }, { member: 'root', name: 'Root', role: 'admin' }], service);
    const eve = await first.server.cli('token', '--member', 'eve', '--site', id);
    const root = await first.server.cli('token', '--member', 'root', '--site', id);
    assert.equal((await first.rest('PATCH', `/v1/sites/${id}`, { private_calls: true }, eve)).status, 403);
    assert.equal(await settings(), false);
    assert.equal((await first.rest('PATCH', `/v1/sites/${id}`, { private_calls: true }, await first.tokenOf('ada'))).status >= 400, true);
    assert.equal(await settings(), false);
    assert.equal((await first.rest('PATCH', `/v1/sites/${id}`, { private_calls: true }, root)).status, 200);
    assert.equal(await settings(), true);
    const { entries } = (await first.rest('GET', `/v1/sites/${id}/audit`, undefined, service)).body;
    assert.ok(entries.some((line) => line.refused !== '' && line.by === 'eve'), 'the refused write has a line');
    assert.ok(entries.some((line) => line.refused === '' && line.by === 'root'), 'the change has a line');
  });

  it('R3: who has no page open, or has signed out, is not called', async () => {
    const site = await siteOf();
    const ada = await site.tab('ada');
    await refused(ada.start('bob'), 'callee_inactive');
    const bob = await site.tab('bob');
    bob.send('sign_out');
    assert.equal((await bob.next('attendance_closed')).reason, 'signed_out');
    await refused(ada.start('bob'), 'callee_inactive');
    const again = await site.tab('bob', { opened: false });
    await refused(ada.start('bob'), 'callee_inactive');
    again.send('interacted');
    await again.settle();
    assert.equal((await ada.start('bob')).taken, 'created');
  });

  it('R5: what is none of the caller’s three moves is refused', async () => {
    const site = await siteOf();
    const { from, call } = await site.ringing('ada', 'bob');
    await refused(from.ask('call_accept', { call, media: 'audio' }), 'not_your_move');
    await refused(from.ask('call_decline', { call }), 'not_your_move');
    await refused(from.ask('call_ticket', { call }), 'no_media_chosen');
  });

  it('R6 R20: cancelling takes the pop-up away, shuts the door, and is missed by whoever saw it', async () => {
    const site = await siteOf();
    const { from, to, call } = await site.ringing('ada', 'bob');
    await to.ask('call_ring_shown', { call });
    await from.ask('call_choose', { call, media: 'video' });
    const { ticket } = await from.ask('call_ticket', { call });
    await from.ask('call_cancel', { call });
    assert.equal((await to.next('ring_stopped')).reason, 'cancelled');
    const door = await site.tab('ada', { attend: false });
    await refused(door.ask('join', { ticket, tab: from.tab }), 'not_found');
    assert.equal((await notificationsOf(site, 'bob')).length, 1);
  });

  it('R12 R23 R24: both come into one room, and nobody else does', async () => {
    const site = await siteOf();
    const { from, to, call } = await site.talking('ada', 'bob');
    assert.equal(from.room.joined.room, to.room.joined.room);
    const members = to.room.joined.members.map(({ member }) => member);
    assert.deepEqual(members, ['ada']);

    // A third member, an administrator and the platform get what they would for a call that does not exist.
    const cleo = await site.tab('cleo');
    await refused(cleo.ask('call_ticket', { call }), 'not_found');
    await refused(cleo.ask('call_details', { call }), 'not_found');
    for (const room of [call, `call/${call}`, `../call/${call}`, `call%2F${call}`]) {
      for (const parts of [['--service'], ['--member', 'mallory'], ['--member', 'mallory', '--room', room]]) {
        const token = await site.server.cli('token', ...parts, '--publish', '--subscribe');
        const line = await site.tab('cleo', { attend: false, token });
        const joined = await line.ask('join', { room }).catch((error) => error);
        assert.ok((joined.members ?? []).every(({ member }) => !['ada', 'bob'].includes(member)), `${parts} in ${room} meets none of the two`);
      }
    }
    assert.deepEqual(from.room.all('member_joined').map(({ member }) => member), ['bob']);
  });

  it('R24: a ticket is for one tab, once', async () => {
    const site = await siteOf();
    const { from, call } = await site.ringing('ada', 'bob');
    await from.ask('call_choose', { call, media: 'audio' });
    const { ticket } = await from.ask('call_ticket', { call });
    const line = await site.tab('ada', { attend: false });
    await refused(line.ask('join', { ticket, tab: random() }), 'not_found');
    const { ticket: second } = await from.ask('call_ticket', { call });
    const good = await site.tab('ada', { attend: false });
    assert.equal((await good.ask('join', { ticket: second, tab: from.tab })).type, 'joined');
    const replay = await site.tab('ada', { attend: false });
    await refused(replay.ask('join', { ticket: second, tab: from.tab }), 'not_found');
  });

  it('R23 R24: a thousand guessed calls, and stale, foreign and replayed tickets, get one answer', async () => {
    const site = await siteOf();
    const { from, call } = await site.ringing('ada', 'bob');
    await from.ask('call_choose', { call, media: 'audio' });
    const { ticket } = await from.ask('call_ticket', { call });
    const answers = new Set();
    const hear = (error) => { answers.add(`${error.code} ${error.sentence ?? ''}`); };
    const cleo = await site.tab('cleo');
    const guess = async (line, type, fields) => line.ask(type, fields).then(() => assert.fail(`${type} was answered`), hear);
    for (let i = 0; i < 1000; i += 10) {
      // Ten at a time: a connection that asks faster than people can is cut.
      const line = await site.tab('cleo', { attend: false, token: await site.tokenOf('cleo') });
      await line.ask('attend', { tab: random(), device: cleo.device, opened: false });
      await Promise.all(Array.from({ length: 10 }, (_, n) =>
        guess(line, n % 2 ? 'call_ticket' : 'call_details', { call: random() + random().slice(0, 8) })));
      line.close();
    }
    await guess(cleo, 'call_details', { call });
    for (const wrong of [{ ticket: random().repeat(3).slice(0, 64), tab: cleo.tab }, { ticket, tab: cleo.tab }, { ticket, tab: from.tab }]) {
      const line = await site.tab('cleo', { attend: false });
      await guess(line, 'join', wrong);
    }
    assert.equal(answers.size, 1, [...answers].join(' | '));
  });

  it('R25 R50: oneself, nobody, the deactivated and members of another site are one answer', async () => {
    const site = await siteOf({ members: ['ada', 'bob', { member: 'gone', name: 'Gone', deactivated: true }] });
    const other = await siteOf({ members: ['olga'] });
    await other.tab('olga');
    const ada = await site.tab('ada');
    for (const member of ['ada', 'nobody', 'gone', 'olga']) await refused(ada.start(member), 'callee_unknown');
  });

  it('R26 R20 R42: the ring ends on the server’s clock, and is missed once, also by a callee who has gone', async () => {
    const site = await siteOf({ settings: { calls: { ring: kRing } } });
    const { from, to, call } = await site.ringing('ada', 'bob');
    to.vanish();
    const outcome = await from.next('outcome', (event) => event.call === call, { within: (kRing + 10) * 1000 });
    assert.equal(outcome.ring, 'missed');
    assert.equal(outcome.reason, 'timeout');
    const back = await site.tab('bob');
    assert.deepEqual(back.attending.notifications.map((item) => item.call), [call]);
    const third = await site.tab('bob');
    assert.deepEqual(third.attending.notifications, [], 'it was shown already');
    assert.equal((await notificationsOf(site, 'bob')).length, 1);
  });

  it('R22 R28: declining leaves no notification, and silences the other tabs', async () => {
    const site = await siteOf();
    const second = await site.tab('bob');
    const { from, to, call } = await site.ringing('ada', 'bob');
    await second.next('ring');
    await to.ask('call_decline', { call });
    assert.equal((await second.next('ring_stopped')).reason, 'declined_elsewhere');
    assert.equal((await from.next('outcome')).ring, 'declined');
    assert.deepEqual(await notificationsOf(site, 'bob'), []);
  });

  it('R27 R30: of two tabs that accept at once one has the call, and the other is told', async () => {
    const site = await siteOf();
    const second = await site.tab('bob');
    const { to, call } = await site.ringing('ada', 'bob');
    const [a, b] = await Promise.all([to, second].map((tab) => tab.ask('call_accept', { call, media: 'audio' })));
    assert.equal([a, b].filter((answer) => !answer.settled).length, 1);
    const winner = a.settled ? second : to;
    const loser = a.settled ? to : second;
    assert.equal((a.settled ? a : b).snapshot.ring, 'accepted');
    const told = loser.heard.concat(await until('the loser is told', () => loser.all('ring_stopped')))
      .filter(({ type }) => type === 'ring_stopped');
    assert.equal(told[0].reason, 'answered_elsewhere');
    assert.ok(await winner.enter(call));
  });

  it('R30: accept against cancel ends in one outcome that both are told', async () => {
    const site = await siteOf({ settings: { calls: { per_minute: { by_caller: 100, by_pair: 100, to_callee: 100 } } } });
    const from = await site.tab('ada');
    const to = await site.tab('bob');
    for (let round = 0; round < 20; round++) {
      const { snapshot: { call } } = await from.start('bob');
      await to.next('ring', (ring) => ring.call === call);
      const [cancelled, accepted] = await Promise.all([from.ask('call_cancel', { call }), to.ask('call_accept', { call, media: 'audio' })]);
      await until('both see the same', async () => {
        const [a, b] = await Promise.all([from, to].map((tab) => tab.ask('call_details', { call })));
        return a.details.state === b.details.state;
      });
      assert.ok(['cancelled', 'accepted'].includes(cancelled.snapshot.ring), cancelled.snapshot.ring);
      assert.ok(['cancelled', 'missed', 'accepted'].includes(accepted.snapshot.ring), accepted.snapshot.ring);
      if (accepted.snapshot.state === 'open') await to.ask('call_leave', { call });
    }
  });

  it('R31: a declined call rings never again and can’t be entered', async () => {
    const site = await siteOf();
    const { from, to, call } = await site.ringing('ada', 'bob');
    await to.ask('call_decline', { call });
    const late = await to.ask('call_accept', { call, media: 'audio' });
    assert.equal(late.settled, true);
    assert.equal(late.snapshot.ring, 'declined');
    await refused(from.ask('call_ticket', { call }), 'call_over');
    const details = await from.ask('call_details', { call });
    assert.equal(details.details.state, 'ended');
  });

  it('R32: calling who is calling is answering', async () => {
    const site = await siteOf();
    const { to, call } = await site.ringing('ada', 'bob');
    const glare = await to.start('ada');
    assert.equal(glare.taken, 'glare');
    assert.equal(glare.snapshot.call, call);
    const answer = await to.ask('call_choose', { call, media: 'video' });
    assert.equal(answer.snapshot.ring, 'accepted');
    assert.equal((await callsOf(site)).length, 1);
  });

  it('R33: a newer tab takes the older one’s place', async () => {
    const site = await siteOf();
    const { from, call } = await site.talking('ada', 'bob');
    const second = await site.tab('ada');
    await second.ask('call_choose', { call, media: 'video' });
    await second.enter(call);
    assert.equal((await from.room.next('closed')).reason, 'replaced');
  });

  it('R34: a repeated request, and a second one while it rings, are the same call', async () => {
    const site = await siteOf();
    const ada = await site.tab('ada');
    await site.tab('bob');
    const request = random();
    const one = await ada.start('bob', { request });
    const two = await ada.start('bob', { request });
    const three = await ada.start('bob');
    assert.deepEqual([two.snapshot.call, three.snapshot.call], [one.snapshot.call, one.snapshot.call]);
    assert.equal((await callsOf(site)).length, 1);
  });

  it('R14 R16 R35 R37: both leave and come back, alone and together, and are shown the details each time', async () => {
    const site = await siteOf();
    const { from, to, call } = await site.talking('ada', 'bob');
    await from.ask('call_leave', { call });
    const details = await from.next('details');
    assert.equal(details.details.can_rejoin, true);
    assert.equal(details.details.expires_at - details.details.started_at, 7_200_000);
    assert.equal(details.details.caller_media, 'video');
    assert.equal(details.details.callee_media, 'audio');
    assert.equal(details.party, 'caller');
    await to.next('details');
    await to.ask('call_leave', { call });
    await to.next('details');
    to.heard.length = 0;
    for (let round = 0; round < 2; round++) {
      await from.ask('call_choose', { call, media: 'audio' });
      from.room = await from.enter(call);
      await to.next('back_in_call');
      assert.deepEqual(to.all('ring'), [], 'coming back rings nowhere');
      await from.ask('call_leave', { call });
      await from.next('details');
    }
    await from.ask('call_choose', { call, media: 'audio' });
    from.room = await from.enter(call);
    await to.ask('call_choose', { call, media: 'audio' });
    to.room = await to.enter(call);
    assert.deepEqual(to.room.joined.members.map(({ member }) => member), ['ada']);
  });

  it('R15 R17 R36: at the end of the window both are put out with the details, and no join is let in', async () => {
    const site = await siteOf({ settings: { calls: { lifetime: 10, ring: 10 } } });
    const { from, to, call } = await site.talking('ada', 'bob');
    const closed = await from.next('call_closed', () => true, { within: 15_000 });
    assert.equal(closed.state, 'completed');
    assert.equal((await from.room.next('closed')).reason, 'removed');
    await to.next('details');
    await refused(from.ask('call_ticket', { call }), 'call_expired');
    await refused(to.ask('call_choose', { call, media: 'audio' }), 'call_expired');
  });

  it('R36: one minute before the end both are warned', async () => {
    const site = await siteOf({ settings: { calls: { lifetime: 65 } } });
    const { from, to } = await site.talking('ada', 'bob');
    for (const tab of [from, to]) {
      const { left } = await tab.next('closing_soon', () => true, { within: 20_000 });
      assert.ok(left > 50_000 && left <= 60_000, `${left} ms left`);
    }
  });

  it('R38 R13: a message is checked when it is sent, and the refusal does not say whose switch it is', async () => {
    const site = await siteOf();
    const { from, to, call } = await site.ringing('ada', 'bob');
    await to.ask('call_decline', { call });
    assert.equal((await from.next('outcome')).after, 'offer_message');
    const sent = await from.ask('message_send', { to: 'bob', text: 'Later today?', call, key: random() });
    assert.equal((await to.next('message_received')).message.text, 'Later today?');
    assert.equal(sent.message.call, call);
    await site.member('bob', { messenger: false });
    await refused(from.ask('message_send', { to: 'bob', text: 'And now?', call }), 'messenger_off');
    await site.member('bob', { messenger: true });
    await site.set({ messenger: false });
    await refused(from.ask('message_send', { to: 'bob', text: 'And now?', call }), 'messenger_off');
  });

  it('R39: the toggle withdraws what rings, without a notification, and lets running media run', async () => {
    const site = await siteOf();
    const { from, to } = await site.talking('ada', 'bob');
    const ringing = await site.ringing('cleo', 'dan');
    await ringing.to.ask('call_ring_shown', { call: ringing.call });
    await site.set({ private_calls: false });
    const outcome = await ringing.from.next('outcome');
    assert.deepEqual([outcome.ring, outcome.reason], ['withdrawn', 'feature_disabled']);
    assert.equal((await ringing.to.next('ring_stopped')).reason, 'withdrawn');
    assert.deepEqual(await notificationsOf(site, 'dan'), []);
    await from.settle();
    assert.deepEqual([from.room.closed, to.room.closed], [null, null]);
  });

  it('R39: a site may want running media cut', async () => {
    const site = await siteOf({ settings: { calls: { on_disable: 'terminate' } } });
    const { from } = await site.talking('ada', 'bob');
    await site.set({ private_calls: false });
    assert.equal((await from.next('call_closed')).state, 'terminated');
    await from.room.next('closed');
  });

  it('R43: who is in a call is a busy caller, and a busy callee rings, marked, and leaves the other call by accepting', async () => {
    const site = await siteOf();
    const { from, to, call } = await site.talking('ada', 'bob');
    await site.tab('cleo');
    await refused(from.start('cleo'), 'caller_busy');
    const dan = await site.tab('dan');
    const { snapshot } = await dan.start('bob');
    const ring = await to.next('ring', (event) => event.call === snapshot.call);
    assert.equal(ring.snapshot.busy, true);
    await to.ask('call_accept', { call: snapshot.call, media: 'audio' });
    await from.next('call_presence', (event) => event.call === call && !event.snapshot.they_inside);
  });

  it('R43: a site may reject for a busy callee, who has missed a call then', async () => {
    const site = await siteOf({ settings: { calls: { busy: 'reject' } } });
    await site.talking('ada', 'bob');
    const dan = await site.tab('dan');
    const answer = await dan.start('bob');
    assert.equal(answer.taken, 'rejected_busy');
    assert.deepEqual([answer.snapshot.ring, answer.snapshot.reason], ['missed', 'busy']);
    assert.equal((await notificationsOf(site, 'bob')).length, 1);
  });

  it('R44: an accept without an entry is told to the caller after a minute, and the callee may still come', async () => {
    const site = await siteOf();
    const { from, to, call } = await site.ringing('ada', 'bob');
    await from.ask('call_choose', { call, media: 'audio' });
    from.room = await from.enter(call);
    await to.ask('call_accept', { call, media: 'audio' });
    assert.equal((await from.next('could_not_connect', () => true, { within: 70_000 })).party, 'callee');
    assert.ok(await to.enter(call));
    assert.deepEqual(await notificationsOf(site, 'bob'), []);
  });

  it('R45: starts beyond the limit of a pair are refused and ring nowhere', async () => {
    const site = await siteOf({ settings: { calls: { per_minute: { by_pair: 2 } } } });
    const from = await site.tab('ada');
    const to = await site.tab('bob');
    for (let i = 0; i < 2; i++) {
      const { snapshot } = await from.start('bob');
      await to.next('ring');
      await from.ask('call_cancel', { call: snapshot.call });
    }
    await refused(from.start('bob'), 'rate_limited');
    await to.settle();
    assert.deepEqual(to.all('ring'), []);
  });

  it('R46: a tab that connects while it rings gets a snapshot with the time left, and events are numbered', async () => {
    const site = await siteOf();
    const { from, to, call } = await site.ringing('ada', 'bob');
    const late = await site.tab('bob');
    const [snapshot] = late.attending.calls;
    assert.equal(snapshot.call, call);
    assert.ok(snapshot.ring_left > 0 && snapshot.ring_left <= 30_000);
    await from.ask('call_choose', { call, media: 'audio' });
    await to.ask('call_accept', { call, media: 'audio' });
    await from.next('answered');
    await to.ask('call_leave', { call });
    await to.next('details');
    await to.settle();
    const numbers = to.heard.filter((event) => event.call === call && event.type !== 'snapshot' && event.type !== 'settled').map(({ seq }) => seq);
    assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
    assert.equal(new Set(numbers).size, numbers.length);
  });

  it('R49: a caller who is gone for 15 s while it rings has cancelled, and one who comes back has not', async () => {
    const site = await siteOf();
    const first = await site.ringing('ada', 'bob');
    const second = await site.ringing('cleo', 'dan');
    await first.to.ask('call_ring_shown', { call: first.call });
    first.from.vanish();
    second.from.vanish();
    await site.tab('cleo', { tab: second.from.tab, device: second.from.device, opened: false });
    const stopped = await first.to.next('ring_stopped', () => true, { within: 25_000 });
    assert.equal(stopped.reason, 'cancelled');
    assert.equal((await second.to.ask('call_accept', { call: second.call, media: 'audio' })).settled, false);
  });

  it('R50: deactivating a member withdraws the ring, closes the sessions and ends the tickets', async () => {
    const site = await siteOf();
    const { from, to, call } = await site.ringing('ada', 'bob');
    await from.ask('call_choose', { call, media: 'audio' });
    const { ticket } = await from.ask('call_ticket', { call });
    await site.member('ada', { deactivated: true });
    assert.equal((await to.next('ring_stopped')).reason, 'withdrawn');
    assert.equal((await from.next('attendance_closed')).reason, 'deactivated');
    await until('the connection is closed', () => from.closed);
    const door = await site.tab('ada', { attend: false });
    await refused(door.ask('join', { ticket, tab: from.tab }), 'not_found');
    await assert.rejects(site.tab('ada'));
  });

  it('R50: blocked, taking no calls and inactive look the same, on the cards too', async () => {
    const site = await siteOf({ members: ['ada', 'bob', { member: 'shy', name: 'Shy', takes_calls: false }, 'far'] });
    await site.member('bob', { blocked: ['ada'] });
    await site.tab('bob');
    await site.tab('shy');
    const ada = await site.tab('ada');
    const { members } = await ada.ask('watch', { members: ['bob', 'shy', 'far'] });
    assert.deepEqual(members.map(({ active, callable }) => [active, callable]), [[false, false], [false, false], [false, false]]);
    for (const member of ['bob', 'shy', 'far']) await refused(ada.start(member), 'callee_inactive');
  });

  it('R48: every transition has one line in the audit, without a word of the messages', async () => {
    const site = await siteOf();
    const { from, to, call } = await site.ringing('ada', 'bob');
    await from.ask('call_choose', { call, media: 'video' });
    await to.ask('call_decline', { call });
    await from.ask('message_send', { to: 'bob', text: 'a secret sentence', call });
    const lines = (await auditOf(site)).filter((line) => line.call === call);
    assert.ok(lines.length >= 2, JSON.stringify(lines));
    assert.equal(JSON.stringify(await auditOf(site)).includes('secret'), false);
    assert.equal(site.server.log().includes('secret'), false);
  });
});

