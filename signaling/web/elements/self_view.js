// One's own picture: small, mirrored, in a corner of one's choice, by dragging or with the arrow keys.
import { h, sheet } from './dom.js';
import { icon } from './icons.js';
import { avatar } from './avatar.js';
import { words } from './words.js';

export const selfStyle = sheet(`
  .self { position: absolute; z-index: 2; width: clamp(104px, 17vw, 232px); aspect-ratio: 4 / 3; border-radius: 12px; overflow: hidden; background: #2b303a; border: 1px solid rgb(255 255 255 / 22%);
    box-shadow: 0 8px 24px rgb(0 0 0 / 40%); touch-action: none; cursor: grab; display: grid; place-items: center; transition: transform var(--motion), opacity var(--motion); }
  .self.dragged { transition: none; cursor: grabbing; }
  .self[data-corner^="bottom"] { bottom: calc(104px + env(safe-area-inset-bottom)); }
  .self[data-corner^="top"] { top: 72px; }
  .self[data-corner$="right"] { right: var(--space-4); }
  .self[data-corner$="left"] { left: var(--space-4); }
  .self video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; transform: scaleX(-1); opacity: 0; transition: opacity var(--motion); }
  .self.showing video { opacity: 1; }
  .self .tag { position: absolute; left: 6px; bottom: 6px; display: flex; align-items: center; gap: 4px; padding: 1px 8px; border-radius: 6px; background: rgb(0 0 0 / 62%); font-size: 14px; color: #fff; }
  .self .tag .icon { width: 16px; height: 16px; }
  @media (min-width: 900px) { .self { aspect-ratio: 16 / 9; } }
`);

// Where a dragged picture comes to rest: the corner nearest to its middle. Pure.
export function nearestCorner({ x, y }, { width, height }) {
  return `${y < height / 2 ? 'top' : 'bottom'}-${x < width / 2 ? 'left' : 'right'}`;
}

// An arrow key's way from corner to corner. Pure.
export function cornerAfter(corner, key) {
  const [vertical, horizontal] = corner.split('-');
  const to = { ArrowUp: ['top', horizontal], ArrowDown: ['bottom', horizontal], ArrowLeft: [vertical, 'left'], ArrowRight: [vertical, 'right'] }[key];
  return to ? to.join('-') : corner;
}

export class SelfView {
  element;
  #video = h('video', { autoplay: true, playsinline: true, 'aria-hidden': 'true', tabindex: '-1' });
  #face = h('div');
  #muted = icon('micOff');
  #start = null;

  constructor() {
    this.#video.muted = true;
    this.element = h('div.self', { part: 'self', id: 'self', tabindex: '0', role: 'group', 'aria-label': words.ownPicture, 'data-corner': 'bottom-right' },
      this.#face, this.#video, h('span.tag', { 'aria-hidden': 'true' }, this.#muted, words.you));
    this.element.addEventListener('pointerdown', (event) => this.#grab(event));
    this.element.addEventListener('pointermove', (event) => this.#drag(event));
    for (const type of ['pointerup', 'pointercancel']) this.element.addEventListener(type, (event) => this.#drop(event));
    this.element.addEventListener('keydown', (event) => {
      const corner = cornerAfter(this.element.dataset.corner, event.key);
      if (!event.key.startsWith('Arrow')) return;
      event.preventDefault();
      this.element.dataset.corner = corner;
    });
  }

  update(you, media) {
    if (you && this.#face.dataset.member !== you.member) {
      this.#face.dataset.member = you.member;
      this.#face.replaceChildren(avatar(you, 48));
    }
    const track = media.isOn('video') ? media.video : null;
    if ((this.#video.srcObject?.getVideoTracks()[0] ?? null) !== track) this.#video.srcObject = track ? new MediaStream([track]) : null;
    this.element.classList.toggle('showing', Boolean(track));
    this.#muted.toggleAttribute('hidden', media.isOn('audio'));
  }

  #grab(event) {
    if (event.button !== 0) return;
    this.#start = { x: event.clientX, y: event.clientY };
    this.element.setPointerCapture(event.pointerId);
    this.element.classList.add('dragged');
  }

  #drag({ clientX, clientY }) {
    if (!this.#start) return;
    this.element.style.transform = `translate(${clientX - this.#start.x}px, ${clientY - this.#start.y}px)`;
  }

  #drop() {
    if (!this.#start) return;
    this.#start = null;
    const own = this.element.getBoundingClientRect();
    const stage = this.element.parentNode.getBoundingClientRect();
    this.element.dataset.corner = nearestCorner({ x: own.left + own.width / 2 - stage.left, y: own.top + own.height / 2 - stage.top }, stage);
    this.element.style.transform = '';
    this.element.classList.remove('dragged');
  }
}
