// The camera and microphone, with what can go wrong as a kind and the device that is to blame; the words are in words.js. Which devices
// somebody chose is kept in this browser.

const kChosen = 'parley.devices';
const kVideo = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

export class Trouble extends Error {
  // kind: denied, missing, in_use, insecure, other; what: both, camera, microphone.
  constructor(kind, what, { audioOnly = false } = {}) {
    super(`${kind}: ${what}`);
    this.kind = kind;
    this.what = what;
    this.audioOnly = audioOnly;
  }
}

const aborted = () => new DOMException('The call needs no devices any more.', 'AbortError');

export function chosenDevices() {
  try {
    return JSON.parse(localStorage.getItem(kChosen)) ?? {};
  } catch {
    return {};
  }
}

export function rememberDevice(kind, id) {
  try {
    localStorage.setItem(kChosen, JSON.stringify({ ...chosenDevices(), [kind]: id }));
  } catch {
    // private mode
  }
}

function constraints({ audio, video }) {
  const chosen = chosenDevices();
  const prefer = (id) => (id ? { deviceId: { ideal: id } } : {});
  return {
    audio: audio && { ...prefer(chosen.microphone), echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    video: video && { ...prefer(chosen.camera), ...kVideo },
  };
}

const kKinds = {
  NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'missing', OverconstrainedError: 'missing', NotReadableError: 'in_use', AbortError: 'in_use',
};
export const kindOf = (error) => kKinds[error?.name] ?? 'other';

async function media(wanted, signal) {
  const stream = await navigator.mediaDevices.getUserMedia(wanted);
  if (!signal?.aborted) return stream.getTracks();
  for (const track of stream.getTracks()) track.stop();
  throw aborted();
}

// Resolves with tracks; rejects with a Trouble, or an AbortError when the signal says that nobody needs them any more.
export async function openDevices({ audio = true, video = false, signal } = {}) {
  if (signal?.aborted) throw aborted();
  const what = audio && video ? 'both' : video ? 'camera' : 'microphone';
  if (!navigator.mediaDevices?.getUserMedia) throw new Trouble('insecure', what);
  // The browser's question may stand open for long; nobody waits for the answer once the call is over.
  const end = new Promise((resolve, reject) => signal?.addEventListener('abort', () => reject(aborted()), { once: true }));
  end.catch(() => {});
  try {
    return await Promise.race([media(constraints({ audio, video }), signal), end]);
  } catch (error) {
    if (signal?.aborted) throw aborted();
    if (!(audio && video)) throw new Trouble(kindOf(error), what);
    throw await whichOne(error);
  }
}

// Both were asked for: is it the camera alone? Then the call can go on with the voice.
async function whichOne(error) {
  const kind = kindOf(error);
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const has = (wanted) => devices.some((device) => device.kind === wanted);
  const microphone = has('audioinput');
  if (kind === 'missing') return new Trouble(kind, microphone ? 'camera' : has('videoinput') ? 'microphone' : 'both', { audioOnly: microphone });
  if (kind === 'denied') {
    const [camera, mic] = await Promise.all(['camera', 'microphone'].map(permission));
    if (mic === 'granted' && camera !== 'granted') return new Trouble(kind, 'camera', { audioOnly: true });
    return new Trouble(kind, camera === 'granted' ? 'microphone' : 'both', { audioOnly: camera !== 'granted' && mic !== 'denied' && microphone });
  }
  return new Trouble(kind, 'both', { audioOnly: microphone });
}

async function permission(name) {
  try {
    return (await navigator.permissions.query({ name })).state;
  } catch {
    return 'unknown';
  }
}

export async function listDevices() {
  const devices = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []) ?? [];
  const of = (kind) => devices.filter((device) => device.kind === kind && device.deviceId !== '');
  return { microphone: of('audioinput'), camera: of('videoinput'), speaker: of('audiooutput') };
}
