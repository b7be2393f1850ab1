// One participant's tile: their picture when a slot carries it, else their initials; their name; a mark when they are muted.
import { hueOf, initials } from './layout.js';
import { whenShown } from '../sdk/parley.js';

export class Tile {
  element = document.createElement('div');
  sound = document.createElement('audio');

  #video = document.createElement('video');
  #label = document.createElement('span');
  #mark;
  #wish = 0;

  constructor({ member, name }) {
    const avatar = document.createElement('span');
    avatar.className = 'avatar';
    avatar.setAttribute('aria-hidden', 'true');
    avatar.textContent = initials(name);
    avatar.style.setProperty('--hue', hueOf(member));

    this.#mark = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    this.#mark.setAttribute('class', 'icon muted-mark');
    this.#mark.setAttribute('role', 'img');
    this.#mark.setAttribute('aria-label', 'Microphone off');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', '#icon-mic-off');
    this.#mark.append(use);

    const label = document.createElement('span');
    label.className = 'label';
    this.#label.textContent = name;
    this.#label.dir = 'auto';
    label.append(this.#mark, this.#label);

    this.#video.autoplay = this.#video.playsInline = this.#video.muted = true;
    this.sound.autoplay = true;
    this.element.className = 'tile';
    this.element.dataset.member = member;
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', name);
    this.element.append(this.#video, avatar, label, this.sound);
    this.showMuted(false);
  }

  // A slot may have shown somebody else a moment ago: theirs is not uncovered under this name.
  async showPicture(stream, rtpTimestamp) {
    const wish = ++this.#wish;
    if (this.#video.srcObject !== stream) this.#video.srcObject = stream;
    await whenShown(this.#video, rtpTimestamp);
    if (wish === this.#wish) this.element.classList.add('showing');
  }

  hidePicture() {
    this.#wish++;
    this.element.classList.remove('showing');
  }

  // Rejects when the browser wants a gesture before it plays sound.
  play(stream) {
    if (this.sound.srcObject !== stream) this.sound.srcObject = stream;
    return this.sound.play();
  }

  silence() {
    this.sound.srcObject = null;
  }

  showMuted(muted) {
    this.#mark.style.display = muted ? '' : 'none';
  }

  remove() {
    this.silence();
    this.#video.srcObject = null;
    this.element.remove();
  }
}
