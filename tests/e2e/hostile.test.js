// Bytes from strangers, at a server with a call on it: the call goes on, and memory stays flat.
import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { datagrams, flood, random, residentKilobytes, say } from './support/hostile.js';
import { enter, expectMovingPicture, expectPackets, expectTone } from './support/meeting.js';
import { movingPicture, tone } from './support/media.js';
import { startServer } from './support/server.js';

const kSeed = 20260101;

describe('A server with a call on it', () => {
  let server;
  let browser;
  let ada;
  let ben;
  let udpPort;
  let httpPort;

  before(async () => {
    server = await startServer();
    httpPort = Number(new URL(server.url).port);
    browser = await startChromium({ video: movingPicture(), audio: tone(440) });
    [ada, ben] = await Promise.all([browser.page(), browser.page()]);
    await enter(ada, server, { room: 'fort', name: 'Ada' });
    await enter(ben, server, { room: 'fort', name: 'Ben' });
    await expectMovingPicture(ben, 'Ada');
    udpPort = await ada.evaluate(() =>
      Number(/a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+)/i.exec(window.parley.peerConnection.currentRemoteDescription.sdp)[1]));
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const callGoesOn = async () => {
    await Promise.all([expectPackets(ada, 'Ben', 'camera'), expectPackets(ben, 'Ada', 'camera'), expectTone(ben, 'Ada', 440)]);
    await expectMovingPicture(ben, 'Ada');
  };

  it('takes 1,000,000 random datagrams: the call goes on, memory stays flat', async (t) => {
    const pool = datagrams(kSeed, 4096);
    await flood(udpPort, pool, 50_000);
    const received = async () => (await server.stats()).workers.reduce((sum, worker) => sum + worker.datagrams_received, 0);
    const before = residentKilobytes(server.pid);
    const receivedBefore = await received();
    const start = performance.now();
    const { sent } = await flood(udpPort, pool, 1_000_000);
    const seconds = (performance.now() - start) / 1000;
    const grown = residentKilobytes(server.pid) - before;
    const taken = (await received()) - receivedBefore;
    t.diagnostic(`seed ${kSeed}: ${sent} datagrams sent, ${taken} taken in ${seconds.toFixed(1)} s, memory grew by ${grown} KiB`);
    assert.ok(sent > 990_000, `${sent} were sent`);
    assert.ok(taken > 900_000, `only ${taken} got through the socket's buffer`);
    // A sanitizer's quarantine grows on its own.
    if (!/asan|tsan/.test(process.env.PARLEY_BINARY ?? '')) assert.ok(grown < 4096, `memory grew by ${grown} KiB`);
    await callGoesOn();
  });

  it('answers broken HTTP with an error or silence, and goes on', async () => {
    const rng = random(kSeed + 1);
    const whole = 'POST /v1/whip/fort HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: 20\r\n\r\nv=0\r\no=- 0 0 IN IP4 0';
    const inputs = [
      ...Array.from({ length: 20 }, (_, i) => whole.slice(0, Math.floor((whole.length * i) / 20))),
      ...Array.from({ length: 30 }, () => rng.bytes(1 + rng.below(2000))),
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
      `GET / HTTP/1.1\r\n${'X-Header: y\r\n'.repeat(5000)}\r\n`,
      'POST /v1/whip/fort HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n',
      'GET /../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    ];
    for (let i = 0; i < inputs.length; i += 10) {
      const answers = await Promise.all(inputs.slice(i, i + 10).map((input) => say(httpPort, input)));
      for (const answer of answers) {
        const text = answer.toString('latin1');
        assert.ok(!/^HTTP\/1\.\d 20/.test(text) || !text.includes('root:'), 'no file of the machine is served');
      }
    }
    await callGoesOn();
  });

  it('answers hostile offers with a 4xx that says what is wrong', async () => {
    const token = server.token('fort', 'mallory');
    const post = (body) => fetch(`${server.url}/v1/whip/fort`, {
      method: 'POST', headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` }, body,
    });
    const real = await ada.evaluate(() => window.parley.peerConnection.currentLocalDescription.sdp);
    const rng = random(kSeed + 2);
    const offers = [
      '', 'v=0', 'v=0\r\n'.repeat(10_000), 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n'.repeat(1000), `v=0\r\na=${'x'.repeat(100_000)}\r\n`,
      real.replaceAll('a=setup:actpass', 'a=setup:passive'), real.replaceAll('a=rtcp-mux', ''), real.replaceAll(/a=fingerprint.*\r\n/g, ''),
      real.replaceAll(/a=group:BUNDLE.*\r\n/g, ''), real.slice(0, real.length / 3),
      ...Array.from({ length: 20 }, () => rng.bytes(rng.below(3000))),
    ];
    for (const offer of offers) {
      const response = await post(offer);
      const text = await response.text();
      assert.ok(response.status >= 400 && response.status < 500, `${response.status} for ${String(offer).slice(0, 60)}`);
      assert.ok(text.length > 5, 'it says what is wrong');
    }
    await callGoesOn();
  });

  it('closes WebSockets that speak nonsense, and only those', async () => {
    const rng = random(kSeed + 3);
    const frames = ['', '{', '[]', 'null', '{"type":5}', '{"type":"join"}', '{"type":"auth","token":""}', `{"type":"auth","token":"${'x'.repeat(9000)}"}`,
      `${'['.repeat(50_000)}`, [...rng.bytes(500)], '{"type":"auth","token":"eyJhbGciOiJub25lIn0.e30."}'];
    const closed = await ada.evaluate((inputs) => Promise.all(inputs.map((frame) => new Promise((resolve) => {
      const socket = new WebSocket(`ws://${location.host}/v1/ws`, 'parley.v1');
      const timer = setTimeout(() => resolve(false), 8000);
      socket.onopen = () => socket.send(typeof frame === 'string' ? frame : new Uint8Array(frame));
      socket.onclose = () => { clearTimeout(timer); resolve(true); };
    }))), frames);
    closed.forEach((was, i) => assert.ok(was, `still open after ${String(frames[i]).slice(0, 40)}`));
    await callGoesOn();
  });
});
