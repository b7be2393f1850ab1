// Sounds by Web Audio, so that there is no file to load: two soft bells every three seconds, or one of them where somebody talks already.
// A browser that wants a gesture first leaves the context suspended; then `blocked` says so, and `unlock` is for a click.

const kEvery = 3000;
const kBells = [[0, 659.3], [0.22, 880], [0.9, 659.3], [1.12, 880]];

export class RingTone {
  onblocked = () => {};

  #context = null;
  #timer = null;
  #loudness = 0.16;
  #play = () => {};

  get blocked() {
    return this.#context !== null && this.#context.state === 'suspended';
  }

  // `kind`: 'ring' until `stop`, or 'soft' once.
  start(kind) {
    this.stop();
    const Context = globalThis.AudioContext;
    if (!Context) return;
    try {
      this.#context ??= new Context();
    } catch {
      return;   // no sound device
    }
    this.#context.onstatechange = () => this.onblocked(this.blocked);
    const play = () => (kind === 'soft' ? this.#bell(0, 880, 0.5) : kBells.forEach(([at, tone]) => this.#bell(at, tone)));
    this.#play = play;
    this.#whenRunning(play);
    if (kind === 'ring') this.#timer = setInterval(() => !this.blocked && play(), kEvery);
    // It stays suspended without an event: look a moment later.
    setTimeout(() => this.onblocked(this.blocked), 150);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  // Inside a click.
  async unlock() {
    await this.#context?.resume();
    if (this.#timer !== null) this.#play();
    this.onblocked(this.blocked);
  }

  #whenRunning(play) {
    const context = this.#context;
    if (context.state === 'running') return play();
    const timerAtStart = Date.now();
    context.resume().then(() => Date.now() - timerAtStart < 500 && play()).catch(() => {});
  }

  #bell(after, tone, share = 1) {
    const context = this.#context;
    const start = context.currentTime + after;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(this.#loudness * share, start + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.0005, start + 0.7);
    gain.connect(context.destination);
    for (const [times, part] of [[1, 1], [2, 0.25]]) {
      const oscillator = context.createOscillator();
      const level = context.createGain();
      level.gain.value = part;
      oscillator.frequency.value = tone * times;
      oscillator.connect(level).connect(gain);
      oscillator.start(start);
      oscillator.stop(start + 0.75);
    }
  }
}

// One tab of the device sounds. The lock is the browser's; without locks every tab sounds.
export class SoundLock {
  #release = null;
  #wish = 0;

  // Calls `granted` when this tab may sound, maybe much later: when the tab that sounded was closed.
  take(granted) {
    const wish = ++this.#wish;
    if (!globalThis.navigator?.locks) return granted();
    navigator.locks.request('parley-ring', () => {
      if (wish !== this.#wish) return undefined;
      granted();
      return new Promise((resolve) => (this.#release = resolve));
    }).catch(() => {});
  }

  drop() {
    this.#wish++;
    this.#release?.();
    this.#release = null;
  }
}
