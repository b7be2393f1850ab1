import { strict as assert } from 'node:assert';
import { slack, until } from './until.js';

// A member's page that is used through scripts alone: for browsers that Playwright does not drive.
export class ScriptedPerson {
  static async open(browser, server, member) {
    const page = await browser.page();
    await page.goto(`${server.community}#/people`);
    await until(`${member} can be chosen`, () => page.evaluate((id) => document.querySelector(`[data-member="${id}"]`) !== null, member));
    await page.evaluate((id) => document.querySelector(`[data-member="${id}"]`).click(), member);
    await until(`${member} is connected`, () => page.evaluate(() => globalThis.ParleyElements?.calls?.state === 'connected'), { within: 15_000 });
    return new ScriptedPerson(page, member);
  }

  constructor(page, member) {
    this.page = page;
    this.member = member;
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
    assert.ok(seen >= 6, `${this.member} sees a moving picture (${seen} pictures)`);
  }

  hears(hertz) {
    return until(`${this.member} hears ${hertz} Hz`, async () => Math.abs(await this.page.evaluate(() => {
      const root = document.querySelector('parley-calls').shadowRoot;
      return window.probe.loudestFrequencyOf(root.querySelector('[part~="remote-audio"]')?.srcObject ?? root.querySelector('[part~="remote-video"]').srcObject);
    }) - hertz) < 12, { within: 10_000 });
  }
}
