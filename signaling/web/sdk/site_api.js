// What a page changes over HTTP: the site's settings and the member's own switches.
import { ParleyError, connectionLost } from './errors.js';
import { fromWire } from './call_state.js';

const kPage = 200;

function toWire(value) {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value;
  const name = (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [name(key), toWire(inner)]));
}

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
    return this.#ask('PATCH', [site], { patch });
  }

  setMember(site, member, patch) {
    return this.#ask('PATCH', [site, 'members', member], { patch });
  }

  async members(site) {
    const all = [];
    for (let after = ''; after !== undefined;) {
      const page = await this.#ask('GET', [site, 'members'], { query: { limit: kPage, ...(after && { after }) } });
      all.push(...page.members);
      after = page.after;
    }
    return all;
  }

  async #ask(method, path, { patch, query } = {}) {
    const headers = { authorization: `Bearer ${await this.#tokens.get()}`, accept: 'application/json' };
    if (patch) headers['content-type'] = 'application/json';
    const body = patch && JSON.stringify(toWire(patch));
    let response;
    try {
      const address = new URL(path.map(encodeURIComponent).join('/'), this.#base);
      address.search = new URLSearchParams(query ?? {});
      response = await fetch(address.href, { method, headers, body });
    } catch {
      throw connectionLost();
    }
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw new ParleyError(answer?.code ?? 'internal', answer?.detail ?? `The server answered ${response.status}.`);
    return fromWire(answer);
  }
}
