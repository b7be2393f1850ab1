// What a page changes over HTTP: the site's settings and the member's own switches.
import { ParleyError, connectionLost } from './errors.js';
import { fromWire } from './call_state.js';

const toWire = (patch) =>
  Object.fromEntries(Object.entries(patch).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]));

export class SiteApi {
  #base;
  #tokens;

  // The same server as the WebSocket's.
  constructor(socketUrl, tokens) {
    const base = new URL('/v1/sites/', socketUrl);
    base.protocol = base.protocol.replace('ws', 'http');
    this.#base = base.href;
    this.#tokens = tokens;
  }

  settings(site) {
    return this.#ask('GET', [site]);
  }

  setSettings(site, patch) {
    return this.#ask('PATCH', [site], patch);
  }

  setMember(site, member, patch) {
    return this.#ask('PATCH', [site, 'members', member], patch);
  }

  members(site) {
    return this.#ask('GET', [site, 'members']);
  }

  async #ask(method, path, patch) {
    const headers = { authorization: `Bearer ${await this.#tokens.get()}`, accept: 'application/json' };
    if (patch) headers['content-type'] = 'application/json';
    const body = patch && JSON.stringify(toWire(patch));
    let response;
    try {
      response = await fetch(this.#base + path.map(encodeURIComponent).join('/'), { method, headers, body });
    } catch {
      throw connectionLost();
    }
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw new ParleyError(answer?.code ?? 'internal', answer?.detail ?? `The server answered ${response.status}.`);
    return fromWire(answer);
  }
}
