// A browser's storage, locks and page, and a server of calls whose answers are the test's.
import { FakeSocket, friendlyServer, installFakes } from './fakes.js';

export const kCall = '0123456789abcdef0123456789abcdef';
export const ada = { member: 'ada', name: 'Ada', avatar: '' };
export const ben = { member: 'ben', name: 'Ben', avatar: '' };

export class FakeStorage {
  #items = new Map();

  constructor(from) {
    for (const [key, value] of from?.entries() ?? []) this.#items.set(key, value);
  }

  entries() {
    return [...this.#items];
  }

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, String(value));
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

// One per browser. `release` is what happens to the locks of a page that has gone.
export class FakeLocks {
  held = new Set();
  #waiting = [];

  request(name, { signal }, holder) {
    return new Promise((resolve, reject) => {
      const take = () => {
        this.held.add(name);
        const held = Promise.resolve(holder({ name }));
        held.then(() => this.release(name));
        resolve(held);
      };
      if (!this.held.has(name)) return take();
      const entry = { name, take };
      this.#waiting.push(entry);
      signal.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry);
        reject(signal.reason);
      });
      return undefined;
    });
  }

  release(name) {
    this.held.delete(name);
    const next = this.#waiting.find((entry) => entry.name === name);
    this.#waiting = this.#waiting.filter((entry) => entry !== next);
    next?.take();
  }
}

class FakeTarget {
  #listeners = new Map();

  addEventListener(type, listener) {
    if (!this.#listeners.has(type)) this.#listeners.set(type, new Set());
    this.#listeners.get(type).add(listener);
  }

  removeEventListener(type, listener) {
    this.#listeners.get(type)?.delete(listener);
  }

  fire(type) {
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener({ type });
  }
}

const define = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

// A page of a browser: `tab` is its sessionStorage, `browser` its localStorage, `permissions` what the member has allowed.
export function installPage({
  tab = new FakeStorage(), browser = new FakeStorage(), locks = new FakeLocks(), permissions = {}, href = 'https://oak.example/people',
} = {}) {
  installFakes();
  const [window, document] = [new FakeTarget(), new FakeTarget()];
  const page = { tab, browser, locks, window, document, opened: [], address: href, navigation: 'navigate' };
  page.document.visibilityState = 'visible';
  page.window.open = (address) => (page.blocked ? null : (page.opened.push(address), { opener: page.window }));
  define('window', page.window);
  define('document', page.document);
  define('sessionStorage', tab);
  define('localStorage', browser);
  define('navigator', { locks, permissions: { query: async ({ name }) => ({ state: permissions[name] ?? 'prompt' }) } });
  const { hash } = new URL(href);
  define('location', { href, hash });
  define('history', { state: null, replaceState: (state, title, address) => (page.address = address) });
  performance.getEntriesByType = (type) => (type === 'navigation' ? [{ type: page.navigation }] : []);
  return page;
}

// A call as the wire has it.
export function snapshot(more = {}) {
  return {
    call: kCall, seq: 1, you: 'caller', caller: ada, callee: ben, origin: 'profile', ring: 'ringing', reason: 'none', state: 'ringing',
    started_at: 1_000, expires_at: 7_201_000, ring_left: 30_000, left: 7_200_000, your_media: null, their_media: null, you_inside: false,
    they_inside: false, your_tab: null, busy: false, put_away: false, message_offered: true, can_rejoin: false, ...more,
  };
}

export function details(more = {}) {
  return {
    call: kCall, caller: ada, callee: ben, origin: 'profile', started_at: 1_000, answered_at: null, last_left_at: null, talked: 0,
    caller_media: 'video', callee_media: null, ring: 'ringing', reason: 'none', state: 'ringing', expires_at: 7_201_000, left: 7_200_000,
    can_rejoin: false, message_offered: true, ...more,
  };
}

export function attending(more = {}) {
  return {
    type: 'attending', you: ada, admin: false, messenger: true, takes_calls: true, at: 1_000, calls: [], notifications: [], unread: 0,
    site: { site: 'oak', private_calls: true, messenger: true, messenger_kind: 'builtin' }, ...more,
  };
}

const inAnHour = () => Date.now() / 1000 + 3600;

// A server that takes every move. `more` overrides answers by type, as with friendlyServer.
export function callsServer(more = {}) {
  const answers = {
    auth: () => ({ type: 'authenticated', member: 'ada', room: null, publish: true, subscribe: true, expires_at: inAnHour() }),
    attend: () => attending(),
    sign_out: () => ({ type: 'attendance_closed', reason: 'signed_out' }),
    watch: ({ members }) => ({
      type: 'watching', members: members.map((member) => ({ member, name: member, avatar: '', active: false, callable: false })),
    }),
    call_start: () => ({ type: 'call', taken: 'created', settled: false, snapshot: snapshot() }),
    call_choose: ({ media }) => ({ type: 'call', taken: 'moved', settled: false, snapshot: snapshot({ seq: 2, your_media: media }) }),
    call_ticket: ({ call }) => ({ type: 'ticket', call, ticket: 'a-ticket', until: 61_000 }),
    call_details: () => ({ type: 'call_details', details: details() }),
    ...more,
  };
  return friendlyServer(answers);
}

// The connection for calls that is open now; rooms have others.
export const callsSocket = () =>
  FakeSocket.all.filter((socket) => socket.readyState === 1 && socket.sent.some(({ type }) => type === 'attend')).at(-1);
export const sent = (type) => FakeSocket.all.flatMap((socket) => socket.sent).filter((message) => message.type === type);
