// Tells that a person is here: a hand on the page, or the page brought to the front; at most once a minute.

const kSpacing = 60_000;
const kSigns = ['pointerdown', 'keydown'];

export class Interaction {
  #tell;            // () → whether it could be said
  #last = -Infinity;
  #owed = false;

  constructor(tell) {
    this.#tell = tell;
  }

  listen() {
    const options = { capture: true, passive: true };
    for (const sign of kSigns) globalThis.window?.addEventListener?.(sign, this.#seen, options);
    globalThis.document?.addEventListener?.('visibilitychange', this.#shown);
  }

  stop() {
    for (const sign of kSigns) globalThis.window?.removeEventListener?.(sign, this.#seen, { capture: true });
    globalThis.document?.removeEventListener?.('visibilitychange', this.#shown);
  }

  // The page was opened, which has been said already.
  opened() {
    this.#last = performance.now();
  }

  // What happened while there was no connection.
  catchUp() {
    if (this.#owed && performance.now() - this.#last < kSpacing) this.#owed = !this.#tell();
    else this.#owed = false;
  }

  #seen = () => {
    const now = performance.now();
    if (now - this.#last < kSpacing) return;
    this.#last = now;
    this.#owed = !this.#tell();
  };

  #shown = () => {
    if (globalThis.document.visibilityState === 'visible') this.#seen();
  };
}
