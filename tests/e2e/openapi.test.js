// docs/openapi.json against the running server: every operation is asked as it is meant and as it is not, and each answer is one that
// the description has. That it names every route of sites and operators, and no others, is a unit test's (tests/unit/rest).
import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startCallSite } from './support/call_site.js';
import { faultsOf } from './support/json_schema.js';

const root = new URL('../../', import.meta.url);
const text = (file) => readFile(fileURLToPath(new URL(file, root)), 'utf8');
const kMethods = ['get', 'put', 'post', 'patch', 'delete'];
const kSdp = 'application/sdp';
const kFragment = 'application/trickle-ice-sdpfrag';

describe('The description of the HTTP interface', () => {
  let site;
  let api;
  let operator;
  const tokens = {};
  const asked = new Set();   // operations that were answered as they are meant

  before(async () => {
    api = JSON.parse(await text('docs/openapi.json'));
    site = await startCallSite({ keys: { 'demo.enabled': 'true', 'http.request_burst': '2000' } });
    operator = (await readFile(`${site.server.dataDir}/admin.token`, 'utf8')).trim();
    tokens.service = site.service;
    tokens.operator = operator;
    tokens.member = await site.tokenOf('ada');
    tokens.room = site.server.token('hall', 'camera');
    tokens.figures = await site.server.cli('token', '--service');
  });
  after(() => site?.stop());

  const operationOf = (method, path) => {
    const operation = api.paths[path]?.[method.toLowerCase()];
    assert.ok(operation, `${method} ${path} is not described`);
    return operation;
  };
  const described = (operation, status) => {
    const response = operation.responses[status];
    return response?.$ref ? response.$ref.slice(2).split('/').reduce((at, step) => at[step], api) : response;
  };
  const base = (path) => (path.startsWith('/admin/') ? site.server.adminUrl : site.server.url);

  // Asks, and holds the answer against the description.
  async function ask(method, path, { at = {}, query = '', token, body, type = 'application/json', headers = {}, status } = {}) {
    const operation = operationOf(method, path);
    const where = path.replace(/\{(\w+)\}/g, (all, name) => encodeURIComponent(at[name] ?? { site: site.id, member: 'bob', room: 'hall', id: 'none' }[name]));
    const response = await fetch(base(path) + where + query, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': type }), ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    const said = await response.text();
    const what = `${method} ${where}${query} answered ${response.status}: ${said.slice(0, 300)}`;
    if (status !== undefined) assert.equal(response.status, status, what);
    const expected = described(operation, response.status);
    assert.ok(expected, `${what}, which is not described`);
    for (const name of Object.keys(expected.headers ?? {})) assert.ok(response.headers.has(name) || name === 'Link', `${what}, without ${name}`);
    const [contentType, content] = Object.entries(expected.content ?? {})[0] ?? [];
    if (!contentType) assert.equal(said, '', what);
    else {
      assert.equal(response.headers.get('content-type')?.split(';')[0], contentType, what);
      if (contentType.endsWith('json')) assert.deepEqual(faultsOf(JSON.parse(said), content.schema, api), [], what);
    }
    if (response.status < 400 || response.status === 426) asked.add(`${method} ${path}`);
    return { response, said, body: contentType?.endsWith('json') ? JSON.parse(said) : null };
  }

  it('holds for rooms', async () => {
    const offer = await text('tests/data/sdp/chromium_audio_video.sdp');
    await ask('POST', '/v1/whep/{room}', { token: tokens.room, body: await text('tests/data/sdp/chromium_recvonly_audio_video.sdp'), type: kSdp, status: 201 });
    const { response: made } = await ask('POST', '/v1/whip/{room}', { token: tokens.room, body: offer, type: kSdp, status: 201 });
    const id = made.headers.get('location').split('/').pop();
    const ufrag = /a=ice-ufrag:(\S+)/.exec(offer)[1];
    const fragment = `a=ice-ufrag:${ufrag}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.2 5000 typ host\r\n`;
    const patch = { at: { id }, token: tokens.room, body: fragment, type: kFragment };
    await ask('PATCH', '/v1/sessions/{id}', { ...patch, status: 428 });
    await ask('PATCH', '/v1/sessions/{id}', { ...patch, headers: { 'if-match': '"other"' }, status: 412 });
    await ask('PATCH', '/v1/sessions/{id}', { ...patch, headers: { 'if-match': made.headers.get('etag') }, status: 204 });
    await ask('DELETE', '/v1/sessions/{id}', { at: { id }, token: tokens.room, status: 200 });
    await ask('DELETE', '/v1/sessions/{id}', { at: { id }, token: tokens.room, status: 404 });
    await ask('POST', '/v1/whip/{room}', { token: tokens.room, body: 'hello', type: kSdp, status: 400 });
    await ask('POST', '/v1/whip/{room}', { token: tokens.room, body: offer, type: 'text/plain', status: 415 });
    await ask('GET', '/v1/ws', { status: 426 });
  });

  it('holds for what anybody may ask', async () => {
    await ask('POST', '/v1/demo/token', { body: { room: 'hall' }, status: 200 });
    await ask('POST', '/v1/demo/token', { body: {}, status: 400 });
    await ask('GET', '/healthz', { status: 200 });
    await ask('GET', '/readyz', { status: 200 });
    await ask('GET', '/v1/admin/stats', { token: tokens.figures, status: 200 });
    await ask('GET', '/v1/admin/stats', { token: tokens.member, status: 403 });
    // The example community stands only where the configuration says so; its own tests have it.
    await ask('GET', '/v1/example/members', { status: 404 });
    await ask('POST', '/v1/example/sign-in', { body: { member: 'ada' }, status: 404 });
  });

  it('holds for settings and members', async () => {
    const { response } = await ask('GET', '/v1/sites/{site}', { token: tokens.member, status: 200 });
    const etag = response.headers.get('etag');
    await ask('PATCH', '/v1/sites/{site}', { token: tokens.service, body: { calls: { ring: 60 } }, headers: { 'if-match': etag }, status: 200 });
    await ask('PATCH', '/v1/sites/{site}', { token: tokens.service, body: { calls: { ring: 61 } }, headers: { 'if-match': etag }, status: 412 });
    await ask('PATCH', '/v1/sites/{site}', { token: tokens.service, body: { calls: { ring: 5 } }, status: 400 });
    await ask('PATCH', '/v1/sites/{site}', { token: tokens.member, body: { private_calls: false }, status: 403 });
    await ask('GET', '/v1/sites/{site}/members', { token: tokens.member, status: 200 });
    await ask('GET', '/v1/sites/{site}/members', { token: tokens.service, query: '?limit=2', status: 200 });
    await ask('GET', '/v1/sites/{site}/members', { token: tokens.service, query: '?limit=none', status: 400 });
    await ask('PUT', '/v1/sites/{site}/members', { token: tokens.service, body: [{ member: 'fay', name: 'Fay', active_at: Date.now() }], status: 200 });
    await ask('PUT', '/v1/sites/{site}/members', { token: tokens.service, body: 'x'.repeat(600_000), status: 413 });
    await ask('GET', '/v1/sites/{site}/members/{member}', { token: tokens.service, status: 200 });
    await ask('GET', '/v1/sites/{site}/members/{member}', { token: tokens.member, status: 200 });
    await ask('GET', '/v1/sites/{site}/members/{member}', { token: tokens.member, at: { member: 'nobody' }, status: 404 });
    await ask('PUT', '/v1/sites/{site}/members/{member}', { token: tokens.service, at: { member: 'gil' }, body: { name: 'Gil', blocked: ['bob'] }, status: 200 });
    await ask('PATCH', '/v1/sites/{site}/members/{member}', { token: tokens.member, at: { member: 'ada' }, body: { takes_calls: true }, status: 200 });
    await ask('PATCH', '/v1/sites/{site}/members/{member}', { token: tokens.member, at: { member: 'ada' }, body: { role: 'admin' }, status: 403 });
    await ask('DELETE', '/v1/sites/{site}/members/{member}', { token: tokens.service, at: { member: 'gil' }, status: 204 });
    await ask('POST', '/v1/sites/{site}/tokens', { token: tokens.service, body: { member: 'ada', ttl: 60 }, status: 201 });
    await ask('POST', '/v1/sites/{site}/tokens', { token: tokens.service, body: { member: 'nobody' }, status: 404 });
  });

  it('holds for calls and what they leave behind', async () => {
    const { from, to, call } = await site.ringing('ada', 'bob');
    await ask('GET', '/v1/sites/{site}/calls/{call}', { token: tokens.member, at: { call }, status: 200 });
    await ask('GET', '/v1/sites/{site}/calls/{call}', { token: await site.tokenOf('cleo'), at: { call }, status: 404 });
    await ask('DELETE', '/v1/sites/{site}/members/{member}', { token: tokens.service, status: 409 });
    await ask('DELETE', '/admin/v1/sites/{site}', { token: operator, status: 409 });
    await to.ask('call_ring_shown', { call });
    await from.ask('call_cancel', { call });
    await ask('POST', '/v1/sites/{site}/calls/{call}/terminate', { token: tokens.service, at: { call: 'f'.repeat(32) }, status: 404 });
    const { call: second } = await site.ringing('ada', 'cleo');
    await ask('POST', '/v1/sites/{site}/calls/{call}/terminate', { token: tokens.service, at: { call: second }, status: 200 });
    await ask('GET', '/v1/sites/{site}/calls', { token: tokens.member, query: '?limit=1', status: 200 });
    await ask('GET', '/v1/sites/{site}/calls', { token: tokens.service, status: 400 });
    const bob = await site.tokenOf('bob');
    const { body: missed } = await ask('GET', '/v1/sites/{site}/notifications', { token: bob, query: '?unread=true', status: 200 });
    assert.equal(missed.items.length, 1);
    await ask('GET', '/v1/sites/{site}/notifications', { token: bob, query: '?member=ada', status: 403 });
    await ask('POST', '/v1/sites/{site}/notifications/read', { token: bob, body: { calls: [call] }, status: 200 });
    await ask('POST', '/v1/sites/{site}/notifications/read', { token: bob, status: 200 });
    await ask('GET', '/v1/sites/{site}/audit', { token: tokens.service, query: '?limit=3', status: 200 });
    const { body: events } = await ask('GET', '/v1/events', { token: tokens.service, status: 200 });
    assert.ok(events.events.length > 0);
    await ask('GET', '/v1/events', { token: tokens.service, query: '?after=x', status: 400 });
  });

  it('holds for the operator', async () => {
    await ask('PUT', '/admin/v1/sites/{site}', { token: operator, at: { site: 'birch' }, status: 201 });
    await ask('PUT', '/admin/v1/sites/{site}', { token: operator, at: { site: 'birch' }, body: {}, status: 200 });
    await ask('PUT', '/admin/v1/sites/{site}', { token: operator, at: { site: 'ash' }, body: { private_calls: true }, status: 400 });
    await ask('GET', '/admin/v1/sites/{site}', { token: operator, at: { site: 'birch' }, status: 200 });
    await ask('GET', '/admin/v1/sites', { token: operator, query: '?limit=1', status: 200 });
    const hook = { url: 'https://oak.example/calls', secrets: ['0123456789abcdef'] };
    await ask('GET', '/admin/v1/sites/{site}/webhook', { token: operator, at: { site: 'birch' }, status: 404 });
    await ask('PUT', '/admin/v1/sites/{site}/webhook', { token: operator, at: { site: 'birch' }, body: hook, status: 200 });
    await ask('PUT', '/admin/v1/sites/{site}/webhook', { token: operator, at: { site: 'birch' }, body: { ...hook, url: 'http://oak.example/' }, status: 400 });
    await ask('PUT', '/admin/v1/sites/{site}/webhook', { token: operator, at: { site: 'birch' }, body: { ...hook, url: 'https://127.0.0.1/' }, status: 400 });
    await ask('GET', '/admin/v1/sites/{site}/webhook', { token: operator, at: { site: 'birch' }, status: 200 });
    await ask('DELETE', '/admin/v1/sites/{site}/webhook', { token: operator, at: { site: 'birch' }, status: 204 });
    await ask('DELETE', '/admin/v1/sites/{site}', { token: operator, at: { site: 'birch' }, status: 204 });
  });

  it('holds for whoever has no token, or another one', async () => {
    for (const [path, item] of Object.entries(api.paths)) {
      for (const method of kMethods.filter((each) => item[each])) {
        const { security } = item[method];
        if (security.length === 0) continue;
        const request = { body: method === 'get' ? undefined : '{}', at: { call: 'a'.repeat(32) } };
        const name = method.toUpperCase();
        await ask(name, path, { ...request, status: 401 });
        await ask(name, path, { ...request, token: 'a.b.c', status: 401 });
        const allowed = new Set(security.flatMap(Object.keys));
        // A service acts in rooms and on sessions too; what it may not have is said where it asks.
        for (const kind of ['member', 'operator'].filter((each) => !allowed.has(each) && !allowed.has('room'))) {
          const status = path.startsWith('/admin/') || kind === 'operator' ? 401 : 403;
          await ask(name, path, { ...request, token: tokens[kind], status });
        }
      }
    }
  });

  it('names the methods that each path has', async () => {
    for (const [path, item] of Object.entries(api.paths)) {
      const where = base(path) + path.replace(/\{\w+\}/g, 'x');
      if (path === '/v1/ws' || path.startsWith('/v1/example/')) continue;
      const { headers } = await fetch(where, { method: path.startsWith('/v1/') ? 'OPTIONS' : 'PATCH', headers: { authorization: `Bearer ${operator}` } });
      const allow = headers.get('allow').split(', ').filter((each) => !['OPTIONS', 'HEAD'].includes(each));
      assert.deepEqual(allow.sort(), kMethods.filter((each) => item[each]).map((each) => each.toUpperCase()).sort(), path);
    }
    for (const nothing of ['/v1/', '/v1/sites', '/v1/sites/', '/v1/nothing', '/v1/sites/x/nothing']) {
      assert.equal((await fetch(site.server.url + nothing)).status, 404, nothing);
    }
    assert.equal((await fetch(`${site.server.url}/admin/v1/sites`, { headers: { authorization: `Bearer ${operator}` } })).status, 404,
      'the operator has a listener of its own');
  });

  it('was asked for all of it', () => {
    const all = Object.entries(api.paths).flatMap(([path, item]) => kMethods.filter((each) => item[each]).map((each) => `${each.toUpperCase()} ${path}`));
    assert.deepEqual(all.filter((each) => !asked.has(each) && !each.includes('/v1/example/')), []);
  });
});
