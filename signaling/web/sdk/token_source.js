// Where tokens come from: a fixed one, a function, or an endpoint of the embedding site that knows its member by cookie. One token serves
// the connection for calls, the rooms and REST until shortly before it expires.
import { ParleyError } from './errors.js';

const kEnough = 90_000;   // of its life must be left for another use

async function fetchToken(endpoint) {
  let response;
  try {
    response = await fetch(endpoint, { credentials: 'include', cache: 'no-store', headers: { accept: 'application/json' } });
  } catch {
    throw new ParleyError('connection_lost', 'The page that gives tokens could not be reached.');
  }
  if (response.status === 401 || response.status === 403) throw new ParleyError('unauthorized', 'Nobody is signed in.');
  if (!response.ok) throw new ParleyError('unavailable', `The page that gives tokens failed (${response.status}).`);
  return (await response.json()).token;
}

export class TokenSource {
  #make;
  #token = null;
  #expiresAt = null;   // ms, unknown until the server has said it

  constructor({ token, tokenEndpoint }) {
    this.renewable = typeof token !== 'string';
    this.#make = typeof token === 'function' ? token : token ? () => token : () => fetchToken(tokenEndpoint);
  }

  async renew() {
    this.#token = await this.#make();
    this.#expiresAt = null;
    return this.#token;
  }

  // The server took this token, and says how long it lasts (seconds since 1970).
  learn(token, expiresAt) {
    if (token === this.#token && expiresAt) this.#expiresAt = expiresAt * 1000;
  }

  get() {
    const lasts = this.#token && this.#expiresAt && this.#expiresAt - Date.now() > kEnough;
    return lasts || (this.#token && !this.renewable) ? Promise.resolve(this.#token) : this.renew();
  }
}
