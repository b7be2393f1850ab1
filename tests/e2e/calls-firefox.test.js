// The main road of a private call between Chromium and Firefox ESR: ring, answer, see and hear each other, leave, come back.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { startCommunity } from './support/community.js';
import { startFirefox } from './support/firefox.js';
import { movingPicture, tone } from './support/media.js';
import { Person } from './support/person.js';
import { slack, until } from './support/until.js';

// Firefox is driven by another library, so its page is used through scripts.
class FirefoxPerson {
  static async open(browser, server, member) {
    const page = await browser.page();
    await page.goto(`${server.community}#/people`);
    await until(`${member} can be chosen`, () => page.evaluate((id) => document.querySelector(`[data-member="${id}"]`) !== null, member));
    await page.evaluate((id) => document.querySelector(`[data-member="${id}"]`).click(), member);
    await until(`${member} is connected`, () => page.evaluate(() => globalThis.ParleyElements?.calls?.state === 'connected'), { within: 15_000 });
    return new FirefoxPerson(page);
  }

  constructor(page) {
    this.page = page;
  }

  see(part, { within = 10_000 } = {}) {
    return until(`${part} is shown`, () => this.page.evaluate((name) => {
      const element = document.querySelector('parley-calls').shadowRoot.querySelector(`[part~="${name}"]`);
      return Boolean(element?.checkVisibility());
    }, part), { within });
  }

  async press(part) {
    await this.see(part);
    await this.page.evaluate((name) => document.querySelector('parley-calls').shadowRoot.querySelector(`[part~="${name}"]`).click(), part);
  }

  async seesPicture() {
    const seen = await this.page.evaluate((within) => window.probe.differentPicturesOf(
      () => document.querySelector('parley-calls').shadowRoot.querySelector('[part~="remote-video"]')?.srcObject, { wanted: 6, within }), 10_000 * slack);
    assert.ok(seen >= 6, `Firefox sees a moving picture (${seen} pictures)`);
  }

  hears(hertz) {
    return until(`Firefox hears ${hertz} Hz`, async () => Math.abs(await this.page.evaluate(() => {
      const root = document.querySelector('parley-calls').shadowRoot;
      return window.probe.loudestFrequencyOf(root.querySelector('[part~="remote-audio"]')?.srcObject ?? root.querySelector('[part~="remote-video"]').srcObject);
    }) - hertz) < 12, { within: 10_000 });
  }
}

describe('a private call between Chromium and Firefox', () => {
  let server;
  let chromium;
  let firefox;

  before(async () => {
    // Firefox gathers no loopback candidate.
    server = await startCommunity({ keys: { 'media.listen': '["0.0.0.0"]' }, args: ['--lan'] });
    [chromium, firefox] = await Promise.all([startChromium({ video: movingPicture(), audio: tone(440) }), startFirefox()]);
  });
  after(async () => {
    await Promise.all([chromium?.close(), firefox?.close()]);
    await server?.stop();
  });

  it('R12 R16: rings, is answered, carries picture and sound both ways, and is come back to', async () => {
    const ada = await Person.open(chromium, server, 'ada');
    const ben = await FirefoxPerson.open(firefox, server, 'ben');
    await ada.call('ben');
    await ada.press('join-video');
    await ben.see('incoming');
    await new Promise((resolve) => { setTimeout(resolve, 700); });   // the pop-up hears nothing at first
    await ben.press('answer-video');
    await ada.inside({ within: 20_000 });
    await Promise.all([ada.seesPicture(), ben.seesPicture(), ben.hears(440)]);
    await ben.press('leave');
    await ben.press('details-rejoin');
    await ben.seesPicture();
    await ada.seesPicture();
  });
});
