// The other's picture and sound: the whole picture on black, a blurred copy of it behind, the avatar while there is none.
import { whenShown } from '../sdk/parley.js';
import { avatar } from './avatar.js';
import { h, sheet } from './dom.js';

const kBackdropEvery = 400;   // ms between two copies; they are 32 pixels wide

export const remoteStyle = sheet(`
  .remote { position: absolute; inset: 0; overflow: hidden; background: #000; display: grid; place-items: center; }
  .remote canvas { position: absolute; inset: -10%; width: 120%; height: 120%; object-fit: cover; filter: blur(32px) brightness(.45); opacity: 0; transition: opacity var(--motion); }
  .remote video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; opacity: 0; transition: opacity var(--motion); }
  .remote.showing video, .remote.showing canvas { opacity: 1; }
  .remote .face { transition: opacity var(--motion); }
  .remote.showing .face { opacity: 0; }
  .remote:not(.someone) .face { opacity: 0; }
`);

export class RemoteView {
  element;
  onblocked = () => {};

  #video = h('video', { autoplay: true, playsinline: true, part: 'remote-video', 'aria-hidden': 'true', tabindex: '-1' });
  #sound = h('audio', { autoplay: true, part: 'remote-audio' });
  #canvas = h('canvas', { width: 32, height: 18, 'aria-hidden': 'true' });
  #face = h('div.face');
  #timer = null;
  #wish = 0;

  constructor() {
    this.#video.muted = true;
    this.element = h('div.remote', { part: 'remote' }, this.#canvas, this.#face, this.#video, this.#sound);
  }

  get showing() {
    return this.element.classList.contains('showing');
  }

  setPerson(person) {
    this.#face.replaceChildren(avatar(person, 128));
  }

  setSomeone(there) {
    this.element.classList.toggle('someone', there);
    if (!there) this.hide();
  }

  async show(stream, rtpTimestamp) {
    const wish = ++this.#wish;
    if (this.#video.srcObject !== stream) this.#video.srcObject = stream;
    await whenShown(this.#video, rtpTimestamp);
    if (wish !== this.#wish) return;
    this.element.classList.add('showing');
    this.#timer ??= setInterval(() => this.#copy(), kBackdropEvery);
  }

  hide() {
    this.#wish++;
    this.element.classList.remove('showing');
    clearInterval(this.#timer);
    this.#timer = null;
  }

  async play(stream) {
    if (this.#sound.srcObject !== stream) this.#sound.srcObject = stream;
    try {
      await this.#sound.play();
    } catch (error) {
      if (error.name === 'NotAllowedError') this.onblocked();
    }
  }

  // Inside a click.
  unlock() {
    return this.#sound.play();
  }

  async useSpeaker(id) {
    await this.#sound.setSinkId?.(id);
  }

  get canChooseSpeaker() {
    return typeof this.#sound.setSinkId === 'function';
  }

  clear() {
    this.hide();
    this.setSomeone(false);
    this.#video.srcObject = null;
    this.#sound.srcObject = null;
  }

  #copy() {
    if (document.visibilityState !== 'visible' || this.#video.readyState < 2) return;
    this.#canvas.getContext('2d').drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
  }
}
