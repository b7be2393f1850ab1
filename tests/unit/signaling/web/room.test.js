// The SDK against a scripted server: what it sends, when, and what it tells the application.
import { strict as assert } from 'node:assert';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FakePeerConnection, FakeSocket, FakeTrack, friendlyServer, installFakes, settled } from './fakes.js';
import { connect } from '../../../../signaling/web/sdk/parley.js';

const camera7 = { track: 7, session: 2, member: 'ben', kind: 'video', source: 'camera', muted: false };

describe('A room', () => {
  let room;

  beforeEach(installFakes);
  afterEach(() => room?.leave());

  const enter = async (options = {}, more = {}) => {
    FakeSocket.server = friendlyServer(more);
    room = await connect({ room: 'garden', name: 'Ada', token: 'a-token', slots: { audio: 2, video: 2 }, ...options });
    return room;
  };
  const socket = () => FakeSocket.all.at(-1);
  const peer = () => FakePeerConnection.all.at(-1);
  const sent = (type) => FakeSocket.all.flatMap((each) => each.sent).filter((message) => message.type === type);
  const record = (...types) => {
    const seen = [];
    for (const type of types) room.on(type, (event) => seen.push({ type, ...event }));
    return seen;
  };
  const until = async (holds) => {
    const deadline = performance.now() + 5000;
    while (!holds()) {
      assert.ok(performance.now() < deadline, 'it happens in time');
      await settled();
    }
  };

  it('keeps the token out of the address and sends it first', async () => {
    await enter();
    assert.equal(socket().url, 'wss://meet.example/v1/ws');
    assert.equal(socket().protocol, 'parley.v1');
    assert.deepEqual(socket().sent.map(({ type }) => type), ['auth', 'join']);
    assert.equal(socket().sent[0].token, 'a-token');
  });

  it('joins in one round trip, sending on two of its slots', async () => {
    await enter({ publish: [{ track: new FakeTrack('audio') }, { track: new FakeTrack('video'), muted: true }] });
    const [{ offer, tracks }] = sent('join');
    assert.equal(offer, 'ufrag=0 0:audio:sendrecv 1:video:sendrecv 2:audio:recvonly 3:video:recvonly');
    assert.deepEqual(tracks, [{ mid: '0', source: 'microphone', muted: false }, { mid: '1', source: 'camera', muted: true }]);
    assert.equal(room.slots.length, 4);
    assert.equal(peer().signalingState, 'stable');
  });

  it('restricts a sender with a codec of its own, but no slot', async () => {
    await enter({ publish: [{ track: new FakeTrack('video'), codec: 'VP9' }] });
    const [sender, , , slot] = peer().transceivers;
    assert.deepEqual(sender.codecs, ['video/VP9', 'video/rtx']);
    assert.equal(sender.direction, 'sendonly');
    assert.deepEqual(slot.codecs, ['video/VP8', 'video/VP9', 'video/H264', 'video/AV1', 'video/rtx']);
  });

  it('knows who was there already, and tells who comes and goes', async () => {
    await enter();
    assert.deepEqual([...room.participants.values()].map(({ name }) => name), ['Ben']);
    const seen = record('memberjoined', 'memberleft');
    await settled();
    socket().say({ type: 'member_joined', session: 3, member: 'cem', name: 'Cem' });
    socket().say({ type: 'member_left', session: 2, member: 'ben', reason: 'left' });
    assert.deepEqual(seen.map(({ type, participant, reason }) => [type, participant.name, reason]),
      [['memberjoined', 'Cem', undefined], ['memberleft', 'Ben', 'left']]);
    assert.deepEqual([...room.participants.keys()], [3]);
  });

  it('holds events back until its caller can have subscribed', async () => {
    await enter({}, {
      join: (message, line) => {
        queueMicrotask(() => line.say({ type: 'slot_bound', slot: '2', track: camera7, rtp_timestamp: 90 }));
        return { type: 'joined', session: 1, member: 'ada', resume: 's', members: [], tracks: [], slots: [], ice_servers: [], answer: 'x' };
      },
    });
    const seen = record('slotbound');
    await until(() => seen.length === 1);
    assert.equal(seen[0].rtpTimestamp, 90);
  });

  it('maps a slot to the participant it carries, and back', async () => {
    await enter();
    const seen = record('slotbound', 'slotunbound');
    await settled();
    socket().say({ type: 'slot_bound', slot: '2', track: camera7, rtp_timestamp: 3000 });
    const ben = room.participants.get(2);
    assert.equal(seen[0].participant, ben);
    assert.deepEqual(ben.streams.get('camera').tracks, [peer().transceivers[2].receiver.track]);
    assert.equal(room.slots[2].track.track, 7);
    socket().say({ type: 'slot_unbound', slot: '2', track: camera7, reason: 'track_ended' });
    assert.equal(seen[1].reason, 'track_ended');
    assert.equal(ben.streams.size, 0);
    assert.equal(room.slots[2].track, null);
  });

  it('unbinds first when another track takes the slot', async () => {
    await enter();
    const seen = record('slotbound', 'slotunbound');
    await settled();
    socket().say({ type: 'slot_bound', slot: '2', track: camera7, rtp_timestamp: 1 });
    socket().say({ type: 'slot_bound', slot: '2', track: { ...camera7, track: 8, source: 'screen' }, rtp_timestamp: 2 });
    assert.deepEqual(seen.map(({ type, track }) => [type, track.track]), [['slotbound', 7], ['slotunbound', 7], ['slotbound', 8]]);
  });

  it('negotiates one offer at a time, and lets wishes share a round', async () => {
    const waiting = [];
    await enter({}, { offer: (message, line) => void waiting.push(() => line.say({ type: 'answer', id: message.id, sdp: 'answer' })) });
    const first = room.publish(new FakeTrack('audio'));
    await until(() => waiting.length === 1);
    const second = room.publish(new FakeTrack('video'));
    const third = room.addSlots('video');
    await settled();
    assert.equal(waiting.length, 1, 'the second offer waits for the first answer');
    waiting[0]();
    await first;
    await until(() => waiting.length === 2);
    waiting[1]();
    await Promise.all([second, third]);
    assert.equal(waiting.length, 2, 'the two later wishes were one offer');
    assert.equal(peer().transceivers.length, 4 + 2 + 8);
  });

  it('takes a refused offer back and can offer again', async () => {
    let refuse = true;
    await enter({}, {
      offer: ({ sdp }) => (refuse ? { type: 'error', code: 'too_many', message: 'No more tracks.' } : { type: 'answer', sdp }),
    });
    await assert.rejects(room.publish(new FakeTrack('video')), { code: 'too_many', message: 'No more tracks.' });
    assert.equal(peer().signalingState, 'stable');
    assert.equal(room.publications.length, 0);
    refuse = false;
    const publication = await room.publish(new FakeTrack('video'));
    assert.equal(publication.slot, '4', 'the free line is used again');
  });

  it('mutes the device and tells the server', async () => {
    const track = new FakeTrack('audio');
    await enter({ publish: [{ track }] });
    await room.publications[0].mute(true);
    assert.equal(track.enabled, false);
    assert.deepEqual(sent('mute').map(({ slot, muted }) => [slot, muted]), [['0', true]]);
  });

  it('changes the device without an offer, keeping it muted', async () => {
    await enter({ publish: [{ track: new FakeTrack('video'), muted: true }] });
    const other = new FakeTrack('video');
    await room.publications[0].replaceDevice(other);
    assert.equal(peer().transceivers[0].sender.track, other);
    assert.equal(other.enabled, false);
    assert.equal(sent('offer').length, 0);
  });

  it('says when a device was taken away, but not an old one', async () => {
    const [old, current] = [new FakeTrack('audio'), new FakeTrack('audio')];
    await enter({ publish: [{ track: old }] });
    const seen = record('deviceended');
    await room.publications[0].replaceDevice(current);
    await settled();
    old.end();
    assert.equal(seen.length, 0);
    current.end();
    assert.equal(seen[0].publication, room.publications[0]);
  });

  it('stops sending what is unpublished, and keeps the line as a slot', async () => {
    await enter({ publish: [{ track: new FakeTrack('video') }] });
    await room.publications[0].unpublish();
    assert.match(sent('offer')[0].sdp, /0:video:recvonly/);
    assert.deepEqual(sent('offer')[0].tracks, []);
    assert.equal(room.publications.length, 0);
  });

  it('resumes after a lost connection, with an ICE restart and the same peer connection', async () => {
    await enter({ publish: [{ track: new FakeTrack('video') }] });
    const seen = record('reconnecting', 'reconnected', 'memberleft', 'memberjoined');
    await settled();
    socket().drop(1006);
    assert.equal(room.state, 'reconnecting');
    await until(() => sent('offer').length === 1);
    assert.deepEqual(seen.map(({ type, resumed }) => [type, resumed]), [['reconnecting', undefined], ['reconnected', true]]);
    assert.equal(sent('join')[1].resume, 'secret');
    assert.equal(sent('join')[1].offer, undefined);
    assert.match(sent('offer')[0].sdp, /^ufrag=1 /);
    assert.equal(FakePeerConnection.all.length, 1);
  });

  it('tells after a resumption what changed meanwhile', async () => {
    await enter({}, {
      join: ({ offer, resume }) => ({
        type: 'joined', session: 1, member: 'ada', resume: 'secret', ice_servers: [], answer: offer,
        members: resume ? [{ session: 3, member: 'cem', name: 'Cem' }] : [{ session: 2, member: 'ben', name: 'Ben' }],
        tracks: resume ? [] : [camera7], slots: resume ? [] : [{ slot: '2', track: camera7 }],
      }),
    });
    const seen = record('slotunbound', 'memberleft', 'memberjoined');
    await settled();
    socket().drop(1006);
    await until(() => seen.length === 3);
    assert.deepEqual(seen.map(({ type, participant }) => [type, participant.name]),
      [['slotunbound', 'Ben'], ['memberleft', 'Ben'], ['memberjoined', 'Cem']]);
  });

  it('joins anew, publishing the same tracks, when it is too late to resume', async () => {
    const track = new FakeTrack('video');
    await enter({ publish: [{ track }] }, {
      join: ({ resume, offer }) => (resume
        ? { type: 'error', code: 'not_found', message: 'No such session.' }
        : { type: 'joined', session: 9, member: 'ada', resume: 'other', members: [], tracks: [], slots: [], ice_servers: [], answer: offer }),
    });
    const seen = record('reconnected');
    await settled();
    socket().drop(1006);
    await until(() => seen.length === 1);
    assert.equal(seen[0].resumed, false);
    assert.equal(room.session, 9);
    assert.equal(FakePeerConnection.all[0].connectionState, 'closed');
    assert.equal(peer().transceivers[0].sender.track, track);
    assert.equal(room.publications[0].transceiver, peer().transceivers[0]);
  });

  it('finishes a negotiation that a lost connection cut off', async () => {
    let answering = false;
    await enter({}, { offer: ({ sdp }) => (answering ? { type: 'answer', sdp } : null) });
    const publishing = room.publish(new FakeTrack('video'));
    await until(() => sent('offer').length === 1);
    answering = true;
    socket().drop(1006);
    const publication = await publishing;
    assert.equal(publication.slot, '4');
    assert.equal(peer().signalingState, 'stable');
  });

  it('is closed for good when the server says so, and does not return', async () => {
    await enter();
    const seen = record('closed', 'reconnecting');
    await settled();
    socket().say({ type: 'closed', reason: 'removed' });
    socket().drop(1000);
    assert.deepEqual(seen, [{ type: 'closed', reason: 'removed' }]);
    assert.equal(room.state, 'closed');
    assert.equal(peer().connectionState, 'closed');
    await assert.rejects(room.publish(new FakeTrack('audio')), { code: 'closed' });
  });

  it('says leave before it goes, and only once', async () => {
    await enter();
    const seen = record('closed');
    await settled();
    room.leave();
    room.leave();
    assert.deepEqual(seen, [{ type: 'closed', reason: 'left' }]);
    assert.equal(sent('leave').length, 1);
  });

  it('fails to connect with the reason the server gave', async () => {
    await assert.rejects(enter({}, { auth: () => ({ type: 'error', code: 'unauthorized', message: 'The token has expired.' }) }),
      { code: 'unauthorized', message: 'The token has expired.' });
    assert.ok(FakePeerConnection.all.every(({ connectionState }) => connectionState === 'closed'));
  });

  it('does not come back with a token that was refused', async () => {
    let known = true;
    await enter({}, {
      auth: () => (known ? { type: 'authenticated', member: 'ada' } : { type: 'error', code: 'unauthorized', message: 'Expired.' }),
    });
    const seen = record('closed');
    await settled();
    known = false;
    socket().drop(1006);
    await until(() => seen.length === 1);
    assert.equal(seen[0].reason, 'unauthorized');
  });

  it('asks for a fresh token before the old one expires', async () => {
    let asked = 0;
    await enter({ token: async () => `token-${++asked}` }, {
      auth: () => ({ type: 'authenticated', member: 'ada', expires_at: Date.now() / 1000 + 0.1 }),
      refresh: () => ({ type: 'authenticated', member: 'ada', expires_at: Date.now() / 1000 + 3600 }),
    });
    await until(() => sent('refresh').length === 1);
    assert.equal(sent('refresh')[0].token, 'token-2');
  });

  it('restarts ICE when the path breaks, once for several signs of it', async () => {
    await enter();
    peer().setIce('disconnected');
    peer().setIce('failed');
    await until(() => sent('offer').length === 1);
    await settled();
    assert.equal(sent('offer').length, 1);
    assert.match(sent('offer')[0].sdp, /^ufrag=1 /);
  });

  it('ignores messages it does not know', async () => {
    await enter();
    socket().say({ type: 'from_the_future', value: 1 });
    socket().onmessage({ data: 'not JSON' });
    assert.equal(room.state, 'connected');
  });
});
