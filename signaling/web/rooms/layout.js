// Where tiles go: as few columns as make the pictures largest. Pure, so that it can be tested.

// The size of `count` equal tiles of about `aspect` in a box. A lone tile takes the whole box; its picture is fitted inside.
export function tileSize(count, width, height, { gap = 8, aspect = 16 / 9 } = {}) {
  if (count <= 1) return { width, height };
  let best = { width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    if (cellWidth <= 0 || cellHeight <= 0) continue;
    const fitted = Math.min(cellWidth, cellHeight * aspect);
    if (fitted > best.width) best = { width: fitted, height: fitted / aspect };
  }
  return { width: Math.floor(best.width), height: Math.floor(best.height) };
}

export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0].toLocaleUpperCase()).join('') || '?';
}

export function hueOf(member) {
  let hash = 0;
  for (const character of member) hash = (hash * 31 + character.codePointAt(0)) >>> 0;
  return hash % 360;
}
