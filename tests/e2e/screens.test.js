// The page as people see it: pictures for looking at in artifacts/, and axe's opinion of each state.
import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { startChromium } from './support/chromium.js';
import { enter, expectMovingPicture, leave } from './support/meeting.js';
import { movingPicture } from './support/media.js';
import { startServer } from './support/server.js';
import { until } from './support/until.js';

const artifacts = fileURLToPath(new URL('artifacts/', import.meta.url));
const sizes = [{ width: 360, height: 740 }, { width: 1600, height: 900 }];
const schemes = ['light', 'dark'];

// A picture at each size in each scheme, and no fault that axe would call serious.
async function show(page, name) {
  for (const viewport of sizes) {
    await page.setViewportSize(viewport);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await page.screenshot({ path: path.join(artifacts, `${name}-${viewport.width}-${colorScheme}.png`) });
      const found = await page.evaluate(async (source) => {
        if (!window.axe) (0, eval)(source);
        const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
        return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      }, axe.source);
      assert.deepEqual(found, [], `${name} at ${viewport.width}, ${colorScheme}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, `${name} at ${viewport.width} is not wider than the screen`);
    }
  }
}

describe('The meeting page', () => {
  let server;
  let browser;

  before(async () => {
    mkdirSync(artifacts, { recursive: true });
    server = await startServer();
    browser = await startChromium({ video: movingPicture() });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('asks for a name and a room, and joins by keyboard alone', async () => {
    const page = await browser.page({ bypassCSP: true });
    await page.goto(`${server.url}/rooms/`);
    await show(page, 'lobby');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('#name').getAttribute('aria-invalid'), 'true', 'an empty name is pointed out');
    await page.keyboard.type('Ada');
    await page.keyboard.press('Tab');
    await page.keyboard.type('keyboard');
    await page.keyboard.press('Enter');
    await until('the call is on', () => page.locator('#call').isVisible());
    await page.getByText('Waiting for others…').waitFor();
    await show(page, 'waiting');
    await page.getByRole('button', { name: 'Leave' }).focus();
    await page.keyboard.press('Enter');
    await until('the form is back', () => page.locator('#lobby').isVisible());
    await leave(page);
  });

  it('says in words that the camera is not allowed, and goes on with audio', async () => {
    const page = await browser.page({ bypassCSP: true });
    await page.addInitScript(() => {
      const native = navigator.mediaDevices.getUserMedia;
      navigator.mediaDevices.getUserMedia = (wanted) =>
        wanted.video ? Promise.reject(new DOMException('denied', 'NotAllowedError')) : native.call(navigator.mediaDevices, wanted);
    });
    await page.goto(`${server.url}/rooms/?room=denied&name=Ada`);
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByRole('button', { name: 'Continue with audio only' }).waitFor();
    await show(page, 'denied');
    await page.getByRole('button', { name: 'Continue with audio only' }).click();
    await until('the call is on', () => page.locator('#call').isVisible());
    await leave(page);
  });

  it('shows a call of three with a long name, a missing camera and a lost connection', async () => {
    const [ada, ben, cem] = await Promise.all([browser.page({ bypassCSP: true }), browser.page(), browser.page()]);
    await enter(ada, server, { room: 'a room with quite a long name for a small screen', name: 'Ada' });
    await enter(ben, server, { room: 'a room with quite a long name for a small screen', name: 'Benedikta Maximiliana von Hohenfels-Wald', audio: 0 });
    await expectMovingPicture(ada, 'Benedikta Maximiliana von Hohenfels-Wald', { within: 5000 });
    await ada.locator('.grid .tile.showing').waitFor();
    await show(ada, 'call-of-two');
    await enter(cem, server, { room: 'a room with quite a long name for a small screen', name: 'سليم', video: 0 });
    await until('the third is there', () => ada.evaluate(() => window.parley.participants.size === 2));
    await show(ada, 'call-of-three');
    await ada.context().setOffline(true);
    await ada.evaluate(() => window.probe.sockets.at(-1).close());
    await ada.getByText('Connection lost. Reconnecting…').waitFor();
    await show(ada, 'reconnecting');
    await ada.context().setOffline(false);
    await ada.getByText('Connection lost. Reconnecting…').waitFor({ state: 'hidden', timeout: 15_000 });
    await leave(ada, ben, cem);
  });
});
