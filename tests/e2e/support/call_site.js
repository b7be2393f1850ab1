// A server with a site of members, and clients that speak the calls protocol without a browser: for what the running server does.
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import WebSocket from 'ws';
import { startServer } from './server.js';
import { slack } from './until.js';

const kEvents = new Set(['ring', 'ring_stopped', 'answered', 'outcome', 'could_not_connect', 'call_presence', 'back_in_call', 'closing_soon',
  'call_closed', 'details', 'snapshot', 'settled']);

const refusal = (type, { code, message: sentence }) => Object.assign(new Error(`${type}: ${code}: ${sentence}`), { code, sentence });

export const random = () => randomBytes(12).toString('hex');

// One tab of a member: answers by request, everything else in the order in which it came.
export class CallClient {
  heard = [];       // what nobody waited for yet
  closed = null;    // {code} once the connection is gone
  #socket;
  #pending = new Map();
  #waiters = [];
  #next = 1;

  static async open(url, { token, tab = random(), device = random(), opened = true, attend = true }) {
    const client = new CallClient();
    client.tab = tab;
    client.device = device;
    client.token = token;
    client.url = url;
    await client.#connect(`${url.replace(/^http/, 'ws')}/v1/ws`);
    await client.ask('auth', { token });
    if (attend) client.attending = await client.ask('attend', { tab, device, opened });
    return client;
  }

  #connect(url) {
    this.#socket = new WebSocket(url, 'parley.v1');
    this.#socket.on('message', (data) => this.#receive(JSON.parse(String(data))));
    this.#socket.on('close', (code) => this.#lost(code));
    this.#socket.on('error', () => {});
    return new Promise((resolve, reject) => {
      this.#socket.once('open', resolve);
      this.#socket.once('error', reject);
    });
  }

  // The answer, or throws an error with the server's code.
  ask(type, fields = {}) {
    const id = String(this.#next++);
    this.#socket.send(JSON.stringify({ type, id, ...fields }));
    return new Promise((resolve, reject) => {
      if (this.closed) reject(new Error(`closed (${this.closed.code}) before ${type}`));
      this.#pending.set(id, { resolve, reject, type });
    });
  }

  send(type, fields = {}) {
    this.#socket.send(JSON.stringify({ type, ...fields }));
  }

  // The next message of a type, also one that came already; `that` picks one.
  next(type, that = () => true, { within = 5000 } = {}) {
    const fits = (message) => message.type === type && that(message);
    const index = this.heard.findIndex(fits);
    if (index >= 0) return Promise.resolve(this.heard.splice(index, 1)[0]);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((each) => each.resolve !== resolve);
        reject(new Error(`no ${type} within ${within * slack} ms; heard: ${this.heard.map((each) => each.type)}`));
      }, within * slack);
      this.#waiters.push({ fits, resolve, timer });
    });
  }

  // What has come so far of a type.
  all(type) {
    return this.heard.filter((message) => message.type === type);
  }

  // Everything that was sent before this has been answered after it: what is not here by then did not happen.
  async settle() {
    await this.ask('notifications', {});
  }

  start(member, { origin = 'profile', request = random() } = {}) {
    return this.ask('call_start', { member, origin, request });
  }

  // Chosen already; asks the ticket and goes through the door on a connection of its own, as a page does. No media: who is
  // inside is the signaling's to say.
  async enter(call, { tab = this.tab } = {}) {
    const { ticket } = await this.ask('call_ticket', { call });
    return RoomClient.open(this.url, { token: this.token, ticket, tab });
  }

  // As a laptop that is shut: no goodbye.
  vanish() {
    this.#socket.terminate();
  }

  close() {
    this.#socket.close();
  }

  #receive(message) {
    const asked = this.#pending.get(message.id);
    if (asked) {
      this.#pending.delete(message.id);
      if (message.type === 'error') asked.reject(refusal(asked.type, message));
      else asked.resolve(message);
      return;
    }
    const index = this.#waiters.findIndex(({ fits }) => fits(message));
    if (index < 0) {
      this.heard.push(message);
      return;
    }
    const [waiter] = this.#waiters.splice(index, 1);
    clearTimeout(waiter.timer);
    waiter.resolve(message);
  }

  #lost(code) {
    this.closed = { code };
    for (const { reject, type } of this.#pending.values()) reject(new Error(`closed (${code}) before the answer to ${type}`));
    this.#pending.clear();
  }
}

