// Asking for the camera and microphone, and saying in words why it did not work and what to do.
import { ParleyError } from './errors.js';

const givenUp = () => new ParleyError('aborted', 'The devices are not needed any more.');

const kConstraints = { audio: true, video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } };

export class DeviceProblem extends Error {
  constructor(title, text, { canDoWithoutCamera = false } = {}) {
    super(title);
    this.title = title;
    this.text = text;
    this.canDoWithoutCamera = canDoWithoutCamera;
  }
}

function problem(error, { audio, video }) {
  const what = audio && video ? 'camera and microphone' : video ? 'camera' : 'microphone';
  switch (error.name) {
    case 'NotAllowedError':
      return new DeviceProblem(`The browser may not use your ${what}`,
        `Allow the ${what} in the browser's address bar, so that the others can see and hear you. Then try again.`);
    case 'NotFoundError':
      return new DeviceProblem(`No ${what} found`, `Connect one and try again.`);
    case 'NotReadableError':
      return new DeviceProblem(`Your ${what} can't be used right now`, 'Another program may be using it. Close that program and try again.');
    default:
      return new DeviceProblem(`Your ${what} didn't start`, 'Try again, or choose another device in the browser settings.');
  }
}

// Resolves with the tracks that were asked for; rejects with a DeviceProblem. Given up by `signal` it rejects at once, and what the
// browser opens afterwards is stopped.
export async function openDevices({ audio = true, video = true, signal } = {}) {
  if (signal?.aborted) throw givenUp();
  if (!audio && !video) return [];
  if (!navigator.mediaDevices)
    throw new DeviceProblem('This page is not secure', 'Browsers give the camera and microphone to https pages only. Open this page by https.');
  const opening = open({ audio, video });
  if (!signal) return opening;
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(givenUp()), { once: true });
    opening.then((tracks) => {
      if (signal.aborted) for (const track of tracks) track.stop();
      resolve(tracks);
    }, reject);
  });
}

async function open({ audio, video }) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: audio && kConstraints.audio, video: video && kConstraints.video });
    return stream.getTracks();
  } catch (error) {
    const found = problem(error, { audio, video });
    // Is it the camera alone? Then the call can go on with sound.
    if (audio && video) {
      const devices = await navigator.mediaDevices.enumerateDevices();
      found.canDoWithoutCamera = devices.some(({ kind }) => kind === 'audioinput');
    }
    throw found;
  }
}
