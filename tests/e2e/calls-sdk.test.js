// The SDK's private calls in real browsers against the real server, on a page that has nothing but the SDK.
import { strict as assert } from 'node:assert';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { kSite, startCommunity } from './support/community.js';
import { expectMovingPicture, expectTone } from './support/meeting.js';
import { movingPicture, tone } from './support/media.js';
import { installProbe } from './support/probe.js';
import { until } from './support/until.js';

const kPage = '/package.json';   // a file of the server that brings nothing of its own
const kAda = 'Ada Lindqvist';
const kBen = 'Ben Okafor';
const kEvents = ['ring', 'ringstopped', 'answered', 'outcome', 'backincall', 'details', 'roomopened', 'roomclosed'];

describe('A private call through the SDK', () => {
  let server;
  let low;    // plays 440 Hz
  let high;   // plays 1000 Hz
  let ada;
  let ben;

  before(async () => {
    server = await startCommunity();
    await allowManyStarts();
    [low, high] = await Promise.all([
      startChromium({ video: movingPicture(), audio: tone(440) }),
      startChromium({ video: movingPicture(), audio: tone(1000) }),
    ]);
    [ada, ben] = [await low.page(), await high.page()];
    for (const page of [ada, ben]) {
      await page.context().grantPermissions(['camera', 'microphone'], { origin: server.url });
      await page.context().addInitScript(installProbe);   // in tabs that it opens, too
    }
  });
  after(async () => {
    await Promise.all([low?.close(), high?.close()]);
    await server?.stop();
  });
  // Everybody begins on a fresh page, in no call.
  beforeEach(() => Promise.all([visit(ada, 'ada'), visit(ben, 'ben')]));

  async function allowManyStarts() {
    const token = await server.cli('token', '--service', '--site', kSite);
    const response = await fetch(`${server.url}/v1/sites/${kSite}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ calls: { per_minute: { by_caller: 100, by_pair: 100, to_callee: 100 } } }),
    });
    assert.equal(response.status, 200, await response.text());
  }

  // --- what a page does; `call` is the one that it knows last ----------------------------------------------------------------------------

  async function visit(page, member) {
    const tidy = () => (window.call?.over === false ? window.call.leave().then(() => {}, () => {}) : null);
    if (page.url().includes(kPage)) await page.evaluate(tidy);
    await page.goto(server.url + kPage);
    await signIn(page, member);
  }

  async function signIn(page, member) {
    await page.evaluate(async ([token, types, callPage]) => {
      const { openCalls, openDevices } = await import('/sdk/parley.js');
      const told = (window.told = []);
      const calls = (window.calls = await openCalls({ token, callPage }));
      for (const type of types) {
        calls.on(type, ({ call, room, ...event }) => {
          if (call) window.call = call;
          told.push({ type, ...event });
        });
      }
      const kindOf = (tracks) => Object.fromEntries(tracks.map((track) => [track.kind, track]));
      window.devices = async (media) => kindOf(await openDevices({ video: media === 'video', signal: window.call.signal }));
      window.enter = async (media, more = {}) => {
        window.parley = await window.call.enter({ ...(await window.devices(media)), ...more });
      };
    }, [await server.cli('token', '--member', member, '--site', kSite), kEvents, kPage]);
  }

  const start = (page, member) => page.evaluate(async (whom) => {
    window.call = await window.calls.start(whom, { origin: 'profile' });
  }, member);
  const fields = (page, ...names) => page.evaluate((wanted) => wanted.map((name) => window.call?.[name]), names);
  const told = (page, type) => page.evaluate((wanted) => window.told.filter((event) => event.type === wanted), type);
  const untilTold = (page, type) => until(`${type} is told`, async () => (await told(page, type)).at(-1));
  const choose = (page, media = 'video') => page.evaluate(async (chosen) => {
    await window.call.choose(chosen);
    await window.enter(chosen);
  }, media);
  const accept = (page, media = 'video') => page.evaluate(async (chosen) => {
    await window.call.accept(chosen);
    await window.enter(chosen);
  }, media);
  const leave = (page) => page.evaluate(async () => {
    const tracks = window.parley.publications.map(({ mediaTrack }) => mediaTrack);
    await window.call.leave();
    for (const track of tracks) track.stop();
  });
  const together = async () => {
    await start(ada, 'ben');
    await untilTold(ben, 'ring');
    await Promise.all([choose(ada), accept(ben)]);
    await until('both are inside', async () => (await fields(ada, 'youInside', 'theyInside')).every(Boolean));
  };
  const expectBoth = () => Promise.all([
    expectMovingPicture(ada, kBen, { within: 8000 }), expectTone(ada, kBen, 1000, { within: 8000 }),
    expectMovingPicture(ben, kAda, { within: 8000 }), expectTone(ben, kAda, 440, { within: 8000 }),
  ]);

  // --------------------------------------------------------------------------------------------------------------------------------------

  it('R8 R12: the caller goes in first, the callee answers, and they see and hear each other', async () => {
    await start(ada, 'ben');
    await untilTold(ben, 'ring');
    await ben.evaluate(() => window.call.ringShown());
    await choose(ada);
    assert.deepEqual(await fields(ada, 'ring', 'youInside', 'here'), ['ringing', true, true]);
    await accept(ben);
    assert.equal((await untilTold(ben, 'ringstopped')).reason, 'answered_here');
    await untilTold(ada, 'answered');
    await expectBoth();
  });

  it('R14 R16 R35: both leave with the details, come back one after the other, and the first is announced quietly', async () => {
    await together();
    await leave(ben);
    const { details, party } = await untilTold(ben, 'details');
    assert.deepEqual([details.callee.name, details.state, party], [kBen, 'open', 'callee']);
    assert.ok(details.talked > 0);
    await untilTold(ada, 'details');
    await leave(ada);
    assert.deepEqual(await fields(ben, 'canRejoin', 'youInside', 'over'), [true, false, false]);
    await choose(ben);
    assert.equal((await untilTold(ada, 'backincall')).party, 'callee');
    assert.equal((await told(ada, 'ring')).length, 0);
    await choose(ada);
    await expectBoth();
  });

  it('R9: the caller learns that the callee declined', async () => {
    await start(ada, 'ben');
    await untilTold(ben, 'ring');
    await ben.evaluate(() => window.call.decline());
    assert.deepEqual((({ ring, after: next }) => [ring, next])(await untilTold(ada, 'outcome')), ['declined', 'offer_message']);
    assert.equal((await untilTold(ben, 'outcome')).ring, 'declined');
    assert.equal((await untilTold(ben, 'ringstopped')).reason, 'declined_here');
  });

  it('R6 R49: after a cancel the pop-up is gone, and an entry under way does not get in', async () => {
    await start(ada, 'ben');
    await untilTold(ben, 'ring');
    const outcome = await ada.evaluate(async () => {
      await window.call.choose('video');
      const tracks = await window.devices('video');
      const entering = window.call.enter(tracks).then(() => 'entered', ({ code }) => code);
      await window.call.cancel();
      return entering;
    });
    assert.equal(outcome, 'aborted');
    assert.equal((await untilTold(ben, 'ringstopped')).reason, 'cancelled');
    assert.deepEqual(await fields(ada, 'ring', 'youInside', 'room'), ['cancelled', false, null]);
  });

  it('R7: a call moves to a new tab, and the first one stays out', async () => {
    await start(ada, 'ben');
    await untilTold(ben, 'ring');
    await ada.evaluate(() => {
      document.body.onclick = () => (window.opened = window.calls.openInNewTab(window.call, 'video'));
    });
    const opening = ada.context().waitForEvent('page');
    await ada.locator('body').click();
    const fresh = await opening;
    try {
      await fresh.waitForLoadState();
      await signIn(fresh, 'ada');
      assert.equal(new URL(fresh.url()).hash, '', 'the address is clean');
      await fresh.evaluate(async () => {
        const { call, media } = window.calls.handedOver;
        window.call = call;
        await call.choose(media);
        await window.enter(media);
      });
      await until('the first tab knows', async () => (await fields(ada, 'elsewhere', 'youInside')).every(Boolean));
      assert.equal(await ada.evaluate(() => window.call.room), null);
      await accept(ben);
      await Promise.all([expectMovingPicture(fresh, kBen, { within: 8000 }), expectMovingPicture(ben, kAda, { within: 8000 })]);
    } finally {
      await fresh.close();
    }
  });

  it('R33: the tab that goes in later replaces the one that is in, which stays out', async () => {
    await together();
    const second = await ada.context().newPage();
    try {
      await second.goto(server.url + kPage);
      await signIn(second, 'ada');
      const { tab } = await ada.evaluate(() => ({ tab: window.calls.tab }));
      assert.notEqual(await second.evaluate(() => window.calls.tab), tab);
      await second.evaluate(async () => {
        [window.call] = window.calls.calls.values();
        await window.call.choose('video');
        await window.enter('video');
      });
      assert.equal((await untilTold(ada, 'roomclosed')).reason, 'replaced');
      assert.equal((await told(ada, 'roomopened')).length, 1);
      await expectMovingPicture(second, kBen, { within: 8000 });
    } finally {
      await second.close();
    }
  });

  it('is gone back into by a reload of the same tab, muted as it was', async () => {
    await together();
    await ada.evaluate(() => window.parley.publications.find(({ kind }) => kind === 'audio').mute(true));
    const tab = await ada.evaluate(() => window.calls.tab);
    await ada.reload();
    await signIn(ada, 'ada');
    assert.equal(await ada.evaluate(() => window.calls.tab), tab, 'it is the same tab');
    const found = await ada.evaluate(async () => {
      const last = await window.calls.resumable();
      if (!last) return null;
      window.call = last.call;
      window.parley = await last.call.rejoin(last.media, { ...(await window.devices(last.media)), muted: last.muted });
      return { media: last.media, muted: last.muted };
    });
    assert.deepEqual(found, { media: 'video', muted: { audio: true, video: false } });
    await expectMovingPicture(ben, kAda, { within: 8000 });
    assert.equal(await ben.evaluate((name) => window.probe.isMuted(name, 'microphone'), kAda), true);
  });

  it('R40: both come back into the call by themselves after the server was killed', async () => {
    await together();
    await server.kill();
    await server.restart();
    const isBack = (page) => page.evaluate(() => window.parley.state === 'connected' && !window.call.stale);
    for (const page of [ada, ben]) await until('the room is back', () => isBack(page), { within: 20_000 });
    await until('both are inside', async () => (await fields(ada, 'youInside', 'theyInside')).every(Boolean));
    await expectBoth();
    assert.equal((await told(ada, 'roomclosed')).length, 0);
  });
});
