// Chromium as people have it: sound waits for a gesture, devices are asked for, pop-ups may be blocked, hidden tabs are slowed down.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { startCommunity } from './support/community.js';
import { Person } from './support/person.js';
import { until } from './support/until.js';

describe('private calls in a browser that is not softened for tests', () => {
  let server;
  let browser;
  let people = [];

  before(async () => {
    server = await startCommunity();
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

  it('R3: a tab that was hidden for minutes still answers the server, and still rings', async () => {
    const ada = await open('ada');
    const ben = await open('ben');
    const session = await ben.page.context().newCDPSession(ben.page);
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    const cover = await ben.page.context().newPage();
    await cover.goto('about:blank');
    await cover.bringToFront();
    await until('the tab is hidden, or this browser shows them all', async () => ['hidden', 'visible'].includes(await ben.page.evaluate(() => document.visibilityState)));
    await ben.page.waitForTimeout(20_000);   // twice the grace after which timers run once a minute
    await ada.call('ben');
    await until('the ring has come', async () => (await ben.theCall())?.ring === 'ringing', { within: 5000 });
    await ben.page.bringToFront();
    await ben.answer('audio');
    await ben.inside();
  });
});
