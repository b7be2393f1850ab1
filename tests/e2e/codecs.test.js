// Each codec once, from a camera to another's screen.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { enter, expectMovingPicture, leave } from './support/meeting.js';
import { movingPicture } from './support/media.js';
import { startServer } from './support/server.js';

describe('A picture', () => {
  let server;
  let browser;

  before(async () => {
    server = await startServer();
    browser = await startChromium({ video: movingPicture() });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  for (const codec of ['VP8', 'VP9', 'H264', 'AV1']) {
    it(`travels in ${codec}`, async () => {
      const [sender, viewer] = await Promise.all([browser.page(), browser.page()]);
      await enter(viewer, server, { room: codec, name: 'Viewer', audio: 0, video: 0 });
      await enter(sender, server, { room: codec, name: 'Sender', audio: 0, codec });
      await expectMovingPicture(viewer, 'Sender', { within: 5000 });
      assert.equal((await viewer.evaluate(() => window.probe.inbound('Sender'))).codec, `video/${codec}`);
      await leave(sender, viewer);
    });
  }
});
