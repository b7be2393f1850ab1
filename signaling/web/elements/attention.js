// Makes an unwatched page noticed while somebody calls: its title and favicon blink, and where the member allowed it, a notification of
// the system stands next to it. Everything is put back afterwards.

const kBlinkEvery = 1000;
const kIcon = new URL('ringing.svg', import.meta.url).href;

export class Attention {
  #timer = null;
  #title = '';
  #shown = '';
  #icons = [];
  #blink = null;
  #notification = null;

  // `text`: what stands in the title; `tag` keeps the tabs of a browser from notifying twice.
  start(text, { tag, onclick }) {
    this.stop();
    this.#title = document.title;
    this.#icons = [...document.querySelectorAll('link[rel~="icon"]')];
    let on = false;
    const blink = () => {
      // Somebody else changed the title meanwhile: that one is put back later.
      if (document.title !== this.#shown && document.title !== this.#title) this.#title = document.title;
      on = !on;
      document.title = this.#shown = on ? text : this.#title;
      this.#favicon(on);
    };
    this.#timer = setInterval(blink, kBlinkEvery);
    blink();
    this.#notify(text, tag, onclick);
  }

  stop() {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    if (document.title === this.#shown) document.title = this.#title;
    this.#favicon(false);
    this.#notification?.close();
    this.#notification = null;
  }

  #favicon(on) {
    if (on) {
      for (const icon of this.#icons) icon.remove();
      this.#blink ??= Object.assign(document.createElement('link'), { rel: 'icon', type: 'image/svg+xml', href: kIcon });
      document.head.append(this.#blink);
    } else {
      this.#blink?.remove();
      for (const icon of this.#icons) if (!icon.isConnected) document.head.append(icon);
    }
  }

  #notify(text, tag, onclick) {
    if (globalThis.Notification?.permission !== 'granted' || document.visibilityState === 'visible') return;
    try {
      this.#notification = new Notification(text, { tag, requireInteraction: true, silent: true });
      this.#notification.onclick = () => {
        window.focus();
        onclick?.();
      };
    } catch {
      // Android has none outside of a service worker.
    }
  }
}
