// What platforms do over HTTP, and what the pages of their members notice of it.
import { strict as assert } from 'node:assert';
import { createHmac } from 'node:crypto';
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CallClient, refused, startCallSite } from './support/call_site.js';

const kMethods = ['get', 'put', 'post', 'patch', 'delete'];
const base64url = (value) => Buffer.from(value).toString('base64url');

// A token as a platform makes it, with any key and any claims.
function sign(claims, { kid, secret }) {
  const text = [{ alg: 'HS256', typ: 'JWT', kid }, claims].map((each) => base64url(JSON.stringify(each))).join('.');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

describe('Platforms over HTTP', () => {
  let site;
  const s = (rest = '') => `/v1/sites/${site.id}${rest}`;
  const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

  before(async () => {
    site = await startCallSite({
      keys: { 'http.request_burst': '2000', 'http.origins': '["https://oak.example"]' },
      members: ['ada', 'bob', 'cleo', 'dan', { member: 'root', name: 'Root', role: 'admin' }],
    });
  });
  after(() => site?.stop());

  it('R2 R48: the toggle is turned by administrators, and a refused write has a line', async () => {
    const toggle = async (body, who) => (await site.rest('PATCH', s(), body, await site.tokenOf(who))).status;
    assert.equal(await toggle({ private_calls: false }, 'ada'), 403);
    assert.equal((await site.rest('GET', s())).body.private_calls, true);
    assert.equal(await toggle({ private_calls: false }, 'root'), 200);
    const [ada] = await Promise.all([site.tab('ada'), site.tab('bob')]);
    await refused(ada.start('bob'), 'private_calls_disabled');
    assert.equal(await toggle({ private_calls: true }, 'root'), 200);
    const lines = (await site.rest('GET', s('/audit?limit=20'))).body.entries.filter(({ why }) => why === 'site_settings');
    assert.deepEqual(lines.slice(0, 3).map(({ who, by, to, refused: no }) => [who, by, to, no]), [
      ['admin', 'root', 'private_calls=true', ''],
      ['admin', 'root', 'private_calls=false', ''],
      ['member', 'ada', '', 'forbidden'],
    ]);
  });

  it('R25 R50: members who are not there, deactivated or oneself are answered alike', async () => {
    await site.member('dan', { deactivated: true });
    const ada = await site.tab('ada');
    for (const nobody of ['stranger', 'dan', 'ada']) await refused(ada.start(nobody), 'callee_unknown');
    await site.member('dan', { deactivated: false });
  });

  it('R50: whom the platform deactivates is put out, and gets no token', async () => {
    const { from, to, call } = await site.ringing('ada', 'cleo');
    await site.member('cleo', { deactivated: true });
    assert.equal((await to.next('attendance_closed')).reason, 'deactivated');
    const outcome = await from.next('outcome', (each) => each.call === call);
    assert.deepEqual([outcome.ring, outcome.reason], ['withdrawn', 'member_deactivated']);
    assert.equal((await site.rest('GET', s(), undefined, await site.tokenOf('cleo'))).status, 403);
    assert.equal((await site.rest('POST', s('/tokens'), { member: 'cleo' })).status, 404);
    await site.member('cleo', { deactivated: false });
  });

  it('R23: a token for private calls opens no room', async () => {
    const made = await site.rest('POST', s('/tokens'), { member: 'bob', ttl: 120 });
    assert.equal(made.status, 201);
    assert.ok(Math.abs(made.body.expires_at - Date.now() - 120_000) < 30_000);
    const tab = await CallClient.open(site.server.url, { token: made.body.token });
    assert.equal(tab.attending.you.member, 'bob');
    tab.close();
    const guest = await CallClient.open(site.server.url, { token: made.body.token, attend: false });
    await refused(guest.ask('join', { room: 'hall' }), 'forbidden');
    guest.close();
    const sdp = await readFile(fileURLToPath(new URL('../data/sdp/chromium_audio_video.sdp', import.meta.url)), 'utf8');
    const whip = await fetch(`${site.server.url}/v1/whip/hall`, {
      method: 'POST', headers: { authorization: `Bearer ${made.body.token}`, 'content-type': 'application/sdp' }, body: sdp,
    });
    assert.equal(whip.status, 403);
  });

  it('R48: a call is cut once, with one line by whose key', async () => {
    const { from, to, call } = await site.talking('ada', 'bob');
    const cut = await site.rest('POST', s(`/calls/${call}/terminate`));
    assert.deepEqual([cut.status, cut.body.state], [200, 'terminated']);
    for (const tab of [from, to]) assert.equal((await tab.next('call_closed', (each) => each.call === call)).state, 'terminated');
    const lines = (await site.rest('GET', s('/audit'))).body.entries.filter((each) => each.call === call && each.why === 'terminate');
    assert.deepEqual(lines.map(({ who }) => who).sort(), ['operator', 'service:local']);
    const seen = await site.rest('GET', s(`/calls/${call}`), undefined, await site.tokenOf('bob'));
    assert.deepEqual([seen.body.caller_media, seen.body.callee_media], ['video', 'audio']);
  });

  it('R23: a call is shown to its two members, and to administrators as if there were none', async () => {
    const { call, from } = await site.ringing('ada', 'bob');
    const none = await site.rest('GET', s(`/calls/${'0'.repeat(32)}`), undefined, await site.tokenOf('root'));
    for (const who of ['root', 'cleo']) {
      const seen = await site.rest('GET', s(`/calls/${call}`), undefined, await site.tokenOf(who));
      assert.deepEqual([seen.status, seen.body], [none.status, none.body]);
    }
    await from.ask('call_cancel', { call });
  });

  it('a member is told at once what changes', async () => {
    const bob = await site.tab('bob');
    await site.rest('PATCH', s('/members/bob'), { takes_calls: false }, await site.tokenOf('bob'));
    assert.equal((await bob.next('you_changed', (each) => each.takes_calls === false)).you.member, 'bob');
    await site.rest('PATCH', s(), { messenger: false });
    assert.equal((await bob.next('site_changed', (each) => each.site.messenger === false)).site.site, site.id);
    await site.rest('PATCH', s(), { messenger: true });
    await site.rest('PATCH', s('/members/bob'), { takes_calls: true }, await site.tokenOf('bob'));
  });

  it('names are kept as they may be shown', async () => {
    await site.member('eve', { name: '\u202Eeve <img src=x>\u0007' });
    assert.equal((await site.rest('GET', s('/members/eve'))).body.name, 'eve <img src=x>');
    assert.equal((await site.rest('PUT', s('/members/eve'), { avatar: 'javascript:alert(1)' })).status, 400);
    assert.equal((await site.rest('DELETE', s('/members/eve'))).status, 204);
    assert.equal((await site.rest('GET', s('/members/eve'))).status, 404);
  });

  it('pages of the origins that are listed may ask', async () => {
    const preflight = await fetch(site.server.url + s('/members/bob'), {
      method: 'OPTIONS', headers: { origin: 'https://oak.example', 'access-control-request-method': 'PUT' },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), 'https://oak.example');
    assert.match(preflight.headers.get('access-control-allow-methods'), /PUT/);
    const foreign = await fetch(site.server.url + s(), {
      method: 'PATCH', headers: { origin: 'https://elm.example', authorization: `Bearer ${site.service}` }, body: '{"private_calls":false}',
    });
    assert.equal(foreign.status, 403);
  });

  it('no secret stands in the log', async () => {
    const operator = (await readFile(path.join(site.server.dataDir, 'admin.token'), 'utf8')).trim();
    assert.equal((await stat(path.join(site.server.dataDir, 'admin.token'))).mode & 0o777, 0o600);
    for (const secret of [operator, site.service, await site.tokenOf('ada')]) assert.ok(!site.server.log().includes(secret));
  });

  it('R2: a key of one site changes nothing of another, at any route', async () => {
    const key = { kid: 'oak-1', secret: 'an oak’s secret of thirty-two bytes or more' };
    const file = path.join(site.server.folder, 'oak.key');
    await writeFile(file, `${key.secret}\n`, { mode: 0o600 });
    await site.server.pause();
    await appendFile(site.server.config, `\n[[keys]]\nid = "oak-1"\nsecret_file = ${JSON.stringify(file)}\nsites = ["oak"]\nkinds = ["member", "service"]\n`);
    await site.server.restart();
    assert.equal((await site.admin('PUT', '/admin/v1/sites/oak')).status, 201);
    const service = sign({ aud: 'parley', site: 'oak', service: true, exp: inAnHour() }, key);
    assert.equal((await site.rest('PUT', '/v1/sites/oak/members/ada', { name: 'Ada of the oak', role: 'admin' }, service)).status, 200);
    const ada = sign({ aud: 'parley', site: 'oak', sub: 'ada', exp: inAnHour() }, key);
    assert.equal((await site.rest('PATCH', '/v1/sites/oak', { private_calls: true }, ada)).status, 200);
    assert.equal((await site.rest('GET', '/v1/sites/oak/audit', undefined, service)).body.entries.at(-2).who, 'service:oak-1');

    // The other site, with the oak's key and with the oak's tokens, at every route that the server has.
    const api = JSON.parse(await readFile(fileURLToPath(new URL('../../docs/openapi.json', import.meta.url)), 'utf8'));
    const before = (await site.rest('GET', s())).body;
    const forged = [{ site: site.id, service: true }, { site: site.id, sub: 'root' }].map((each) => sign({ aud: 'parley', exp: inAnHour(), ...each }, key));
    for (const [where, item] of Object.entries(api.paths)) {
      const url = (where.startsWith('/admin/') ? site.server.adminUrl : site.server.url) +
        where.replace(/\{(\w+)\}/g, (all, name) => ({ site: site.id, member: 'bob', call: '0'.repeat(32) })[name] ?? 'x');
      for (const method of kMethods.filter((each) => item[each]?.security.length > 0)) {
        const ask = async (token) => (await fetch(url, {
          method: method.toUpperCase(), headers: { authorization: `Bearer ${token}` }, body: method === 'get' ? undefined : '{}',
        })).status;
        for (const token of forged) assert.equal(await ask(token), 401, `${method} ${where}`);
        if (!where.includes('{site}')) continue;
        for (const token of [service, ada]) assert.ok([401, 404, 429].includes(await ask(token)), `${method} ${where}`);
      }
    }
    for (const token of forged) await assert.rejects(CallClient.open(site.server.url, { token }));
    assert.deepEqual((await site.rest('GET', s())).body, before);
    const strangers = (await site.rest('GET', s('/audit'))).body.entries.filter(({ who }) => who === 'stranger:oak-1');
    assert.ok(strangers.length > 0 && strangers.every((each) => each.refused === 'not_found' && each.by === ''));
  });

  it('R40: settings and members are there again after a crash', async () => {
    await site.set({ calls: { ring: 77 } });
    const before = (await site.rest('GET', s())).body;
    const members = (await site.rest('GET', s('/members'))).body;
    await site.server.kill();
    await site.server.restart();
    assert.deepEqual((await site.rest('GET', s())).body, before);
    assert.deepEqual((await site.rest('GET', s('/members'))).body, members);
  });
});
