// Icons as paths on a 24 × 24 grid, drawn in the text's colour. Decoration only: the button around has the name.

const kPaths = {
  mic: ['M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3z', 'M5 11a7 7 0 0 0 14 0M12 18v3'],
  micOff: ['M15 9V6a3 3 0 0 0-5.9-.8M9 9v2a3 3 0 0 0 4.6 2.5M5 11a7 7 0 0 0 11 5.7M19 11a7 7 0 0 1-.6 2.8M12 18v3', 'M4 3l16 18'],
  camera: ['M5 6h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2z', 'm15 11 6-3.5v9L15 13'],
  cameraOff: ['M9 6h4a2 2 0 0 1 2 2v3l6-3.5v9L18 15M15 16a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2', 'M4 3l16 18'],
  phone: ['M6.5 3.5h2.7l1.6 4.2-2 1.7a12 12 0 0 0 5.8 5.8l1.7-2 4.2 1.6v2.7a2 2 0 0 1-2.2 2A17 17 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2z'],
  leave: ['!M12 8.5c-3.6 0-6.9 1-9.2 2.8-.7.5-.9 1.4-.6 2.2l.7 2c.3.8 1.1 1.2 1.9 1l2.5-.7c.7-.2 1.2-.8 1.2-1.5v-1.6a13 13 0 0 1 7 0v1.6c0 .7.5 1.3 1.2 1.5l2.5.7c.8.2 1.6-.2 1.9-1l.7-2c.3-.8.1-1.7-.6-2.2C18.9 9.5 15.6 8.5 12 8.5z'],
  screen: ['M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z', 'M8 21h8M12 17v4', 'M12 13V8m-2.5 2L12 7.5 14.5 10'],
  settings: ['M4 7h9M19 7h1M4 17h1M11 17h9', 'M16 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM8 14.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z'],
  message: ['M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z'],
  close: ['M6 6l12 12M18 6 6 18'],
  bell: ['M6 10a6 6 0 0 1 12 0c0 5 2 6 2 6H4s2-1 2-6z', 'M10 20a2.2 2.2 0 0 0 4 0'],
  missed: ['M15 5h5v5M20 5l-8 8-7-7'],
  lock: ['M7 11h10a1.5 1.5 0 0 1 1.5 1.5v6A1.5 1.5 0 0 1 17 20H7a1.5 1.5 0 0 1-1.5-1.5v-6A1.5 1.5 0 0 1 7 11z', 'M8.5 11V8a3.5 3.5 0 0 1 7 0v3'],
  alert: ['M12 4 2.5 20h19z', 'M12 10v4.5M12 17.3v.2'],
  sound: ['M4 10v4h3l5 4V6L7 10z', 'M15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11'],
  send: ['M4 12 20 5l-5 15-3.5-6.5z', 'M11.5 13.5 20 5'],
  info: ['M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17z', 'M12 11v5M12 7.8v.2'],
};

const kSvg = 'http://www.w3.org/2000/svg';

export function icon(name) {
  const svg = document.createElementNS(kSvg, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of kPaths[name]) {
    const path = document.createElementNS(kSvg, 'path');
    if (d.startsWith('!')) path.setAttribute('class', 'solid');
    path.setAttribute('d', d.replace(/^!/, ''));
    svg.append(path);
  }
  return svg;
}
