// Chromium as people have it: sound waits for a gesture, devices are asked for, pop-ups may be blocked, hidden tabs are slowed down.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { startCommunity } from './support/community.js';
import { Person } from './support/person.js';
import { startHiddenChromium } from './support/hidden_chromium.js';
import { ScriptedPerson } from './support/scripted_person.js';
import { until } from './support/until.js';

const kHidden = Number(process.env.PARLEY_E2E_HIDDEN ?? 6) * 1000;   // 360 for the whole of six minutes

describe('private calls in a browser that is not softened for tests', () => {
  let server;
  let browser;
  let people = [];

  before(async () => {
    // So long that being hidden is what is tested, not being away.
    server = await startCommunity({ keys: { 'calls.interaction': '"20m"' } });
    browser = await startChromium({ soft: false });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(async () => {
    await Promise.all(people.map((person) => person.leaveAll()));
    for (const person of people.splice(0)) await person.close();
  });

  async function open(member, { grant = true, ...options } = {}) {
    const person = await Person.open(browser, server, member, options);
    if (grant) await person.page.context().grantPermissions(['camera', 'microphone']);
    people.push(person);
    return person;
  }

  it('R21: a refused device is told in words with a way to try again, and nobody enters without a microphone', async () => {
    const ada = await open('ada', { grant: false });
    const ben = await open('ben');
    await ada.call('ben');
    await ada.press('join-video');
    await ada.see('devices');
    await ada.read('devices', /may not use|Allow the camera/, { within: 15_000 });
    assert.equal(await ada.page.locator('[part~="meeting"]:visible').count(), 0);
    await ada.see('devices-retry');
    await ada.page.context().grantPermissions(['camera', 'microphone']);
    await ada.press('devices-retry');
    await ada.inside();
    await ben.rings();
  });

  it('R18: where sound needs a gesture first, the pop-up rings silently and offers to turn it on', async () => {
    const ada = await open('ada');
    // This page was opened by its address and never touched.
    const page = await browser.page();
    await page.addInitScript(() => sessionStorage.setItem('oakwood.member', 'ben'));
    await page.goto(server.community);
    // Playwright's own scripts count as gestures; these do not.
    const session = await page.context().newCDPSession(page);
    const holds = async (expression) => (await session.send('Runtime.evaluate', { expression, userGesture: false })).result.value === true;
    await until('Ben is connected', () => holds("globalThis.ParleyElements?.calls?.state === 'connected'"), { within: 15_000 });
    const ben = new Person(page, server, 'ben');
    people.push(ben);
    await ada.call('ben');
    await until('the pop-up offers sound', () =>
      holds("document.querySelector('parley-calls').shadowRoot.querySelector('[part~=\"sound-on\"]')?.checkVisibility() === true"));
    await ben.press('sound-on');
    await ben.gone('sound-on');
  });

  it('R7: a blocked new tab leaves a visible link, and the call goes on in this one', async () => {
    const ada = await open('ada');
    await open('ben');
    await ada.page.evaluate(() => { window.open = () => null; });
    await ada.call('ben');
    await ada.part('caller-new-tab').click();
    await ada.press('join-audio');
    await ada.read('devices-blocked-tab', /blocked the new tab/).catch(() => ada.read('meeting-blocked-tab', /blocked the new tab/));
    await ada.inside();
  });

  it('R3: a tab that was hidden, with its timers slowed down, still answers the server and still rings', async () => {
    const ada = await open('ada');
    const hidden = await startHiddenChromium();
    try {
      const ben = await ScriptedPerson.open(hidden, server, 'ben');
      await hidden.hide(ben.page);
      await ben.page.evaluate(() => { window.beats = 0; setInterval(() => { window.beats += 1; }, 100); });
      const before = await ben.page.evaluate(() => window.beats);
      await ada.page.waitForTimeout(kHidden);
      const beats = (await ben.page.evaluate(() => window.beats)) - before;
      assert.ok(beats <= kHidden / 1000 + 2, `${beats} beats of a tenth of a second each in ${kHidden} ms: the tab is not slowed down`);
      assert.equal(await ben.page.evaluate(() => document.visibilityState), 'hidden');
      await ada.call('ben');
      await until('the ring has come', () => ben.page.evaluate(() =>
        [...globalThis.ParleyElements.calls.calls.values()].some((call) => call.ring === 'ringing')), { within: 3000 });
      await ben.page.bringToFront();
      await ben.see('incoming');
      await ada.press('cancel-call');
    } finally {
      await hidden.close();
    }
  });
});
