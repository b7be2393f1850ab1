// Members and how they stand on a page. Wherever a picture or a mention is, it is a <parley-person>: pressing it opens the card with
// "Start a private call".
import { h } from './dom.js';

export function face({ member, name, avatar }, size = 48) {
  if (avatar) return h('img', { class: 'face', src: avatar, alt: '', width: String(size), height: String(size), style: `--face: ${size}px` });
  const words = name.split(' ').filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ''].map((word = '') => [...word][0] ?? '').join('');
  const mark = h('span', { class: 'face', 'aria-hidden': 'true' }, letters.toLocaleUpperCase());
  mark.style.setProperty('--hue', [...member].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7));
  mark.style.setProperty('--face', `${size}px`);
  return mark;
}

// The members of the site by id, as the server has them.
export class People {
  #byId;

  constructor(list) {
    this.#byId = new Map(list.map((person) => [person.member, person]));
  }

  get all() {
    return [...this.#byId.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  has(member) {
    return this.#byId.has(member);
  }

  nameOf(member) {
    return this.#byId.get(member)?.name ?? 'A former member';
  }

  // The picture of somebody, to press.
  picture(member, origin, { size = 'medium' } = {}) {
    return this.#person(member, origin, { display: 'avatar', class: `picture-${size}` });
  }

  // "@Name" in a text.
  mention(member) {
    if (!this.has(member)) return `@${this.nameOf(member)}`;
    return this.#person(member, 'mention', { display: 'mention' });
  }

  // A plain picture, where there is nobody to call.
  face(member, size = 48) {
    const { name, avatar } = this.#byId.get(member) ?? { name: this.nameOf(member), avatar: '' };
    return face({ member, name, avatar }, size);
  }

  // A name that leads to the profile.
  link(member, attributes = {}) {
    return h('a', { href: `#/people/${encodeURIComponent(member)}`, class: 'name', ...attributes }, h('bdi', {}, this.nameOf(member)));
  }

  // A text in which @{id} stands for a member.
  text(source, attributes = {}) {
    const parts = source.split(/@\{([^}]+)\}/);
    return h('p', { dir: 'auto', ...attributes }, parts.map((part, i) => (i % 2 === 0 ? part : this.mention(part))));
  }

  #person(member, origin, attributes) {
    const { name, avatar } = this.#byId.get(member) ?? { name: this.nameOf(member), avatar: '' };
    return h('parley-person', { member, name, avatar, origin, ...attributes });
  }
}
