// Named events with plain values. Events may be held back while nobody can have subscribed yet.

export class Emitter {
  #listeners = new Map();
  #held = null;

  on(type, listener) {
    if (!this.#listeners.has(type)) this.#listeners.set(type, new Set());
    this.#listeners.get(type).add(listener);
    return () => this.off(type, listener);
  }

  once(type, listener) {
    const off = this.on(type, (event) => {
      off();
      listener(event);
    });
    return off;
  }

  off(type, listener) {
    this.#listeners.get(type)?.delete(listener);
  }

  emit(type, event = {}) {
    if (this.#held) {
      this.#held.push([type, event]);
      return;
    }
    for (const listener of [...(this.#listeners.get(type) ?? [])]) {
      // One listener's fault is not the others'.
      try {
        listener(event);
      } catch (fault) {
        console.error(fault);
      }
    }
  }

  hold() {
    this.#held ??= [];
  }

  release() {
    const held = this.#held ?? [];
    this.#held = null;
    for (const [type, event] of held) this.emit(type, event);
  }
}
