// Events of calls on their way to a platform's receiver: order, signature, failures, rotation, replay, and where they may not go.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startCallSite } from './support/call_site.js';
import { until } from './support/until.js';

const kSecret = 'a secret of the platform';
const kNewSecret = 'the secret that comes after';

let folder;
let tls;

before(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'parley-hook-'));
  const [key, cert] = ['key.pem', 'ca.pem'].map((name) => path.join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  tls = { key: readFileSync(key), cert: readFileSync(cert) };
});
after(() => rmSync(folder, { recursive: true, force: true }));

// The platform: keeps what is posted to it and answers as `answer` says.
class Receiver {
  got = [];
  answer = () => 204;
  #server;

  static async start() {
    const receiver = new Receiver();
    receiver.#server = https.createServer(tls, (request, response) => receiver.#take(request, response));
    await new Promise((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    receiver.port = receiver.#server.address().port;
    return receiver;
  }

  url(where = '/hook', host = 'localhost') {
    return `https://${host}:${this.port}${where}`;
  }

  topics() {
    return this.got.map(({ event }) => event.topic);
  }

  // The first event of a topic that was taken.
  event(topic) {
    return until(`the event ${topic}`, () => this.got.find(({ event, status }) => event.topic === topic && status < 300));
  }

  async #take(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const post = { where: request.url, headers: request.headers, body, event: JSON.parse(body) };
    const { status, headers } = [this.answer(post)].map((said) => (typeof said === 'number' ? { status: said } : said))[0];
    this.got.push({ ...post, status });
    response.writeHead(status, headers).end('thank you');
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

// A site, a receiver, and a server that may reach it; all gone after the test.
async function world(t, keys = {}) {
  const receiver = await Receiver.start();
  t.after(() => receiver.stop());
  const site = await startCallSite({
    keys: { 'webhooks.allow_private': '["127.0.0.0/8", "::1"]', 'webhooks.ca_file': JSON.stringify(path.join(folder, 'ca.pem')), ...keys },
  });
  t.after(() => site.stop());
  const hook = (fields) => site.admin('PUT', `/admin/v1/sites/${site.id}/webhook`, { secrets: [kSecret], ...fields });
  return { receiver, site, hook };
}

async function declinedCall(site, caller = 'ada', callee = 'bob') {
  const { to, call } = await site.ringing(caller, callee);
  await to.ask('call_decline', { call });
  return call;
}

const signature = (secret, { headers, body }) =>
  `v1=${createHmac('sha256', secret).update(`${headers['parley-timestamp']}.${headers['parley-event']}.${body}`).digest('hex')}`;

test('the events of a call arrive in their order, each signed', async (t) => {
  const { receiver, site, hook } = await world(t);
  const put = await hook({ url: receiver.url('/hook?of=oak') });
  assert.equal(put.status, 200, JSON.stringify(put.body));
  assert.ok(!JSON.stringify(put.body).includes(kSecret), 'the secret is not shown');
  const call = await declinedCall(site);
  await receiver.event('call.ended');

  assert.deepEqual(receiver.topics(), ['call.started', 'call.declined', 'call.ended']);
  for (const post of receiver.got) {
    assert.equal(post.where, '/hook?of=oak');
    assert.equal(post.headers['content-type'], 'application/json');
    assert.equal(post.headers['parley-event'], String(post.event.serial));
    assert.equal(post.headers['parley-signature'], signature(kSecret, post));
    assert.ok(Math.abs(Date.now() / 1000 - Number(post.headers['parley-timestamp'])) < 60);
    assert.equal(post.event.data.call, call);
    assert.equal(post.event.data.site, site.id);
    assert.deepEqual([post.event.data.caller, post.event.data.callee], ['ada', 'bob']);
  }
  const ended = receiver.got[2].event.data;
  assert.deepEqual([ended.ring, ended.state], ['declined', 'ended']);
  assert.ok(!site.server.log().includes(kSecret), 'nor logged');
});

test('the check that the documentation shows takes what is signed, and nothing else', async (t) => {
  const text = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
  const [, sample] = /```js\n([^]*?)```/.exec(text);
  const { isParley } = await import(`data:text/javascript,${encodeURIComponent(sample)}`);
  const { receiver, site, hook } = await world(t);
  await hook({ url: receiver.url(), secrets: [kNewSecret, kSecret] });
  await declinedCall(site);
  const { headers, body } = await receiver.event('call.started');

  assert.ok(isParley(headers, body, kSecret));
  assert.ok(isParley(headers, body, kNewSecret));
  assert.ok(!isParley(headers, body, 'a secret of somebody else'));
  assert.ok(!isParley(headers, Buffer.concat([body, Buffer.from(' ')]), kSecret), 'another body');
  assert.ok(!isParley({ ...headers, 'parley-event': '99' }, body, kSecret), 'another event');
  assert.ok(!isParley(headers, body, kSecret, Date.now() / 1000 + 301), 'an old one');
  assert.ok(!isParley({ ...headers, 'parley-signature': 'v1=' }, body, kSecret));
  assert.ok(!isParley({}, body, kSecret));
});

test('what failed comes again, and nothing of its call before it', async (t) => {
  const { receiver, site, hook } = await world(t);
  let failures = 2;
  receiver.answer = ({ event }) => (event.topic === 'call.started' && failures-- > 0 ? 500 : 200);
  await hook({ url: receiver.url() });
  await declinedCall(site);
  await receiver.event('call.ended');

  assert.deepEqual(receiver.topics(), ['call.started', 'call.started', 'call.started', 'call.declined', 'call.ended']);
  const [first, second] = receiver.got;
  assert.equal(second.headers['parley-event'], first.headers['parley-event']);
  assert.deepEqual(second.body, first.body);
});

test('events of a server that was killed arrive after its restart', async (t) => {
  const { receiver, site, hook } = await world(t);
  receiver.answer = () => 503;
  await hook({ url: receiver.url() });
  const call = await declinedCall(site);
  await until('a try', () => receiver.got.length > 0);
  await site.server.kill();
  receiver.answer = () => 200;
  await site.server.restart();
  await receiver.event('call.ended');

  const taken = receiver.got.filter(({ status }) => status === 200).map(({ event }) => event);
  assert.deepEqual(taken.map(({ topic }) => topic), ['call.started', 'call.declined', 'call.ended']);
  assert.ok(taken.every(({ data }) => data.call === call));
});

test('while a secret is exchanged both sign, and then the new one alone', async (t) => {
  const { receiver, site, hook } = await world(t);
  await hook({ url: receiver.url() });
  await hook({ url: receiver.url(), secrets: [kNewSecret, kSecret] });
  await declinedCall(site);
  const both = await receiver.event('call.started');
  assert.equal(both.headers['parley-signature'], `${signature(kNewSecret, both)},${signature(kSecret, both)}`);

  await receiver.event('call.ended');
  receiver.got.length = 0;
  await hook({ url: receiver.url(), secrets: [kNewSecret] });
  await declinedCall(site, 'cleo', 'dan');
  const alone = await receiver.event('call.started');
  assert.equal(alone.headers['parley-signature'], signature(kNewSecret, alone));
});

test('the list tells the same again from any place, and a webhook begins with what comes', async (t) => {
  const { receiver, site, hook } = await world(t);
  const earlier = await declinedCall(site);
  await hook({ url: receiver.url() });
  const later = await declinedCall(site, 'cleo', 'dan');
  await receiver.event('call.ended');
  assert.ok(receiver.got.every(({ event }) => event.data.call === later));

  const read = async (from) => (await site.rest('GET', `/v1/events?after=${from}`)).body;
  const all = await read(0);
  assert.deepEqual(all.events.map(({ data }) => data.call), [earlier, earlier, earlier, later, later, later]);
  assert.deepEqual(all.events.slice(3), receiver.got.map(({ event }) => event));
  assert.equal(all.after, all.events.at(-1).serial);
  assert.deepEqual((await read(receiver.got[0].event.serial)).events, all.events.slice(4));
  assert.deepEqual((await read(all.after)).events, []);
});

test('a redirect is not followed', async (t) => {
  const { receiver, site, hook } = await world(t);
  const elsewhere = await Receiver.start();
  t.after(() => elsewhere.stop());
  receiver.answer = () => ({ status: 307, headers: { location: elsewhere.url() } });
  await hook({ url: receiver.url() });
  await declinedCall(site);
  await until('a second try', () => receiver.got.length > 1);
  assert.deepEqual(elsewhere.got, []);
  receiver.answer = () => 200;
  await receiver.event('call.ended');
  assert.deepEqual(elsewhere.got, []);
});

test('an address inside is refused unless it is listed', async (t) => {
  const { receiver, site, hook } = await world(t, { 'webhooks.allow_private': '[]' });
  for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254', '10.0.0.1']) {
    assert.equal((await hook({ url: receiver.url('/hook', host) })).status, 400, host);
  }
  assert.equal((await hook({ url: `http://localhost:${receiver.port}/` })).status, 400);
  // A name tells nothing before it is resolved.
  assert.equal((await hook({ url: receiver.url() })).status, 200);
  await declinedCall(site);
  const refusal = /webhook of site \S+: event \d+: the address is not one of the open internet/;
  await until('the refusal in the log', () => refusal.test(site.server.log()));
  assert.deepEqual(receiver.got, []);
});

test('a webhook that was removed gets nothing more', async (t) => {
  const { receiver, site, hook } = await world(t);
  await hook({ url: receiver.url() });
  await declinedCall(site);
  await receiver.event('call.ended');
  assert.equal((await site.admin('DELETE', `/admin/v1/sites/${site.id}/webhook`)).status, 204);
  const count = receiver.got.length;
  await declinedCall(site, 'cleo', 'dan');
  const other = await Receiver.start();
  t.after(() => other.stop());
  await hook({ url: other.url() });
  await declinedCall(site, 'ada', 'dan');
  await other.event('call.ended');
  assert.equal(receiver.got.length, count);
  assert.equal(other.got.length, 3);
});
