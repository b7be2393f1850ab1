// The main road of a private call between Chromium and Firefox ESR: ring, answer, see and hear each other, leave, come back.
import { after, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { startCommunity } from './support/community.js';
import { startFirefox } from './support/firefox.js';
import { movingPicture, tone } from './support/media.js';
import { Person } from './support/person.js';
import { ScriptedPerson } from './support/scripted_person.js';

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
    const ben = await ScriptedPerson.open(firefox, server, 'ben');
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
