// Addresses behind the #, as patterns: '/people/:member'. One page is shown at a time.

export class Router {
  #routes = [];
  #show;

  constructor(show) {
    this.#show = show;
  }

  add(pattern, page) {
    const names = [...pattern.matchAll(/:(\w+)/g)].map(([, name]) => name);
    this.#routes.push({ page, names, test: new RegExp(`^${pattern.replace(/:\w+/g, '([^/]+)')}$`) });
    return this;
  }

  start() {
    window.addEventListener('hashchange', () => this.#go());
    this.#go();
  }

  static get path() {
    return location.hash.replace(/^#/, '').split('?')[0] || '/';
  }

  #go() {
    for (const { page, names, test } of this.#routes) {
      const found = test.exec(Router.path);
      if (!found) continue;
      return this.#show(page, Object.fromEntries(names.map((name, i) => [name, decoded(found[i + 1])])));
    }
    this.#show(null, {});
  }
}

// What a hand typed may be no percent-encoding at all.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
