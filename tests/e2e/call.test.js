// Calls between Chromiums: what one shows and says is what the others see and hear.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { enter, expectMovingPicture, expectNoPackets, expectPackets, expectSilence, expectTone, leave } from './support/meeting.js';
import { movingPicture, tone } from './support/media.js';
import { startServer } from './support/server.js';
import { slack, until } from './support/until.js';

describe('A call between two Chromiums', () => {
  let server;
  let low;    // plays 440 Hz
  let high;   // plays 1000 Hz
  let ada;
  let ben;

  before(async () => {
    server = await startServer();
    [low, high] = await Promise.all([
      startChromium({ video: movingPicture(), audio: tone(440) }),
      startChromium({ video: movingPicture(), audio: tone(1000) }),
    ]);
    [ada, ben] = await Promise.all([low.page(), high.page()]);
  });
  after(async () => {
    await Promise.all([low?.close(), high?.close()]);
    await server?.stop();
  });

  it('shows moving pictures and plays the right tones both ways within 3 s', async () => {
    await enter(ada, server, { room: 'pair', name: 'Ada' });
    await enter(ben, server, { room: 'pair', name: 'Ben' });
    await Promise.all([
      expectMovingPicture(ada, 'Ben'), expectTone(ada, 'Ben', 1000),
      expectMovingPicture(ben, 'Ada'), expectTone(ben, 'Ada', 440),
    ]);
    assert.equal(await ada.locator('.tile.showing[aria-label="Ben"]').count(), 1, 'the page shows the picture under the right name');
  });

  it('keeps the camera back while it is muted, tells the others, and shows it again', async () => {
    await ada.getByRole('button', { name: 'Turn camera off' }).click();
    try {
      await until('Ben is told', () => ben.evaluate(() => window.probe.isMuted('Ada', 'camera')));
      await expectNoPackets(ben, 'Ada', 'camera');
    } finally {
      await ada.getByRole('button', { name: 'Turn camera on' }).click();
    }
    await expectMovingPicture(ben, 'Ada');
  });

  it('is silent while the microphone is muted', async () => {
    await ben.getByRole('button', { name: 'Mute microphone' }).click();
    try {
      await expectSilence(ada, 'Ben');
    } finally {
      await ben.getByRole('button', { name: 'Turn microphone on' }).click();
    }
    await expectTone(ada, 'Ben', 1000);
  });

  it('goes on over an ICE restart in mid-call', async () => {
    const before = await ada.evaluate(() => window.probe.ufrag(window.parley.peerConnection.currentRemoteDescription));
    await ada.evaluate(() => window.parley.restartIce());
    const [now, state] = await ada.evaluate(() => [
      window.probe.ufrag(window.parley.peerConnection.currentRemoteDescription), window.parley.peerConnection.signalingState]);
    assert.notEqual(now, before, "the server's ufrag changed");
    assert.equal(state, 'stable');
    await until('ICE is connected', () => ada.evaluate(() => ['connected', 'completed'].includes(window.parley.peerConnection.iceConnectionState)));
    await Promise.all([expectMovingPicture(ada, 'Ben'), expectMovingPicture(ben, 'Ada'), expectTone(ben, 'Ada', 440)]);
  });

  it('keeps the media going when the signaling connection drops, and takes the session over', async () => {
    const session = await ada.evaluate(() => window.parley.session);
    const connection = await ada.evaluate(() => {
      window.resumptions = [];
      window.longestGap = 0;
      window.parley.on('reconnected', (event) => window.resumptions.push(event));
      window.parley.on('memberleft', () => window.resumptions.push('left'));
      // The longest time without a new frame, from here on.
      let frames = 0;
      let at = performance.now();
      window.gapTimer = setInterval(async () => {
        const seen = (await window.probe.inbound('Ben'))?.frames ?? 0;
        if (seen !== frames) [frames, at] = [seen, performance.now()];
        window.longestGap = Math.max(window.longestGap, performance.now() - at);
      }, 50);
      window.probe.sockets.at(-1).close();
      return window.probe.connections.length;
    });
    await until('the session is resumed', () => ada.evaluate(() => window.resumptions.length === 1));
    await expectPackets(ada, 'Ben', 'camera');
    await expectPackets(ben, 'Ada', 'camera');
    assert.deepEqual(await ada.evaluate(() => window.resumptions), [{ resumed: true }]);
    assert.equal(await ada.evaluate(() => window.parley.session), session, 'it is the same session');
    assert.equal(await ada.evaluate(() => window.probe.connections.length), connection, 'and the same peer connection');
    const gap = await ada.evaluate(() => (clearInterval(window.gapTimer), window.longestGap));
    assert.ok(gap < 700 * slack, `the picture never stood still for long (${gap} ms)`);
  });

  it('gives a third who joins a running room every picture within 1 s of DTLS', async (t) => {
    const cem = await high.page();
    t.after(() => leave(cem));
    await enter(cem, server, { room: 'pair', name: 'Cem', audio: 0, video: 0 });
    const waits = await until('both pictures are there', () => cem.evaluate(() => {
      const { dtlsUpAt, firstFrameAt } = window.probe.connections[0];
      const waits = Object.values(firstFrameAt).map((at) => at - dtlsUpAt);
      return waits.length === 2 && waits;
    }), { within: 5000 });
    for (const wait of waits) assert.ok(wait < 1000 * slack, `a picture came ${Math.round(wait)} ms after DTLS`);
  });

  it('tells the other quickly when a tab is closed', async () => {
    await ada.evaluate(() => window.parley.on('memberleft', ({ participant }) => (window.lastLeft = participant.name)));
    await ben.close();
    await until('Ada is told', () => ada.evaluate(() => window.lastLeft === 'Ben'), { within: 2000 });
    await ada.getByText('Waiting for others…').waitFor({ timeout: 2000 });
    assert.deepEqual(ada.faults, [], 'the page had no errors');
  });

  it('carries sound without any picture', async () => {
    ben = await high.page();
    await enter(ada, server, { room: 'sound', name: 'Ada', video: 0 });
    await enter(ben, server, { room: 'sound', name: 'Ben', video: 0 });
    await Promise.all([expectTone(ada, 'Ben', 1000), expectTone(ben, 'Ada', 440)]);
    assert.equal(await ada.evaluate(() => window.probe.inbound('Ben', 'camera')), null);
    await leave(ada, ben);
  });

  it('keeps two rooms apart, each with its own picture', async () => {
    const pages = await Promise.all([low.page(), high.page(), low.page(), high.page()]);
    await enter(pages[0], server, { room: 'left', name: 'Lea', audio: 0 });
    await enter(pages[1], server, { room: 'left', name: 'Leo', audio: 0, video: 0 });
    await enter(pages[2], server, { room: 'right', name: 'Rea', audio: 0 });
    await enter(pages[3], server, { room: 'right', name: 'Rio', audio: 0, video: 0 });
    await Promise.all([expectMovingPicture(pages[1], 'Lea'), expectMovingPicture(pages[3], 'Rea')]);
    const members = (page) => page.evaluate(() => [...window.parley.participants.values()].map(({ name }) => name));
    assert.deepEqual(await Promise.all(pages.map(members)), [['Leo'], ['Lea'], ['Rio'], ['Rea']]);
    // The rooms went to different workers, each with a UDP port of its own.
    const port = (page) => page.evaluate(() => {
      const { sdp } = window.parley.peerConnection.currentRemoteDescription;
      return /a=candidate:\S+ 1 udp \d+ \S+ (\d+)/i.exec(sdp)[1];
    });
    assert.notEqual(await port(pages[0]), await port(pages[2]), 'two rooms are on two workers');
    await leave(...pages);
  });
});
