// Opening the camera and microphone, and giving it up in time; where tokens come from.
import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DeviceProblem, openDevices } from '../../../../signaling/web/sdk/parley.js';
import { TokenSource } from '../../../../signaling/web/sdk/token_source.js';

const define = (value) => Object.defineProperty(globalThis, 'navigator', { value, configurable: true, writable: true });
const track = (kind) => ({ kind, stopped: false, stop() { this.stopped = true; } });

describe('Devices', () => {
  const before = globalThis.navigator;
  let asked;
  let answer;   // to the prompt

  beforeEach(() => {
    asked = [];
    define({
      mediaDevices: {
        getUserMedia: (wanted) => new Promise((resolve, reject) => {
          asked.push(wanted);
          answer = { yes: (tracks) => resolve({ getTracks: () => tracks }), no: (name) => reject(Object.assign(new Error(name), { name })) };
        }),
        enumerateDevices: async () => [{ kind: 'audioinput' }],
      },
    });
  });
  afterEach(() => define(before));

  it('are what was asked for', async () => {
    const opening = openDevices({ video: false });
    answer.yes([track('audio')]);
    assert.deepEqual((await opening).map(({ kind }) => kind), ['audio']);
    assert.deepEqual(asked, [{ audio: true, video: false }]);
  });

  it('R49_are not asked for once it was given up', async () => {
    await assert.rejects(openDevices({ signal: AbortSignal.abort() }), { code: 'aborted' });
    assert.equal(asked.length, 0);
  });

  it('R49_are closed if the prompt is answered after it was given up', async () => {
    const giveUp = new AbortController();
    const opening = openDevices({ signal: giveUp.signal });
    giveUp.abort();
    await assert.rejects(opening, { code: 'aborted' }, 'at once, not with the answer');
    const tracks = [track('audio'), track('video')];
    answer.yes(tracks);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(tracks.map(({ stopped }) => stopped), [true, true]);
  });

  it('stay open when the call is given up later', async () => {
    const giveUp = new AbortController();
    const opening = openDevices({ signal: giveUp.signal });
    const tracks = [track('audio')];
    answer.yes(tracks);
    await opening;
    giveUp.abort();
    assert.equal(tracks[0].stopped, false, 'their owner stops them');
  });

  it('say in words what is wrong', async () => {
    const opening = openDevices();
    answer.no('NotAllowedError');
    const problem = await opening.catch((error) => error);
    assert.ok(problem instanceof DeviceProblem);
    assert.match(problem.title, /camera and microphone/);
    assert.equal(problem.canDoWithoutCamera, true);
  });
});

describe('Tokens', () => {
  it('are made once and used while they last', async () => {
    let made = 0;
    const source = new TokenSource({ token: async () => `token-${++made}` });
    assert.equal(await source.get(), 'token-1');
    source.learn('token-1', Date.now() / 1000 + 3600);
    assert.equal(await source.get(), 'token-1');
    source.learn('token-1', Date.now() / 1000 + 30);
    assert.equal(await source.get(), 'token-2', 'one that is about to run out is no use for a new connection');
  });

  it('learn nothing about another token', async () => {
    let made = 0;
    const source = new TokenSource({ token: () => `token-${++made}` });
    await source.renew();
    source.learn('token-0', Date.now() / 1000 + 3600);
    assert.equal(await source.get(), 'token-2');
  });

  it('are one for ever where there is but one', async () => {
    const source = new TokenSource({ token: 'the-token' });
    assert.equal(source.renewable, false);
    assert.equal(await source.get(), 'the-token');
    assert.equal(await source.renew(), 'the-token');
  });

  it('tell a sign-in that is missing from a page that fails', async () => {
    const source = new TokenSource({ tokenEndpoint: '/token' });
    const answers = (status) => (globalThis.fetch = async () => ({ ok: false, status }));
    answers(403);
    await assert.rejects(source.get(), { code: 'unauthorized' });
    answers(502);
    await assert.rejects(source.get(), { code: 'unavailable' });
    globalThis.fetch = async () => { throw new TypeError('offline'); };
    await assert.rejects(source.get(), { code: 'connection_lost' });
  });
});
