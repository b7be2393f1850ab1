// Firefox and Chromium in one room.
import { after, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { startFirefox } from './support/firefox.js';
import { enter, expectMovingPicture, expectTone } from './support/meeting.js';
import { movingPicture, tone } from './support/media.js';
import { startServer } from './support/server.js';
import { until } from './support/until.js';

describe('A call between Chromium and Firefox', () => {
  let server;
  let chromium;
  let firefox;

  before(async () => {
    // Firefox has no loopback candidate where there is another interface, so the server offers that one too.
    server = await startServer({ keys: { 'media.listen': '["0.0.0.0"]' } });
    [chromium, firefox] = await Promise.all([startChromium({ video: movingPicture(), audio: tone(440) }), startFirefox()]);
  });
  after(async () => {
    await Promise.all([chromium?.close(), firefox?.close()]);
    await server?.stop();
  });

  it('shows pictures and plays tones both ways within 3 s, and tells of a closed tab', async () => {
    const [ada, fox] = await Promise.all([chromium.page(), firefox.page()]);
    await enter(ada, server, { room: 'mixed', name: 'Ada' });
    await enter(fox, server, { room: 'mixed', name: 'Fox' });
    await Promise.all([
      expectMovingPicture(ada, 'Fox'), expectTone(ada, 'Fox', 1000),
      expectMovingPicture(fox, 'Ada'), expectTone(fox, 'Ada', 440),
    ]);
    await fox.close();
    await until('Ada is told that Fox left', () => ada.evaluate(() => window.parley.participants.size === 0), { within: 2000 });
  });
});
