// Members and how they stand on a page. Wherever a picture or a mention is, it is a <parley-person> around it: pressing it opens the
// member's card with "Start a private call".
import { hueOf, initialsOf } from '../elements/names.js';
import { h } from './dom.js';
import { groupsOf } from './oakwood.js';

// A plain picture, or initials on a colour made from the member's id.
export function face({ member, name, avatar }, size = 48) {
  if (avatar) return h('img', { class: 'face', src: avatar, alt: '', width: String(size), height: String(size), style: { '--face': `${size}px` } });
  return h('span', { class: 'face', 'data-initials': initialsOf(name), style: { '--face': `${size}px`, '--hue': String(hueOf(member)) } });
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

  // A plain picture, where there is nobody to call.
  face(member, size) {
    return face(this.#known(member), size);
  }

  // The picture of somebody, to press.
  picture(member, origin, { size = 44 } = {}) {
    const button = h('button', { type: 'button', class: 'picture', 'aria-label': `${this.nameOf(member)}, open card`, style: { '--face': `${size}px` } }, this.face(member, size));
    return this.#person(member, origin, button);
  }

  // "@Name" in a text, which breaks with it: no button around it.
  mention(member) {
    if (!this.has(member)) return `@${this.nameOf(member)}`;
    return this.#person(member, 'mention', h('span', { class: 'mention' }, '@', h('bdi', {}, this.nameOf(member))));
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

  #known(member) {
    return this.#byId.get(member) ?? { member, name: this.nameOf(member), avatar: '' };
  }

  // With the groups of the member, for the card.
  #person(member, origin, trigger) {
    const { name, avatar } = this.#known(member);
    const groups = groupsOf(member).map((group) => group.name).join(', ');
    return h('parley-person', { member, name, avatar, origin }, trigger, groups && h('span', { slot: 'group', class: 'quiet' }, groups));
  }
}
