// Small values that a tab (sessionStorage) or a browser (localStorage) keeps. Where storage is denied or full they live as long as the
// page, which is all that can be had.

class Keep {
  #open;
  #memory = new Map();

  constructor(open) {
    this.#open = open;
  }

  get(name) {
    try {
      return JSON.parse(this.#open().getItem(`parley.${name}`) ?? 'null') ?? this.#memory.get(name) ?? null;
    } catch {
      return this.#memory.get(name) ?? null;
    }
  }

  set(name, value) {
    this.#memory.set(name, value);
    try {
      this.#open().setItem(`parley.${name}`, JSON.stringify(value));
    } catch {
      /* kept in memory */
    }
  }

  remove(name) {
    this.#memory.delete(name);
    try {
      this.#open().removeItem(`parley.${name}`);
    } catch {
      /* there was nothing */
    }
  }
}

// A getter that throws (storage denied) and one that is missing are the same thing here.
export const keepOfTab = () => new Keep(() => globalThis.sessionStorage);
export const keepOfBrowser = () => new Keep(() => globalThis.localStorage);
