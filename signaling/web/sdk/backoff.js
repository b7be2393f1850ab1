// How long to wait before attempt n (0, 1, …): doubling from 250 ms up to 8 s, of which the upper half is random, so that the clients
// of a restarted server don't return in one wave.

export function backoff(attempt, random = Math.random) {
  const ceiling = Math.min(8000, 250 * 2 ** attempt);
  return ceiling / 2 + random() * (ceiling / 2);
}

// A pause that can be cut short: resolves after `ms`, or at once by wake().
export class Pause {
  #wake = null;

  wait(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake() {
    this.#wake?.();
  }
}
