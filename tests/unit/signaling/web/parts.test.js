// The SDK's and the page's small pure parts.
import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { backoff } from '../../../../signaling/web/sdk/backoff.js';
import { preferences } from '../../../../signaling/web/sdk/codecs.js';
import { withoutStrayAttributes } from '../../../../signaling/web/sdk/sdp.js';
import { whenShown } from '../../../../signaling/web/sdk/shown.js';
import { hueOf, initials, tileSize } from '../../../../signaling/web/rooms/layout.js';
import { capabilities } from './fakes.js';

describe('Back-off', () => {
  it('doubles up to 8 s and is at least half of that', () => {
    assert.deepEqual([0, 1, 2, 5, 50].map((attempt) => backoff(attempt, () => 1)), [250, 500, 1000, 8000, 8000]);
    assert.deepEqual([0, 5].map((attempt) => backoff(attempt, () => 0)), [125, 4000]);
  });
});

describe('Codec preferences', () => {
  const lines = (codecs) => codecs.map(({ mimeType, sdpFmtpLine }) => [mimeType, sdpFmtpLine].filter(Boolean).join(' '));

  it('take one profile of each codec', () => {
    const chosen = lines(preferences('video', capabilities.video));
    assert.equal(chosen.filter((line) => line.startsWith('video/H264')).length, 1);
    assert.ok(chosen.some((line) => line.includes('packetization-mode=1;profile-level-id=42e01f')));
    assert.equal(chosen.filter((line) => line.startsWith('video/VP9')).length, 1);
    assert.ok(chosen.includes('video/rtx'));
  });

  it('leave the choice to a browser that lacks the codec or tells nothing', () => {
    assert.deepEqual(preferences('video', { codecs: [{ mimeType: 'video/VP8' }] }, 'H264'), []);
    assert.deepEqual(preferences('video', undefined), []);
  });
});

describe('An offer', () => {
  it('says nothing of payload types that its m-lines do not list', () => {
    const sdp = (...lines) => [...lines, ''].join('\r\n');
    assert.equal(
      withoutStrayAttributes(sdp(
        'v=0', 'm=video 9 UDP/TLS/RTP/SAVPF 120 124', 'a=rtpmap:120 VP8/90000', 'a=fmtp:124 apt=120', 'a=rtcp-fb:123 nack', 'a=rtcp-fb:* transport-cc',
        'm=audio 9 UDP/TLS/RTP/SAVPF 109', 'a=rtcp-fb:120 nack', 'a=rtcp-fb:109 transport-cc')),
      sdp('v=0', 'm=video 9 UDP/TLS/RTP/SAVPF 120 124', 'a=rtpmap:120 VP8/90000', 'a=fmtp:124 apt=120', 'a=rtcp-fb:* transport-cc',
        'm=audio 9 UDP/TLS/RTP/SAVPF 109', 'a=rtcp-fb:109 transport-cc'));
  });
});

describe('A name', () => {
  // A video that shows frames with these RTP timestamps, one after the other.
  const showing = (timestamps) => {
    const shown = [];
    return {
      shown,
      requestVideoFrameCallback(callback) {
        setImmediate(() => {
          const rtpTimestamp = timestamps.shift();
          shown.push(rtpTimestamp);
          callback(0, { rtpTimestamp });
        });
        return 1;
      },
      cancelVideoFrameCallback() {},
    };
  };

  it('changes with its first frame, not before', async () => {
    const video = showing([100, 200, 3000, 6000]);
    await whenShown(video, 3000);
    assert.deepEqual(video.shown, [100, 200, 3000]);
  });

  it('changes over the wrap of RTP timestamps', async () => {
    const video = showing([0xfffffff0, 5]);
    await whenShown(video, 2);
    assert.deepEqual(video.shown, [0xfffffff0, 5]);
  });

  it('changes at once where the browser can not tell', async () => {
    await whenShown({}, 3000);
    await whenShown(showing([undefined]), 3000);
  });

  it('does not wait for ever', async () => {
    await whenShown({ requestVideoFrameCallback: () => 1, cancelVideoFrameCallback() {} }, 3000, { timeout: 10 });
  });
});

describe('Tiles', () => {
  it('fill the screen when alone', () => {
    assert.deepEqual(tileSize(1, 360, 500), { width: 360, height: 500 });
  });

  it('stand below each other on a narrow screen and beside each other on a wide one', () => {
    assert.deepEqual(tileSize(2, 360, 600), { width: 360, height: 202 });
    assert.deepEqual(tileSize(2, 1600, 600), { width: 796, height: 447 });
  });

  it('never overflow', () => {
    for (let count = 2; count < 50; count++) {
      const { width, height } = tileSize(count, 1000, 700);
      const columns = Math.floor((1000 + 8) / (width + 8));
      assert.ok(Math.ceil(count / columns) * (height + 8) - 8 <= 700, `${count} tiles fit`);
    }
  });

  it('show initials of any alphabet on a colour that stays', () => {
    assert.deepEqual(['Ada Lovelace', 'ben', '  ', 'سليم', '😀 x'].map(initials), ['AL', 'B', '?', 'س', '😀X']);
    assert.equal(hueOf('ada'), hueOf('ada'));
  });
});
