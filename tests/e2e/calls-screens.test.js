// Private calls as people see them: every state at both widths, light and dark, by real browsers on the real server. docs/guide.md shows
// the pictures; PARLEY_GUIDE=1 writes them anew.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { bell, kSite, openCard, part, setMember, setSite, show, signIn, startCall, startCommunity } from './support/community.js';
import { Gallery, drawnCamera } from './support/gallery.js';
import { slack, until } from './support/until.js';

const kHues = { ada: 210, ben: 30, katya: 330, salim: 150, benedikta: 95, nikos: 265 };

describe('Private calls, as people see them', () => {
  let server;
  let browser;
  let gallery;
  const open = [];

  before(async () => {
    server = await startCommunity();
    browser = await startChromium();
    gallery = new Gallery(await (await browser.page()).context().newPage());
    await patchSite({ calls: { ring: 120, per_minute: { by_caller: 1000, by_pair: 1000, to_callee: 1000 } } });
  });
  afterEach(async () => {
    for (const page of open.splice(0)) await page.context().close();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function patchSite(body, of = server) {
    const response = await fetch(`${of.url}/v1/sites/${kSite}`, {
      method: 'PATCH', headers: { authorization: `Bearer ${of.serviceToken(kSite)}`, 'content-type': 'application/json' }, body: JSON.stringify(body),
    });
    assert.ok(response.ok, `${response.status} ${await response.text()}`);
  }

  // A member's page with a drawn camera.
  async function enter(member, { at = server, hash } = {}) {
    const page = await browser.page({ bypassCSP: true, reducedMotion: 'reduce' });
    open.push(page);
    await page.addInitScript(drawnCamera, kHues[member]);
    return signIn(page, member, { server: at, hash });
  }

  const showing = (page, name) => part(page, name).waitFor({ timeout: 15_000 * slack });
  const gone = (page, name) => part(page, name).waitFor({ state: 'hidden', timeout: 15_000 * slack });

  // The pop-up hears nothing for its first half second, whatever that takes on this machine.
  async function press(page, name) {
    await showing(page, name);
    await until(`${name} is heard`, async () => {
      await part(page, name).click({ timeout: 2000 }).catch(() => {});
      return !(await part(page, 'incoming').isVisible());
    }, { every: 200 });
  }

  async function ring(from, to, origin) {
    await startCall(from, to.member, origin);
    await showing(from, 'join-video');
    await showing(to, 'incoming');
  }

  // Both in the room, each with a picture of the other.
  async function meet(from, to, { answer = 'answer-video' } = {}) {
    await ring(from, to);
    await part(from, 'join-video').click();
    await press(to, answer);
    for (const page of [from, to]) await showing(page, 'meeting');
    await until('the picture is there', () => to.locator('parley-calls .remote.showing').count(), { within: 20_000 });
  }

  const stir = (page) => async () => {
    const { width } = page.viewportSize();
    await page.mouse.move(width / 2 + Math.random() * 20, 300);
  };

  async function leave(page) {
    await stir(page)();
    await part(page, 'leave').click();
    await showing(page, 'details');
  }

  it('R3 R4 the card of a member, who is active, away, or can’t be called here', async () => {
    const [ada] = await Promise.all([enter('ada'), enter('ben')]);
    const { card, call } = await openCard(ada, 'ben');
    await until('Ben can be called', () => call.isEnabled());
    await gallery.show(ada, 'card');
    await ada.keyboard.press('Escape');
    await card.waitFor({ state: 'hidden' });
    const away = await openCard(ada, 'hugo');
    await until('it says why', async () => /isn't active/.test(await away.why.innerText()));
    await gallery.show(ada, 'card-away');
    await ada.keyboard.press('Escape');
    await setSite(server, { private_calls: false });
    const off = await openCard(ada, 'ben');
    await until('it says why', async () => /turned off/.test(await off.why.innerText()));
    await gallery.show(ada, 'card-off');
    await setSite(server, { private_calls: true });
  });

  it('R5 R8 R18 a call: the caller’s dialog, the pop-up, the devices, the room before the answer', async () => {
    const [ada, ben] = await Promise.all([enter('ada'), enter('ben')]);
    await ring(ada, ben);
    await gallery.show(ada, 'calling');
    await gallery.show(ben, 'incoming');

    await ada.evaluate(() => (window.deviceFault = 'hang'));
    await part(ada, 'join-video').click();
    await showing(ada, 'devices');
    await gallery.show(ada, 'devices-asking');
    await ada.evaluate(() => {
      window.deviceFault = { of: 'video', name: 'NotAllowedError' };
      window.answerPrompt();
    });
    await showing(ada, 'meeting');
    await gallery.show(ada, 'waiting', { beforeEach: stir(ada) });

    await press(ben, 'decline');
    await showing(ben, 'outcome');
    await gallery.show(ben, 'declined-by-you');
    await showing(ada, 'banner-message');
    await gallery.show(ada, 'declined-in-room', { beforeEach: stir(ada) });
    await part(ada, 'banner-close').click();
    await showing(ada, 'details');
    await until('the details are there', () => part(ada, 'details-over').isVisible());
    await gallery.show(ada, 'details-ended');
  });

  it('R21 what the browser may refuse, in words', async () => {
    const [ada, katya] = await Promise.all([enter('ada'), enter('katya')]);
    await ring(katya, ada);
    await katya.evaluate(() => (window.deviceFault = { of: 'both', name: 'NotAllowedError' }));
    await part(katya, 'join-video').click();
    await showing(katya, 'devices-problem');
    await gallery.show(katya, 'devices-denied');
    for (const [name, fault] of [['devices-in-use', { of: 'video', name: 'NotReadableError' }], ['devices-missing', { of: 'video', name: 'NotFoundError' }]]) {
      const before = await part(katya, 'devices-title').innerText();
      await katya.evaluate((wanted) => (window.deviceFault = wanted), fault);
      await part(katya, 'devices-retry').click();
      await until('it says something else', async () => (await part(katya, 'devices-title').innerText()) !== before);
      await gallery.show(katya, name);
    }
    await part(katya, 'devices-audio-only').click();
    await showing(katya, 'meeting');
    await until('it is the voice alone', async () => (await part(katya, 'camera').getAttribute('aria-pressed')) === 'false');
  });

  it('R14 R16 R36 R47 a meeting, its panels, and the details after leaving', async () => {
    const [ada, ben, salim] = await Promise.all([enter('ada'), enter('ben'), enter('salim')]);
    await meet(ada, ben);
    await until('Ada sees Ben', () => ada.locator('parley-calls .remote.showing').count());
    await part(ada, 'status').waitFor({ state: 'hidden' });   // of the call before
    await gallery.show(ada, 'meeting', { beforeEach: stir(ada) });
    await stir(ada)();
    await part(ada, 'device-choice').click();
    await showing(ada, 'devices-panel');
    await gallery.show(ada, 'meeting-devices', { beforeEach: stir(ada) });
    await ada.keyboard.press('Escape');
    await part(ada, 'quality').click();
    await until('there is a trend', () => ada.locator('parley-calls path.rate[d*="L"]').count());
    await gallery.show(ada, 'meeting-quality', { beforeEach: stir(ada) });
    await ada.keyboard.press('Escape');

    await part(ada, 'chat').click();
    await part(ada, 'thread-text').fill('The oven is at the back, I will show you.');
    await part(ada, 'thread-send').click();
    await part(ada, 'thread-message').first().waitFor();
    await gallery.show(ada, 'meeting-chat', { beforeEach: stir(ada) });
    await part(ada, 'thread-close').click();

    await startCall(salim, 'ada');
    await showing(ada, 'incoming');
    await gallery.show(ada, 'meeting-incoming', { beforeEach: stir(ada) });
    await press(ada, 'dismiss');

    await ben.context().setOffline(true);
    await ben.evaluate(() => window.probe.sockets.at(-1).close());
    await showing(ben, 'reconnecting');
    await gallery.show(ben, 'reconnecting', { beforeEach: stir(ben) });
    await ben.context().setOffline(false);
    await gone(ben, 'reconnecting');

    await leave(ada);
    await showing(ada, 'details-rejoin');
    await gallery.show(ada, 'details');
    await until('Ben is alone', async () => /Waiting for/.test(await part(ben, 'meeting-state').innerText()));
    await gallery.show(ben, 'alone', { beforeEach: stir(ben) });
    await part(ada, 'details-rejoin').click();
    await showing(ada, 'meeting');
    await until('they meet again', () => ada.locator('parley-calls .remote.showing').count(), { within: 15_000 });
  });

  it('R9 R10 R20 no answer: the caller may write, the callee has it at the bell', async () => {
    const [ada, ben] = await Promise.all([enter('ada'), enter('ben')]);
    await ring(ada, ben);
    await press(ben, 'dismiss');
    await showing(ada, 'outcome');
    await gallery.show(ada, 'no-answer');
    await part(ada, 'outcome-message').click();
    await showing(ada, 'thread-text');
    await part(ada, 'thread-text').fill('I have a question about the seeded rye. Call me when you are up?');
    await part(ada, 'thread-send').click();
    await part(ada, 'thread-message').first().waitFor();
    await gallery.show(ada, 'messages');
    await until('the bell counts', () => bell(ben, 'count').isVisible());
    await bell(ben, 'bell').click();
    await bell(ben, 'item').first().waitFor();
    await gallery.show(ben, 'bell');
  });

  it('R13 where nobody can write everything closes by itself, and a line tells the outcome', async () => {
    await setMember(server, 'nikos', { messenger: false });
    const [ada, nikos] = await Promise.all([enter('ada'), enter('nikos')]);
    // Five seconds are short for four pictures.
    await ada.evaluate(() => {
      const native = window.setTimeout;
      window.setTimeout = (what, wait, ...more) => native(what, wait === 5000 ? 120_000 : wait, ...more);
    });
    await ring(ada, nikos);
    await press(nikos, 'decline');
    await until('the line is there', async () => /can.t take the call/.test(await part(ada, 'status').innerText()));
    assert.equal(await part(ada, 'outcome').isVisible(), false);
    assert.equal(await part(ada, 'caller').isVisible(), false);
    await gallery.show(ada, 'status-line');
    await setMember(server, 'nikos', { messenger: true });
  });

  it('R7 a call in a tab of its own', async () => {
    const [ada, ben] = await Promise.all([enter('ada'), enter('ben')]);
    await ring(ada, ben);
    await part(ada, 'caller-new-tab').click();
    const [tab] = await Promise.all([ada.context().waitForEvent('page'), part(ada, 'join-audio').click()]);
    await tab.locator('parley-calls [part~="meeting"]').waitFor({ timeout: 20_000 * slack });
    await showing(ada, 'docked');
    await gallery.show(ada, 'other-tab');
    await press(ben, 'answer-audio');
    await until('Ben is heard there', () => tab.locator('parley-calls .remote.someone').count(), { within: 20_000 });
    await gallery.show(tab, 'new-tab', { beforeEach: stir(tab) });
    assert.ok(!tab.url().includes('#call='), 'the address says nothing any more');
  });

  it('long and strange names', async () => {
    const [benedikta, salim] = await Promise.all([enter('benedikta'), enter('salim')]);
    await ring(benedikta, salim);
    await gallery.show(benedikta, 'name-rtl');
    await gallery.show(salim, 'name-long');
    await part(benedikta, 'join-audio').click();
    await press(salim, 'answer-video');
    for (const page of [benedikta, salim]) await showing(page, 'meeting');
    await until('Salim sees who it is', () => salim.locator('parley-calls .remote.someone').count(), { within: 20_000 });
    await gallery.show(salim, 'meeting-audio', { beforeEach: stir(salim) });
  });

  it('R36 the last minutes of a call count down', async () => {
    const short = await startCommunity();
    try {
      await patchSite({ calls: { lifetime: 240 } }, short);
      const [ada, ben] = await Promise.all([enter('ada', { at: short }), enter('ben', { at: short })]);
      await meet(ada, ben);
      await showing(ada, 'countdown');
      await gallery.show(ada, 'meeting-ending', { beforeEach: stir(ada) });
      for (const page of open.splice(0)) await page.context().close();
    } finally {
      await short.stop();
    }
  });
});
