// Making elements. Whatever others wrote becomes text here, never markup.

const kSvg = 'http://www.w3.org/2000/svg';

// h('a', { href: '#/', class: 'quiet', onclick: go }, 'Home', icon('home')). False, null and undefined leave a thing out. `style` is an
// object: the content policy knows no style attributes.
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'style') for (const [property, word] of Object.entries(value)) node.style.setProperty(property, word);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(kSvg, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(kSvg, 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

const kSpans = [['minute', 60], ['hour', 60], ['day', 24], ['week', 7]];

// "3 hours ago", in the reader's own language.
export function ago(at, now = Date.now()) {
  let amount = Math.max(0, (now - at) / 1000);
  let unit = 'second';
  for (const [name, size] of kSpans) {
    if (amount < size) break;
    amount /= size;
    unit = name;
  }
  if (unit === 'second') return 'just now';
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.floor(amount), unit);
}

export const timeAgo = (at) =>
  h('time', { datetime: new Date(at).toISOString(), title: new Date(at).toLocaleString(), class: 'quiet' }, ago(at));
