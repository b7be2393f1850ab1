// What a tab remembers of the call it is in, so that a reload can go back in as it was: which call, audio or video, what was muted, when.
import { navigationType } from './tab.js';

const kGoodFor = 60_000;
const kEvery = 10_000;   // a browser that dies says no goodbye

export class Inside {
  #keep;
  #found;
  #timer = null;
  #current = null;

  constructor(keep, { fresh }) {
    this.#keep = keep;
    // A tab that was duplicated or restored was not in there itself.
    this.#found = fresh || navigationType() !== 'reload' ? null : keep.get('inside');
    keep.remove('inside');
  }

  // What an earlier page of this very tab left behind, if it was a moment ago.
  get last() {
    const age = this.#found ? Date.now() - this.#found.at : -1;
    return age >= 0 && age <= kGoodFor ? this.#found : null;
  }

  entered(call, room) {
    this.#current = { call, room };
    this.#found = null;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.note(), kEvery);
    this.#timer.unref?.();   // of node; browsers have nothing to wait for
    this.note();
  }

  left(call) {
    if (this.#current?.call !== call) return;
    this.#current = null;
    clearInterval(this.#timer);
    this.#keep.remove('inside');
  }

  note() {
    if (!this.#current) return;
    const { call, room } = this.#current;
    const mutedOf = (kind) => room.publications.find((publication) => publication.kind === kind)?.muted ?? false;
    const muted = { audio: mutedOf('audio'), video: mutedOf('video') };
    this.#keep.set('inside', { call: call.id, media: call.yourMedia, muted, at: Date.now() });
  }

  // The page goes away: from now on nothing erases the note.
  freeze() {
    this.note();
    this.#current = null;
    clearInterval(this.#timer);
  }
}

// Whether devices would open without asking.
export async function areGranted(names, permissions = globalThis.navigator?.permissions) {
  try {
    const states = await Promise.all(names.map((name) => permissions.query({ name })));
    return states.every(({ state }) => state === 'granted');
  } catch {
    return false;   // a browser that can't say is asked by a click
  }
}
