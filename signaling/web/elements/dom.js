// Elements made by name, attributes and children. Text is always text: nothing here parses markup, and styles are sheets.
import { Sentence } from './names.js';

// h('button.primary', { part: 'close', onclick }, 'Close'). A property that starts with `on` is a listener, false and null leave it out,
// true is the bare attribute. Children: nodes, texts, sentences, arrays of them; null and false are skipped.
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  put(element, ...children);
  return element;
}

function* nodesOf(child) {
  if (child === null || child === undefined || child === false) return;
  if (Array.isArray(child)) for (const one of child) yield* nodesOf(one);
  else if (child instanceof Node) yield child;
  else if (child instanceof Sentence) yield* isolated(child);
  else yield document.createTextNode(String(child));
}

function* isolated({ strings, names }) {
  for (let i = 0; i < strings.length; i++) {
    if (i > 0) yield h('bdi', {}, names[i - 1]);
    if (strings[i]) yield document.createTextNode(strings[i]);
  }
}

export function put(element, ...children) {
  element.append(...nodesOf(children));
}

// Replaces the content. The same words again are left alone: a live region would read them once more.
export function say(element, ...children) {
  const nodes = [...nodesOf(children)];
  if (nodes.map((node) => node.textContent).join('') === element.textContent && nodes.every((node) => node.nodeType === 3 || node.localName === 'bdi')) return;
  element.replaceChildren(...nodes);
}

export function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

// Emits a composed event that the platform's page can hear on the element, and says whether it was let through.
export function tell(element, type, detail, { cancelable = false } = {}) {
  return element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable }));
}

// The focused element, through the shadow roots.
export function deepActive() {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}
