// The connection for calls: one wire after the other, each authenticated and attended, for as long as the page lives. It knows nothing of
// calls; `attach` says hello on a new wire, and what comes in goes to `receive`.
import { Pause, backoff } from './backoff.js';
import { ParleyError, connectionLost } from './errors.js';
import { Wire } from './wire.js';

const kPolicyViolation = 1008;   // also: the token ran out while the machine slept
const kTooSoon = 5000;           // a connection refused after less than this is refused for good
const kRefreshAhead = 60;        // seconds before the token expires

// Errors that another attempt won't cure.
const kFinal = new Set(['refused', 'bad_request', 'unauthorized', 'forbidden', 'not_found']);

export function addressOf(url) {
  const address = new URL(url ?? '/v1/ws', globalThis.location?.href);
  address.protocol = address.protocol.replace('http', 'ws');
  return address.href;
}

export class Line {
  state = 'new';   // new, connecting, connected, reconnecting, closed

  #url;
  #tokens;
  #on;             // {attach(wire), receive(message), lost(), back(), ended(reason)}
  #wire = null;
  #upSince = 0;
  #pause = new Pause();
  #refreshTimer = null;
  #waiters = [];
  #stopListening = () => {};

  constructor({ url, tokens, on }) {
    this.#url = addressOf(url);
    this.#tokens = tokens;
    this.#on = on;
  }

  // Resolves when attended; rejects only with what waiting won't cure.
  async open() {
    this.state = 'connecting';
    const wake = () => this.#pause.wake();
    globalThis.window?.addEventListener?.('online', wake);
    this.#stopListening = () => globalThis.window?.removeEventListener?.('online', wake);
    const error = await this.#keepTrying(0);
    if (!error) return;
    this.close();
    throw error;
  }

  request(type, fields = {}) {
    if (this.state === 'closed') return Promise.reject(new ParleyError('closed', 'The connection for calls is closed.'));
    return this.state === 'connected' ? this.#wire.request(type, fields) : Promise.reject(connectionLost());
  }

  send(type, fields = {}) {
    if (this.state === 'connected') this.#wire.send(type, fields);
  }

  // Resolves as soon as there is a connection.
  up() {
    if (this.state === 'connected') return Promise.resolve();
    if (this.state === 'closed') return Promise.reject(new ParleyError('closed', 'The connection for calls is closed.'));
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  close() {
    if (this.state === 'closed') return;
    this.state = 'closed';
    clearTimeout(this.#refreshTimer);
    this.#stopListening();
    this.#pause.wake();
    this.#wire?.close();
    for (const { reject } of this.#waiters.splice(0)) reject(new ParleyError('closed', 'The connection for calls is closed.'));
  }

  // The error that ended it, or nothing.
  async #keepTrying(attempt) {
    for (; this.state !== 'closed'; attempt++) {
      if (attempt > 0) await this.#pause.wait(backoff(attempt - 1));
      if (this.state === 'closed') break;
      try {
        await this.#establish();
        return undefined;
      } catch (error) {
        if (kFinal.has(error.code)) return error;
      }
    }
    return new ParleyError('closed', 'The connection for calls is closed.');
  }

  async #establish() {
    // The token first: the server gives a silent connection a few seconds.
    const token = await this.#tokens.renew();
    const wire = await Wire.open(this.#url);
    let lost = false;
    wire.onlost = () => (lost = true);
    wire.onmessage = (message) => this.#on.receive(message);
    try {
      const { expires_at: expiresAt } = await wire.request('auth', { token });
      this.#tokens.learn(token, expiresAt);
      this.#planRefresh(expiresAt);
      await this.#on.attach(wire);
      if (lost) throw connectionLost();
    } catch (error) {
      wire.close();
      throw error;
    }
    if (this.state === 'closed') return wire.close();
    this.#wire = wire;
    this.#upSince = performance.now();
    this.state = 'connected';
    wire.onlost = ({ code }) => this.#lost(code);
    for (const { resolve } of this.#waiters.splice(0)) resolve();
    return undefined;
  }

  #lost(code) {
    if (this.state === 'closed') return;
    const refused = code === kPolicyViolation && (!this.#tokens.renewable || performance.now() - this.#upSince < kTooSoon);
    if (refused) return this.#end('refused');
    this.state = 'reconnecting';
    this.#on.lost();
    this.#keepTrying(1).then((error) => {
      if (error) this.#end(error.code);
      else this.#on.back();
    });
  }

  #end(reason) {
    if (this.state === 'closed') return;
    this.close();
    this.#on.ended(reason);
  }

  #planRefresh(expiresAt) {
    clearTimeout(this.#refreshTimer);
    if (!expiresAt || !this.#tokens.renewable) return;
    const left = expiresAt - Date.now() / 1000;
    const wait = Math.max(left - kRefreshAhead, left / 2, 1);
    this.#refreshTimer = setTimeout(() => this.#refresh().catch(() => {}), Math.min(wait * 1000, 2 ** 31 - 1));
  }

  // If it fails, the server closes the connection when the token ends, and the next one asks for another.
  async #refresh() {
    if (this.state !== 'connected') return;
    const token = await this.#tokens.renew();
    const { expires_at: expiresAt } = await this.request('refresh', { token });
    this.#tokens.learn(token, expiresAt);
    this.#planRefresh(expiresAt);
  }
}
