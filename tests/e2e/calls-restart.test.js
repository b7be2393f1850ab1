// What a killed and restarted server still knows, and which clock it goes by.
import { strict as assert } from 'node:assert';
import { afterEach, describe, it } from 'node:test';
import { CallClient, refused, startCallSite } from './support/call_site.js';

const kRing = 10;

// The same page after the server came back.
async function reload(site, client) {
  const again = await CallClient.open(site.server.url,
    { token: client.token, tab: client.tab, device: client.device, opened: false });
  again.member = client.member;
  return again;
}

const pass = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });

describe('a server that is killed and starts again', { concurrency: 1 }, () => {
  let site;
  afterEach(async () => {
    await site?.stop();
    site = null;
  });

  const notificationsOf = async (member) => (await site.rest('GET', `/v1/sites/${site.id}/notifications?member=${member}`)).body.items;

  it('R40: a ring goes on with the time that was left, and ends once', async () => {
    site = await startCallSite({ settings: { calls: { ring: kRing } } });
    const { from, to, call, snapshot } = await site.ringing('ada', 'bob');
    await site.server.kill();
    await site.server.restart();
    const caller = await reload(site, from);
    const callee = await reload(site, to);
    const [seen] = callee.attending.calls;
    assert.equal(seen.call, call);
    assert.ok(seen.ring_left > 0 && seen.ring_left < snapshot.ring_left, `${seen.ring_left} ms left`);
    const outcome = await caller.next('outcome', () => true, { within: (kRing + 5) * 1000 });
    assert.deepEqual([outcome.ring, outcome.reason], ['missed', 'timeout']);
    assert.equal((await notificationsOf('bob')).length, 1);
  });

  it('R40 R42: a ring that ran out meanwhile is missed, exactly once, and told at the next connection', async () => {
    site = await startCallSite({ settings: { calls: { ring: kRing } } });
    const { from, to, call } = await site.ringing('ada', 'bob');
    await site.server.kill();
    await pass(kRing + 1);
    await site.server.restart();
    const callee = await reload(site, to);
    assert.deepEqual(callee.attending.notifications.map((item) => item.call), [call]);
    await site.server.kill();
    await site.server.restart();
    assert.equal((await notificationsOf('bob')).length, 1);
    const caller = await reload(site, from);
    assert.equal((await caller.ask('call_details', { call })).details.ring, 'missed');
  });

  it('R40: both come back into the same call, with the same end', async () => {
    site = await startCallSite();
    const { from, to, call } = await site.talking('ada', 'bob');
    const before = (await from.ask('call_details', { call })).details;
    await site.server.kill();
    await site.server.restart();
    const caller = await reload(site, from);
    const callee = await reload(site, to);
    assert.equal(caller.attending.calls[0].call, call);
    const room = await caller.enter(call);
    const other = await callee.enter(call);
    assert.equal(room.joined.room, other.joined.room);
    assert.deepEqual(other.joined.members.map(({ member }) => member), ['ada']);
    const { details } = await caller.ask('call_details', { call });
    assert.equal(details.started_at, before.started_at);
    assert.ok(Math.abs(details.expires_at - before.expires_at) < 1000, `${details.expires_at - before.expires_at} ms apart`);
    room.close();
    other.close();
  });

  it('R41: neither a wall clock that stepped three hours ahead nor one that fell back moves the end of a call', async () => {
    site = await startCallSite();
    const { from, call } = await site.talking('ada', 'bob');
    let { left } = (await from.ask('call_details', { call })).details;
    for (const step of ['+3h', '-3h']) {
      await site.server.kill();
      await site.server.restart({
        env: { LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1', FAKETIME: step, FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_RESET: '1' },
      });
      const token = await site.server.cli('token', '--member', 'ada', '--site', site.id);
      const caller = await CallClient.open(site.server.url, { token, tab: from.tab, device: from.device, opened: false });
      const after = (await caller.ask('call_details', { call })).details.left;
      assert.ok(after <= left && after > left - 20_000, `${step}: ${left} ms, then ${after} ms left`);
      left = after;
      caller.close();
    }
  });

  it('R40: an orderly stop in mid-call keeps the call too', async () => {
    site = await startCallSite();
    const { from, to, call } = await site.talking('ada', 'bob');
    await site.server.pause();
    await site.server.restart();
    const caller = await reload(site, from);
    assert.equal(caller.attending.calls[0].call, call);
    await refused(caller.start('bob'), 'callee_inactive');   // nobody has come back by hand
    await (await reload(site, to)).enter(call);
  });
});