// The media side of one entry, without media.
export class RoomClient {
  static async open(url, { token, ticket, tab }) {
    const client = await CallClient.open(url, { token, attend: false });
    try {
      client.joined = await client.ask('join', { ticket, tab });
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }
}

export const isCallEvent = (message) => kEvents.has(message.type);

export async function refused(promise, code) {
  const error = await promise.then(() => null, (reason) => reason);
  assert.ok(error, `should have been refused with ${code}`);
  assert.equal(error.code, code);
}

// `settings`: of the site, as PATCH /v1/sites/{s} takes them. `members`: ids, of which names are made, or entries as the platform puts them.
export async function startCallSite({ keys = {}, env = {}, ...how } = {}) {
  const server = await startServer({ keys: { 'demo.enabled': 'false', 'http.requests_per_second': '10000', ...keys }, env });
  try {
    return await makeSite(server, how);
  } catch (error) {
    await server.stop().catch(() => {});
    throw error;
  }
}

// One more site on a server that runs.
export async function makeSite(server, { id = `site-${random().slice(0, 8)}`, settings = {}, members = ['ada', 'bob', 'cleo', 'dan'] } = {}) {
  const site = new CallSite(server, id);
  await site.make({ private_calls: true, ...settings }, members);
  return site;
}

class CallSite {
  #clients = [];
  #tokens = new Map();

  constructor(server, id) {
    this.server = server;
    this.id = id;
  }

  async make(settings, members) {
    assert.ok((await this.admin('PUT', `/admin/v1/sites/${this.id}`, {})).status < 300, 'the site is made');
    this.service = await this.server.cli('token', '--service', '--site', this.id);
    const put = await this.rest('PUT', `/v1/sites/${this.id}/members`, members.map((member) =>
      (typeof member === 'string' ? { member, name: member[0].toUpperCase() + member.slice(1) } : member)));
    assert.ok(put.status < 300, `members: ${put.status} ${JSON.stringify(put.body)}`);
    await this.set(settings);
  }

  // On the admin listener.
  async admin(method, where, body) {
    const secret = (await readFile(path.join(this.server.dataDir, 'admin.token'), 'utf8')).trim();
    return this.#send(`${this.server.adminUrl}${where}`, method, secret, body);
  }

  async set(settings) {
    const { status, body } = await this.rest('PATCH', `/v1/sites/${this.id}`, settings);
    assert.ok(status < 300, `settings: ${status} ${JSON.stringify(body)}`);
  }

  member(member, fields) {
    return this.rest('PUT', `/v1/sites/${this.id}/members/${member}`, fields);
  }

  async tokenOf(member) {
    if (!this.#tokens.has(member)) this.#tokens.set(member, await this.server.cli('token', '--member', member, '--site', this.id));
    return this.#tokens.get(member);
  }

  // A tab of a member.
  async tab(member, how = {}) {
    const client = await CallClient.open(this.server.url, { token: await this.tokenOf(member), ...how });
    client.member = member;
    this.#clients.push(client);
    return client;
  }

  // Both are here; the caller has started; the callee's tab has its ring.
  async ringing(caller, callee, { origin } = {}) {
    const from = await this.tab(caller);
    const to = await this.tab(callee);
    const { snapshot } = await from.start(callee, { origin });
    await to.next('ring', (ring) => ring.call === snapshot.call);
    return { from, to, call: snapshot.call, snapshot };
  }

  // As above, and both are inside.
  async talking(caller, callee) {
    const { from, to, call } = await this.ringing(caller, callee);
    await from.ask('call_choose', { call, media: 'video' });
    from.room = await from.enter(call);
    await to.ask('call_accept', { call, media: 'audio' });
    to.room = await to.enter(call);
    await from.next('call_presence', ({ snapshot }) => snapshot.you_inside && snapshot.they_inside);
    return { from, to, call };
  }

  rest(method, where, body, token = this.service) {
    return this.#send(`${this.server.url}${where}`, method, token, body);
  }

  async #send(url, method, token, body) {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }

  hangUp() {
    for (const client of this.#clients.splice(0)) {
      client.room?.close();
      client.close();
    }
  }

  async stop() {
    this.hangUp();
    await this.server.stop();
  }
}

