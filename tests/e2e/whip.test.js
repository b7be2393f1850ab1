// WHIP in, WHEP out, by plain HTTP and a bare RTCPeerConnection: no SDK, no WebSocket.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { enter, expectMovingPicture, expectTone, leave } from './support/meeting.js';
import { movingPicture, tone } from './support/media.js';
import { startServer } from './support/server.js';
import { slack, until } from './support/until.js';

// In the page: offers, posts the offer, takes the answer. The connection stays reachable as window.session.
async function negotiate({ endpoint, token, publish }) {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const received = new MediaStream();
  connection.ontrack = ({ track }) => received.addTrack(track);
  if (publish) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
    for (const track of stream.getTracks()) connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
  } else {
    connection.addTransceiver('audio', { direction: 'recvonly' });
    connection.addTransceiver('video', { direction: 'recvonly' });
  }
  await connection.setLocalDescription();
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
    body: connection.localDescription.sdp,
  });
  const answer = await response.text();
  if (response.status === 201) await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  window.session = { connection, received };
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    location: response.headers.get('location'),
    etag: response.headers.get('etag'),
  };
}

const end = (page, location, token) =>
  page.evaluate(async ([url, bearer]) => {
    const { status } = await fetch(url, { method: 'DELETE', headers: { authorization: `Bearer ${bearer}` } });
    return status;
  }, [location, token]);

const hears = (page, hertz) => until(`a tone of ${hertz} Hz is heard`, async () =>
  Math.abs((await page.evaluate(() => window.probe.loudestFrequencyOf(window.session.received))) - hertz) < 12, { within: 3000 });

async function sees(page) {
  const seen = await page.evaluate((within) => {
    const stream = new MediaStream(window.session.received.getVideoTracks());
    return window.probe.differentPicturesOf(() => stream, { wanted: 6, within });
  }, 3000 * slack);
  assert.equal(seen, 6, 'the picture moves');
}

describe('WHIP and WHEP', () => {
  let server;
  let browser;
  let publisher;
  let viewer;
  let published;
  let viewed;
  const tokens = {};

  before(async () => {
    server = await startServer();
    browser = await startChromium({ video: movingPicture(), audio: tone(440) });
    [publisher, viewer] = await Promise.all([browser.page(), browser.page()]);
    for (const page of [publisher, viewer]) await page.goto(`${server.url}/rooms/`);
    for (const member of ['camera', 'wall']) tokens[member] = server.token('studio', member);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('refuse an offer without a token', async () => {
    const { status } = await publisher.evaluate(negotiate, { endpoint: '/v1/whip/studio', token: 'none', publish: true });
    assert.equal(status, 401);
  });

  it('bring what is published by WHIP to a WHEP viewer within 3 s', async () => {
    published = await publisher.evaluate(negotiate, { endpoint: '/v1/whip/studio', token: tokens.camera, publish: true });
    assert.equal(published.status, 201);
    assert.match(published.type, /^application\/sdp/);
    assert.ok(published.location && published.etag);
    viewed = await viewer.evaluate(negotiate, { endpoint: '/v1/whep/studio', token: tokens.wall, publish: false });
    assert.equal(viewed.status, 201);
    await Promise.all([sees(viewer), hears(viewer, 440)]);
  });

  it('share the room with the SDK', async () => {
    const page = await browser.page();
    await enter(page, server, { room: 'studio', name: 'Ada', audio: 0, video: 0 });
    await Promise.all([expectMovingPicture(page, 'camera'), expectTone(page, 'camera', 440)]);
    await leave(page);
  });

  it('end by DELETE, after which the session is not found', async () => {
    assert.equal(await end(viewer, viewed.location, tokens.wall), 200);
    assert.equal(await end(viewer, viewed.location, tokens.wall), 404);
    assert.equal(await end(publisher, published.location, tokens.camera), 200);
    await until("the publisher's connection is closed", () =>
      publisher.evaluate(() => ['closed', 'failed', 'disconnected'].includes(window.session.connection.connectionState)), { within: 15_000 });
  });
});
