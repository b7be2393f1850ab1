// One tab of a member of the example town, and what a person does with it: opens somebody's card, calls, answers, looks and listens.
// Surfaces are found by their part names, which are open to whoever embeds the elements.
import { strict as assert } from 'node:assert';
import { callIn, hashOf, inCalls, kOrigins, personOf, show, signIn } from './community.js';
import { slack, until } from './until.js';

export { kOrigins };

export class Person {
  // `where`: as for signIn: a browser (another device), or a context (another tab of the same device).
  static async open(where, server, member, options = {}) {
    return new Person(await signIn(where, member, { server, hash: '#/people', ...options }), server, member);
  }

  constructor(page, server, member) {
    this.page = page;
    this.server = server;
    this.member = member;
  }

  part(name) {
    return this.page.locator(`[part~="${name}"]:visible`).first();
  }

  async see(name, { within = 8000 } = {}) {
    await this.part(name).waitFor({ state: 'visible', timeout: within * slack });
    return this.part(name);
  }

  async gone(name, { within = 8000 } = {}) {
    await until(`${name} has gone from ${this.member}'s page`, async () => (await this.page.locator(`[part~="${name}"]:visible`).count()) === 0, { within });
  }

  async read(name, pattern, { within = 8000 } = {}) {
    await until(`${this.member} reads ${pattern} in ${name}`, async () => {
      const texts = await this.page.locator(`[part~="${name}"]:visible`).allInnerTexts();
      if (texts.some((text) => pattern.test(text.replace(/[\u2066-\u2069]/g, '')))) return true;
      throw new Error(JSON.stringify(texts));
    }, { within });
  }

  press(name) {
    return this.part(name).click();
  }

  // Opens the card of somebody, from one of the places that offer it.
  async card(member, origin = 'site_directory') {
    const hash = hashOf(member, origin);
    if (await this.page.evaluate(() => location.hash || '#/') !== hash) await show(this.page, hash);
    await personOf(this.page, member, origin).locator('[part~="trigger"]').first().click();
    return this.see('card');
  }

  // The request: the card's button.
  async call(member, origin) {
    await this.card(member, origin);
    await until(`${member} may be called`, () => this.part('call').isEnabled());
    await this.press('call');
    await this.see('caller');
  }

  // The pop-up hears nothing for its first half second.
  async answer(media) {
    await this.rings();
    await this.press(`answer-${media}`);
  }

  async rings() {
    await this.see('incoming');
    await this.page.waitForTimeout(600);
  }

  async inside({ within = 15_000 } = {}) {
    await this.see('meeting', { within });
    await until(`${this.member} is in the room`, () => this.page.evaluate(() => window.probe.connections.some(({ dtlsUpAt }) => dtlsUpAt !== null)), { within });
  }

  leave() {
    return this.page.locator('[part~="meeting"] [part~="leave"]:visible, [part~="leave"]:visible').first().click();
  }

  // From the details that stand there, or through the bar of a call that goes on.
  async rejoinFromDetails() {
    await this.press('details-rejoin');
    await this.inside();
  }

  async seesPicture({ within = 10_000 } = {}) {
    const seen = await this.page.evaluate((limit) => {
      const root = document.querySelector('parley-calls').shadowRoot;
      return window.probe.differentPicturesOf(() => root.querySelector('[part~="remote-video"]')?.srcObject, { wanted: 6, within: limit });
    }, within * slack);
    assert.ok(seen >= 6, `${this.member} sees a moving picture (${seen} pictures)`);
  }

  async hears(hertz, { within = 10_000 } = {}) {
    await until(`${this.member} hears ${hertz} Hz`, async () => {
      const heard = await this.page.evaluate(() => {
        const root = document.querySelector('parley-calls').shadowRoot;
        const stream = root.querySelector('[part~="remote-audio"]')?.srcObject ?? root.querySelector('[part~="remote-video"]')?.srcObject;
        return stream ? window.probe.loudestFrequencyOf(stream) : -1;
      });
      if (Math.abs(heard - hertz) < 12) return true;
      throw new Error(`${heard} Hz`);
    }, { within });
  }

  // The newest call of this page, as the SDK has it.
  theCall() {
    return callIn(this.page);
  }

  // An empty bell.
  readAll() {
    return inCalls(this.page, (calls) => calls.markRead());
  }

  // As if the details had been opened from a list of calls.
  showDetails() {
    return this.page.evaluate(() => {
      const { calls } = globalThis.ParleyElements;
      globalThis.ParleyElements.showDetails([...calls.calls.values()].sort((one, other) => other.startedAt - one.startedAt)[0].id);
    });
  }

  // Out of every call, so that the next test begins with none.
  async leaveAll() {
    if (this.page.isClosed()) return;
    await inCalls(this.page, (calls) => Promise.all([...calls.calls.values()].filter((call) => !call.over)
      .map((call) => call.leave().catch(() => {})))).catch(() => {});
  }

  close() {
    return this.page.isClosed() ? undefined : this.page.context().close();
  }
}
