// Pictures of what people see, at both widths and in both schemes, with axe's opinion of each. They go to artifacts/, and with
// PARLEY_GUIDE=1 to docs/guide, as WebP, which the browser itself writes.
import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';

const isGuide = process.env.PARLEY_GUIDE === '1';
const folder = fileURLToPath(isGuide ? new URL('../../../docs/guide/', import.meta.url) : new URL('../artifacts/', import.meta.url));

export const sizes = [{ width: 360, height: 740 }, { width: 1600, height: 900 }];
export const schemes = ['light', 'dark'];

export class Gallery {
  #converter;

  // `page`: a page of its own, for writing pictures.
  constructor(page) {
    this.#converter = page;
    mkdirSync(folder, { recursive: true });
  }

  // `beforeEach`: what has to be done before each picture, such as moving the mouse. `check`: axe too.
  async show(page, name, { beforeEach = async () => {}, check = true } = {}) {
    for (const viewport of sizes) {
      await page.setViewportSize(viewport);
      // What stands beside something else finds its place again once everything has moved.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
        dispatchEvent(new Event('resize'));
        resolve();
      }))));
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await beforeEach();
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        await this.#keep(await page.screenshot({ animations: 'disabled' }), `${name}-${viewport.width}-${colorScheme}`);
        if (check) await this.#check(page, `${name} at ${viewport.width}, ${colorScheme}`);
      }
    }
  }

  async #check(page, where) {
    const found = await page.evaluate(async (source) => {
      if (!window.axe) (0, eval)(source);
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
      return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' ')}`);
    }, axe.source);
    assert.deepEqual(found, [], where);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0, `${where} is not wider than the screen`);
  }

  async #keep(png, name) {
    const webp = await this.#converter.evaluate(async (base64) => {
      const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      canvas.getContext('2d').drawImage(picture, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
      return btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(''));
    }, png.toString('base64'));
    await writeFile(path.join(folder, `${name}.webp`), Buffer.from(webp, 'base64'));
  }
}

// Runs in a page before its own scripts: the camera shows a drawn person who sways, and fails as `window.deviceFault` says ('hang': the
// browser's question stays open).
export function drawnCamera(hue) {
  const devices = navigator.mediaDevices;
  const native = devices.getUserMedia.bind(devices);
  const draw = () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const context = canvas.getContext('2d');
    const paint = () => {
      const sway = 6 * Math.sin(performance.now() / 700);
      const wall = context.createLinearGradient(0, 0, 640, 360);
      wall.addColorStop(0, `hsl(${hue} 38% 74%)`);
      wall.addColorStop(1, `hsl(${hue + 30} 34% 52%)`);
      context.fillStyle = wall;
      context.fillRect(0, 0, 640, 360);
      context.fillStyle = `hsl(${hue + 20} 30% 62%)`;
      context.fillRect(430, 60, 130, 170);
      context.fillStyle = `hsl(${hue + 190} 45% 38%)`;
      context.beginPath();
      context.ellipse(300 + sway, 390, 150, 150, 0, 0, 7);
      context.fill();
      context.fillStyle = 'hsl(24 45% 62%)';
      context.beginPath();
      context.ellipse(300 + sway, 165, 62, 76, 0, 0, 7);
      context.fill();
      context.fillStyle = 'hsl(24 40% 22%)';
      context.beginPath();
      context.ellipse(300 + sway, 128, 68, 52, 0, Math.PI, 0);
      context.fill();
      for (const eye of [-24, 24]) {
        context.beginPath();
        context.arc(300 + sway + eye, 165, 5, 0, 7);
        context.fill();
      }
      context.lineWidth = 5;
      context.strokeStyle = 'hsl(8 45% 36%)';
      context.beginPath();
      context.arc(300 + sway, 190, 24, 0.4, 2.7);
      context.stroke();
    };
    paint();
    setInterval(paint, 66);
    return canvas.captureStream(15).getVideoTracks()[0];
  };
  devices.getUserMedia = async (wanted) => {
    const fault = window.deviceFault;
    if (fault === 'hang') await new Promise((resolve) => (window.answerPrompt = resolve));
    else if (fault && (fault.of === 'both' || wanted[fault.of])) throw new DOMException('for the test', fault.name);
    const stream = wanted.audio ? await native({ audio: wanted.audio }) : new MediaStream();
    if (wanted.video) stream.addTrack(draw());
    return stream;
  };
}
