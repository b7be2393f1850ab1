// Names come from strangers. Here they become one line of at most 80 characters that can't reorder the text around it; sentences keep a
// name apart from the words, so that a page isolates it in <bdi> and a title or a notification by invisible marks.

const kLongest = 80;
const kNobody = 'Somebody';
const kFirstStrongIsolate = '\u2068';
const kPopIsolate = '\u2069';

// Control characters, line and paragraph separators, and the marks that override or embed a direction.
const kUnwanted = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]+/gu;
// More marks on one letter than any script needs: they would paint over the lines around.
const kTowers = /(\p{M}{4})\p{M}+/gu;

function letters(text) {
  if (typeof Intl.Segmenter !== 'function') return [...text];
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

export function shownName(name) {
  // Cut roughly first: a name of a megabyte is not worth segmenting.
  const clean = String(name ?? '').slice(0, 40 * kLongest).replace(kUnwanted, ' ').replace(kTowers, '$1').replace(/\s+/gu, ' ').trim();
  if (clean === '') return kNobody;
  const parts = letters(clean);
  return parts.length > kLongest ? `${parts.slice(0, kLongest - 1).join('').trimEnd()}…` : clean;
}

export function initialsOf(name) {
  const words = shownName(name).split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => letters(word).find((letter) => /[\p{L}\p{N}]/u.test(letter)).toLocaleUpperCase()).join('') || '?';
}

export function hueOf(member) {
  let hash = 0;
  for (const character of String(member)) hash = (hash * 31 + character.codePointAt(0)) >>> 0;
  return hash % 360;
}

// Words with names in between: `sentence`${name} is calling you``.
export class Sentence {
  constructor(strings, names) {
    this.strings = strings;
    this.names = names.map(shownName);
  }

  // For titles, labels and notifications, where there are no elements.
  toString() {
    return this.strings.reduce((text, words, i) => `${text}${kFirstStrongIsolate}${this.names[i - 1]}${kPopIsolate}${words}`);
  }
}

export const sentence = (strings, ...names) => new Sentence(strings, names);
