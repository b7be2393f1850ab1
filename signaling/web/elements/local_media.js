// What this tab sends into a call: its devices from the prompt to the room, muting, turning video on later, another device, the screen.
import { Emitter } from '../sdk/emitter.js';
import { openDevices, rememberDevice } from './devices.js';

export class LocalMedia extends Emitter {
  audio = null;     // MediaStreamTrack
  video = null;
  screen = null;
  room = null;
  muted = { audio: false, video: false };
  #opening = 0;

  // Opens what is not open yet. Rejects with a Trouble, or an AbortError.
  async open({ video, signal, muted }) {
    const turn = ++this.#opening;
    if (muted) this.muted = { ...muted };
    const needs = { audio: this.audio?.readyState !== 'live', video: video && this.video?.readyState !== 'live' };
    if (!video) this.#drop('video');
    if (needs.audio || needs.video) {
      const tracks = await openDevices({ ...needs, signal });
      if (turn !== this.#opening) {
        for (const track of tracks) track.stop();
        throw new DOMException('Closed meanwhile.', 'AbortError');
      }
      for (const track of tracks) this[track.kind] = track;
    }
    this.#apply();
  }

  // For Call.enter.
  get tracks() {
    return { audio: this.audio, video: this.video, muted: { ...this.muted } };
  }

  joined(room) {
    this.room = room;
    room.on('deviceended', ({ publication }) => {
      if (publication.source === 'screen') this.stopScreen();
      else this.emit('gone', { video: publication.kind === 'video' });
      this.emit('changed');
    });
    this.emit('changed');
  }

  isOn(kind) {
    return this[kind] !== null && this[kind].readyState === 'live' && !this.muted[kind];
  }

  // Mutes what is sent; a camera that was left out is opened now.
  async toggle(kind) {
    if (this[kind] === null || this[kind].readyState !== 'live') return this.add(kind);
    this.muted[kind] = !this.muted[kind];
    this.#apply();
    await this.#publication(kind)?.mute(this.muted[kind]);
  }

  async add(kind) {
    const turn = this.#opening;
    const [track] = await openDevices({ audio: kind === 'audio', video: kind === 'video' });
    if (turn !== this.#opening) return track.stop();
    const before = this.#publication(kind);
    this[kind] = track;
    this.muted[kind] = false;
    this.#apply();
    if (before) {
      await before.replaceDevice(track);
      await before.mute(false);
    } else {
      await this.room?.publish(track, { source: kind === 'audio' ? 'microphone' : 'camera' });
    }
    this.#apply();
  }

  // `id`: a deviceId; what was sent goes on with the new device.
  async choose(kind, id) {
    rememberDevice(kind === 'audio' ? 'microphone' : 'camera', id);
    if (this[kind]?.readyState !== 'live') return;
    const old = this[kind];
    // Some systems give a camera to one at a time.
    if (kind === 'video') old.stop();
    const [track] = await openDevices({ audio: kind === 'audio', video: kind === 'video' });
    old.stop();
    this[kind] = track;
    this.#apply();
    await this.#publication(kind)?.replaceDevice(track);
  }

  async toggleScreen() {
    if (this.screen) return this.stopScreen();
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15 } } });
    const [track] = stream.getVideoTracks();
    if (!this.room || this.room.state === 'closed') return track.stop();
    track.contentHint = 'detail';
    this.screen = track;
    this.emit('changed');
    try {
      await this.room.publish(track, { source: 'screen' });
    } catch (error) {
      this.stopScreen();
      throw error;
    }
  }

  stopScreen() {
    if (!this.screen) return;
    this.screen.stop();
    this.screen = null;
    this.#publication('screen')?.unpublish().catch(() => {});
    this.emit('changed');
  }

  // Nothing of this tab is seen or heard from here on.
  stop() {
    this.#opening++;
    for (const kind of ['audio', 'video', 'screen']) this.#drop(kind);
    this.muted = { audio: false, video: false };
    this.room = null;
    this.emit('changed');
  }

  #publication(kind) {
    const source = { audio: 'microphone', video: 'camera', screen: 'screen' }[kind];
    return this.room?.publications.find((publication) => publication.source === source);
  }

  #drop(kind) {
    this[kind]?.stop();
    this[kind] = null;
  }

  #apply() {
    for (const kind of ['audio', 'video']) if (this[kind]) this[kind].enabled = !this.muted[kind];
    this.emit('changed');
  }
}
