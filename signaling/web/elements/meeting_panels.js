// The two small panels of a meeting: which devices are used, and how well the connection runs.
import { chosenDevices, listDevices, rememberDevice } from './devices.js';
import { h, say, sheet } from './dom.js';
import { words } from './words.js';

export const panelStyle = sheet(`
  .panel { position: absolute; z-index: 3; bottom: calc(104px + env(safe-area-inset-bottom)); left: 50%; transform: translateX(-50%); width: min(360px, calc(100% - 2 * var(--space-3))); padding: var(--space-4);
    border-radius: var(--radius-surface); background: #1b1e24; border: 1px solid #3a3f4b; color: #f2f4f7; display: grid; gap: var(--space-3); font-size: 14px; animation: appear var(--motion); }
  .panel .title { font-size: 16px; font-weight: 600; }
  .panel.quality { bottom: auto; top: 68px; left: auto; right: var(--space-3); transform: none; }
  .panel label { display: grid; gap: var(--space-1); font-weight: 600; }
  .panel select { min-height: 44px; width: 100%; padding: 0 var(--space-3); border-radius: var(--radius-control); border: 1px solid #767d8c; background: #121419; color: inherit; font-weight: 400; }
  .panel dl { display: grid; grid-template-columns: auto 1fr; gap: var(--space-1) var(--space-4); font-variant-numeric: tabular-nums; }
  .panel dt { color: #b0b6c3; }
  .panel dd { text-align: end; }
  .panel svg.trend { width: 100%; height: 56px; border-radius: var(--radius-control); background: #121419; }
  .panel .rate { fill: none; stroke: #9db0ff; stroke-width: 2; vector-effect: non-scaling-stroke; }
  .panel .loss { fill: none; stroke: #f5c15a; stroke-width: 2; vector-effect: non-scaling-stroke; }
  .panel .why { color: #f5d38a; }
`);

export class DevicePanel {
  element = h('div.panel', { part: 'devices-panel', role: 'group', 'aria-label': words.devices, hidden: true });
  #selects = {};

  // `on`: choose(kind, id), kind: microphone, camera, speaker. `speaker`: whether the browser lets one choose.
  constructor(on, { speaker }) {
    this.element.append(h('p.title', {}, words.devices));
    const names = { microphone: words.microphoneOf, camera: words.cameraOf, ...(speaker ? { speaker: words.speakerOf } : {}) };
    for (const [kind, name] of Object.entries(names)) {
      const select = h('select', { part: `choose-${kind}` });
      select.addEventListener('change', () => {
        if (kind === 'speaker') rememberDevice(kind, select.value);
        on.choose(kind, select.value);
      });
      this.#selects[kind] = select;
      this.element.append(h('label', {}, name, select));
    }
  }

  // `used`: the ids in use, by kind.
  async fill(used = {}) {
    const found = await listDevices();
    const chosen = chosenDevices();
    for (const [kind, select] of Object.entries(this.#selects)) {
      const name = { microphone: words.microphoneOf, camera: words.cameraOf, speaker: words.speakerOf }[kind];
      select.replaceChildren(...found[kind].map(({ deviceId, label }, i) => h('option', { value: deviceId }, label || words.device_n(name, i + 1))));
      select.closest('label').hidden = found[kind].length === 0;
      const current = used[kind] ?? chosen[kind];
      if (found[kind].some(({ deviceId }) => deviceId === current)) select.value = current;
    }
  }

  get first() {
    return Object.values(this.#selects).find((select) => !select.closest('label').hidden) ?? null;
  }
}

const kSvg = 'http://www.w3.org/2000/svg';
const kSamples = 30;

// A line through `values` on a 100 × 40 field. Pure.
export function trendLine(values, highest) {
  if (values.length < 2 || highest <= 0) return '';
  const stepX = 100 / (kSamples - 1);
  const left = 100 - stepX * (values.length - 1);
  return values.map((value, i) => `${i === 0 ? 'M' : 'L'}${(left + i * stepX).toFixed(1)} ${(38 - 36 * Math.min(1, value / highest)).toFixed(1)}`).join('');
}

export function rateWords(bits) {
  return bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bits / 1000)} kbit/s`;
}

export class QualityPanel {
  element = h('div.panel.quality', { part: 'quality-panel', role: 'group', 'aria-label': words.quality, hidden: true });
  #facts = h('dl');
  #why = h('p.why', { hidden: true }, words.slowNetwork);
  #rate = document.createElementNS(kSvg, 'path');
  #loss = document.createElementNS(kSvg, 'path');
  #title = h('p.title');
  #history = [];

  constructor() {
    const svg = document.createElementNS(kSvg, 'svg');
    svg.setAttribute('class', 'trend');
    svg.setAttribute('viewBox', '0 0 100 40');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', words.qualityFigures.trend);
    this.#rate.setAttribute('class', 'rate');
    this.#loss.setAttribute('class', 'loss');
    svg.append(this.#rate, this.#loss);
    this.element.append(this.#title, svg, this.#facts, this.#why);
  }

  clear() {
    this.#history = [];
  }

  add(figures, dots) {
    this.#history = [...this.#history, figures].slice(-kSamples);
    if (this.element.hidden) return;
    const { picture, sent, received, trip, loss, none } = words.qualityFigures;
    say(this.#title, words.qualityNames[dots]);
    const rows = [
      [picture, figures.width ? `${figures.width} × ${figures.height}` : none],
      [received, rateWords(figures.rateIn)],
      [sent, rateWords(figures.rateOut)],
      [trip, figures.trip === null ? none : `${Math.round(figures.trip)} ms`],
      [loss, `${(100 * Math.max(figures.loss, figures.lossOut)).toFixed(1)} %`],
    ];
    this.#facts.replaceChildren(...rows.flatMap(([word, value]) => [h('dt', {}, word), h('dd', {}, value)]));
    this.#why.hidden = figures.limited !== 'bandwidth';
    const rates = this.#history.map(({ rateIn, rateOut }) => rateIn + rateOut);
    this.#rate.setAttribute('d', trendLine(rates, Math.max(...rates) * 1.1));
    this.#loss.setAttribute('d', trendLine(this.#history.map((one) => Math.max(one.loss, one.lossOut)), 0.2));
  }
}
