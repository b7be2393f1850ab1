// The browser's side of Parley: join a room, publish tracks, see and hear the others.
//
//   const room = await connect({ room: 'garden', name: 'Ada', token: fetchToken });
//   room.on('slotbound', ({ participant, track, stream }) => { … });
//   const camera = await room.publish(videoTrack, { source: 'camera' });
//
// Who is in the room when it is joined stands in `room.participants`; what happens afterwards arrives as events.
//
// For private calls, `openCalls` is the beginning: docs/sdk.md walks through it.
import { Calls } from './calls.js';
import { Room } from './room.js';

export { DeviceProblem, openDevices } from './devices.js';
export { ParleyError } from './errors.js';
export { whenShown } from './shown.js';

export async function connect(options) {
  const room = new Room(options);
  await room.open();
  return room;
}

export async function openCalls(options) {
  const calls = new Calls(options);
  await calls.open();
  return calls;
}
