// A picture, or initials on a colour made from the member's id. The picture's host learns nothing of the page it stands on.
import { h } from './dom.js';
import { hueOf, initialsOf } from './names.js';

export function avatar({ member, name, avatar: address }, size = 40) {
  const initials = h('span', {}, initialsOf(name));
  const element = h('span.avatar', { 'aria-hidden': 'true', part: 'avatar' }, initials);
  element.style.setProperty('--hue', String(hueOf(member)));
  element.style.setProperty('--size', `${size}px`);
  const url = pictureUrl(address);
  if (url) {
    const picture = h('img', { alt: '', referrerpolicy: 'no-referrer', decoding: 'async', draggable: 'false', width: size, height: size });
    // What doesn't load is no picture; the initials are there anyway.
    picture.addEventListener('error', () => picture.remove());
    picture.src = url;
    element.append(picture);
  }
  return element;
}

// https, or http to the page's own origin while developing; never data, blob or script.
export function pictureUrl(address, base = globalThis.location?.href) {
  if (typeof address !== 'string' || address === '' || address.length > 2048) return null;
  try {
    const url = new URL(address, base);
    if (url.protocol === 'https:') return url.href;
    return base !== undefined && url.origin === new URL(base).origin && url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}
