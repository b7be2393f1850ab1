// Private calls on the pages of the example town, between two Chromiums: from a picture that is pressed to what both see at the end.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { setMember, setSite, startCommunity } from './support/community.js';
import { movingPicture, tone } from './support/media.js';
import { Person } from './support/person.js';
import { until } from './support/until.js';

const kAda = 440;
const kBen = 1000;
const kPlain = { private_calls: true, messenger: true, calls: { ring: 30, lifetime: 7200, per_minute: { by_caller: 1000, by_pair: 1000, to_callee: 1000 } } };

describe('a private call on the pages', () => {
  let server;
  let low;
  let high;
  let people = [];

  before(async () => {
    server = await startCommunity();
    await setSite(server, kPlain);
    [low, high] = await Promise.all([
      startChromium({ video: movingPicture(), audio: tone(kAda) }),
      startChromium({ video: movingPicture(), audio: tone(kBen) }),
    ]);
  });
  after(async () => {
    await Promise.all([low?.close(), high?.close()]);
    await server?.stop();
  });
  afterEach(async () => {
    await Promise.all(people.map((person) => person.leaveAll()));
    for (const person of people.splice(0)) await person.close();
    await setSite(server, kPlain);
    for (const member of ['ada', 'ben']) await setMember(server, member, { messenger: true });
  });

  async function open(browser, member, how) {
    const person = await Person.open(browser, server, member, how);
    people.push(person);
    await person.readAll();
    return person;
  }

  async function both() {
    return Promise.all([open(low, 'ada'), open(high, 'ben')]);
  }

  // Both are in the room, by the given buttons.
  async function together(ada, ben, { caller = 'video', callee = 'video' } = {}) {
    await ada.call('ben');
    await ada.press(`join-${caller}`);
    await ben.answer(callee);
    await Promise.all([ada.inside(), ben.inside()]);
  }

  it('R8 R12 R18 R21: the caller goes in with video, the callee answers with one click, and both see and hear each other', async () => {
    const [ada, ben] = await both();
    await ada.call('ben', 'profile');
    await ben.rings();
    for (const name of ['answer-video', 'answer-audio', 'decline', 'dismiss']) await ben.see(name);
    assert.ok(await ben.part('incoming-new-tab').isVisible(), 'a new tab is offered');
    await ada.press('join-video');
    await ada.inside();
    await ada.read('meeting-state', /Waiting for|is being called/);
    await ben.answer('video');
    await ben.inside();
    await Promise.all([ada.seesPicture(), ada.hears(kBen), ben.seesPicture(), ben.hears(kAda)]);
  });

  it('R6 R20: cancelling takes the pop-up away, and the bell tells of a missed call with a way to call back', async () => {
    const [ada, ben] = await both();
    await ada.call('ben');
    await ben.rings();
    await ada.press('cancel-call');
    await ada.gone('caller');
    await ben.gone('incoming');
    await ben.read('count', /1/);
    await ben.press('bell');
    await ben.read('item', /missed a call from Ada/);
    await ben.press('call-back');
    await ben.see('caller');
    await ada.rings();
    await ada.press('decline');
  });

  it('R9 R10 R11 R19: a decline before the caller is inside is told with the offer to write, to both', async () => {
    const [ada, ben] = await both();
    await ada.call('ben');
    await ben.rings();
    await ben.press('decline');
    await ada.read('outcome-title', /can.t take the call/);
    await ada.see('outcome-message');
    await ben.see('outcome-message');
    await ada.press('outcome-message');
    await ada.part('thread-text').fill('Later today?');
    await ada.press('thread-send');
    await ben.press('outcome-message');
    await ben.read('thread-messages', /Later today/);
  });

  it('R11: a decline finds the caller inside the room too', async () => {
    const [ada, ben] = await both();
    await ada.call('ben');
    await ada.press('join-video');
    await ada.inside();
    await ben.rings();
    await ben.press('decline');
    await ada.read('banner-text', /can.t take the call/);
    await ada.see('banner-message');
  });

  it('R9 R22: an unanswered call says so, and a declined one leaves no notification', async () => {
    await setSite(server, { calls: { ring: 10 } });
    const [ada, ben] = await both();
    await ada.call('ben');
    await ben.rings();
    await ben.press('decline');
    await ada.press('outcome-close');
    await ada.call('ben');
    await ada.read('outcome-title', /didn.t answer/, { within: 20_000 });
    await ben.read('count', /^1$/);
  });

  for (const [whose, change] of [
    ['the site', () => setSite(server, { messenger: false })],
    ['the callee', () => setMember(server, 'ben', { messenger: false })],
  ]) {
    it(`R13: with Messenger off for ${whose} nothing is offered, every dialog closes by itself and a line of status tells the outcome`, async () => {
      await change();
      const [ada, ben] = await both();
      await ada.call('ben');
      await ben.rings();
      await ben.press('decline');
      await ada.read('status', /can.t take the call/);
      assert.equal(await ada.page.locator('[part~="outcome-message"]:visible').count(), 0);
      await Promise.all([ada.gone('caller'), ada.gone('outcome'), ben.gone('incoming'), ben.gone('outcome')]);
      await ada.gone('status', { within: 9000 });
    });
  }

  it('R14 R16 R35 R37: both leave, see the details, and come back one after the other', async () => {
    const [ada, ben] = await both();
    await together(ada, ben);
    await ada.leave();
    await ada.read('details-facts', /Talked/);
    await ben.read('meeting-state', /can come back|Waiting/);
    await ben.leave();
    await ben.see('details-rejoin');
    await ada.press('details-rejoin');
    await ada.inside();
    await ben.rejoinFromDetails();
    await Promise.all([ada.seesPicture(), ben.hears(kAda)]);
  });

  it('R27: of two tabs of the callee one answers, and the other says that it was answered', async () => {
    const [ada, ben] = await both();
    const second = await open(high, 'ben');
    await ada.call('ben');
    await second.rings();
    await ada.press('join-audio');
    await ben.answer('audio');
    await second.gone('incoming');
    await second.read('status', /Answered on another device/);
    await ben.inside();
  });

  it('R29: closing the pop-up puts it away, and is missed', async () => {
    const [ada, ben] = await both();
    await ada.call('ben');
    await ben.rings();
    await ben.page.keyboard.press('Escape');
    await ben.gone('incoming');
    // A device whose page closed a moment ago may be changing pages: it is waited for.
    await ada.read('outcome-title', /didn.t answer/, { within: 25_000 });
    await ben.read('count', /1/);
  });

  it('R7: the caller moves the call to a new tab, and the first stays out and shows the same', async () => {
    const [ada, ben] = await both();
    await ada.call('ben');
    await ada.part('caller-new-tab').click();
    const popup = ada.page.waitForEvent('popup');
    await ada.press('join-video');
    const there = new Person(await popup, server, 'ada');
    await there.see('meeting', { within: 20_000 });
    for (const secret of ['token', 'ticket', 'eyJ']) assert.ok(!there.page.url().includes(secret), there.page.url());
    await ada.see('docked');
    await ben.answer('video');
    await ben.seesPicture();
    assert.equal(await ada.page.locator('[part~="meeting"]:visible').count(), 0);
  });

  it('R18: the callee answers in a new tab', async () => {
    const [ada, ben] = await both();
    await ada.call('ben');
    await ada.press('join-video');
    await ben.rings();
    await ben.part('incoming-new-tab').click();
    const popup = ben.page.waitForEvent('popup');
    await ben.press('answer-video');
    const there = new Person(await popup, server, 'ben');
    await there.see('meeting', { within: 20_000 });
    await ada.seesPicture();
    await ada.hears(kBen);
  });

  it('R33: joining from another tab takes the place of the older one, which says so and stays out', async () => {
    const [ada, ben] = await both();
    await together(ada, ben);
    const second = await open(low, 'ada');
    await second.showDetails();
    await second.rejoinFromDetails();
    await ada.gone('meeting');
    await ada.read('status', /joined in another tab/);
    await ben.seesPicture();
  });

  it('R36 R17: at the end of the window both are put out and shown the details, without a way back', async () => {
    await setSite(server, { calls: { lifetime: 15 } });
    const [ada, ben] = await both();
    await together(ada, ben, { caller: 'audio', callee: 'audio' });
    await ada.read('countdown', /This call ends in/);
    for (const person of [ada, ben]) {
      await person.see('details', { within: 20_000 });
      await person.read('details-over', /has ended/);
      assert.equal(await person.page.locator('[part~="details-rejoin"]:visible').count(), 0);
    }
  });

  it('R47: who came in with audio turns the camera on later', async () => {
    const [ada, ben] = await both();
    await together(ada, ben, { caller: 'audio', callee: 'audio' });
    await ada.hears(kBen);
    await ada.page.locator('[part~="camera"]:visible').first().click();
    await ben.seesPicture();
  });

  it('R49: Esc in the caller’s dialog cancels, and nothing opens a device after it', async () => {
    const [ada, ben] = await both();
    await ada.call('ben');
    await ben.rings();
    await ada.page.keyboard.press('Escape');
    await ben.gone('incoming');
    assert.equal(await ada.page.evaluate(() => window.probe.connections.length), 0);
    assert.equal((await ada.theCall()).ring, 'cancelled');
  });

  it('R2 R39: switching the toggle off disables the button on every open card, and withdraws what rings', async () => {
    const [ada, ben] = await both();
    await ada.call('ben');
    await ben.rings();
    await setSite(server, { private_calls: false });
    await ben.gone('incoming');
    await ada.gone('caller');
    await ada.card('ben');
    await ada.read('why', /turned off/);
    assert.equal(await ada.part('call').isDisabled(), true);
  });

  it('R20: the callee who shuts the laptop has missed the call, and finds it in the bell when they are back', async () => {
    await setSite(server, { calls: { ring: 10 } });
    const [ada, ben] = await both();
    await ada.call('ben');
    await ben.rings();
    await ben.page.context().setOffline(true);
    await ben.close();
    await ada.read('outcome-title', /didn.t answer/, { within: 20_000 });
    const back = await Person.open(high, server, 'ben');
    people.push(back);
    await back.read('count', /1/);
  });

  it('R40: the server is killed in mid-call, and both are back in the same call with media within 10 s', async () => {
    const [ada, ben] = await both();
    await together(ada, ben);
    await Promise.all([ada.seesPicture(), ben.seesPicture()]);
    const { id } = await ada.theCall();
    const killed = performance.now();
    await server.kill();
    await server.restart();
    await Promise.all([ada, ben].map((person) => until(`${person.member} is connected anew`, () => person.page.evaluate(() =>
      window.probe.connections.length > 1 && window.probe.connections.at(-1).dtlsUpAt !== null), { within: 15_000 })));
    await Promise.all([ada.seesPicture(), ben.hears(kAda)]);
    const took = performance.now() - killed;
    assert.equal((await ada.theCall()).id, id);
    assert.ok(took < 10_000 * Number(process.env.PARLEY_E2E_SLACK ?? 1), `${Math.round(took)} ms`);
  });
});
