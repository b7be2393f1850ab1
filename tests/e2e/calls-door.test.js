// R23 against the running server: whoever is not one of the two, with whatever token and by whatever way.
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { CallClient, random, refused, startCallSite } from './support/call_site.js';

const offers = new URL('../data/sdp/', import.meta.url);

test('R23: no token on any way in leads into the room of a call', async (t) => {
  const site = await startCallSite();
  t.after(() => site.stop());
  const { from, to, call } = await site.talking('ada', 'bob');
  const sends = await readFile(new URL('chromium_sendonly_audio_video.sdp', offers), 'utf8');
  const receives = await readFile(new URL('chromium_recvonly_audio_video.sdp', offers), 'utf8');

  const rooms = [call, `call/${call}`, `/call/${call}`, `../call/${call}`, `../../call/${call}`];
  const sites = [site.id, 'default', 'call'];
  const both = ['--publish', '--subscribe'];
  let made = 0;
  for (const name of sites) {
    for (const room of rooms) {
      const kinds = {
        'any room': ['--member', 'eve', ...both],
        'one room': ['--member', 'eve', '--room', room],
        'a caller’s own': ['--member', 'ada', '--room', room],
        service: ['--service'],
      };
      for (const [kind, options] of Object.entries(kinds)) {
        const token = await site.server.cli('token', '--site', name, ...options);
        const label = `${kind}, site ${name}, room ${room}`;
        const stranger = await CallClient.open(site.server.url, { token, attend: false });
        const joined = await stranger.ask('join', { room, name: 'Eve' });
        assert.deepEqual([joined.members, joined.tracks], [[], []], label);
        stranger.send('leave');
        await stranger.next('closed');
        for (const [way, offer] of [['whip', sends], ['whep', receives]]) {
          const response = await fetch(`${site.server.url}/v1/${way}/${encodeURIComponent(room)}`, {
            method: 'POST',
            headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
            body: offer,
          });
          const location = response.headers.get('location');
          if (response.status === 201) {
            made++;
            await fetch(new URL(location, site.server.url), { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
          }
        }
      }
    }
  }

  assert.ok(made > sites.length * rooms.length, 'the ways in are open: they lead elsewhere');

  // Both are still alone with each other.
  assert.deepEqual(from.room.heard.map(({ type, member }) => [type, member]), [['member_joined', 'bob']]);
  assert.deepEqual(to.room.heard, []);
  assert.deepEqual([from.room.closed, to.room.closed], [null, null]);
});

test('R23: another member, a service and whoever is bound to a room get the answer of no such call, and no ticket', async (t) => {
  const site = await startCallSite();
  t.after(() => site.stop());
  const { from, call } = await site.ringing('ada', 'bob');
  await from.ask('call_choose', { call, media: 'audio' });
  const { ticket } = await from.ask('call_ticket', { call });

  const cleo = await site.tab('cleo');
  const nowhere = '0123456789abcdef0123456789abcdef';
  for (const move of ['call_ticket', 'call_details', 'call_decline', 'call_cancel', 'call_leave', 'call_ring_shown']) {
    await refused(cleo.ask(move, { call }), 'not_found');
    await refused(cleo.ask(move, { call: nowhere }), 'not_found');
  }
  await refused(cleo.ask('call_accept', { call, media: 'audio' }), 'not_found');

  // With somebody else's ticket: of another member, and of the same member in another tab.
  const thief = await site.tab('cleo', { attend: false });
  await refused(thief.ask('join', { ticket, tab: from.tab }), 'not_found');
  const other = await site.tab('ada', { attend: false });
  await refused(other.ask('join', { ticket, tab: random() }), 'not_found');

  for (const options of [['--service'], ['--member', 'ada', '--room', 'hall']]) {
    const token = await site.server.cli('token', '--site', site.id, ...options);
    const bound = await CallClient.open(site.server.url, { token, attend: false });
    await refused(bound.ask('join', { ticket, tab: from.tab }), 'forbidden');
    await refused(bound.ask('attend', { tab: random(), device: random(), opened: true }), 'forbidden');
    bound.close();
  }
});
