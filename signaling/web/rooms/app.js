// The meeting page: a form, then a call. Everything about connections is in the SDK; this shows what it says.
//
// The address may preset it: ?room=garden&name=Ada&audio=0&video=0&codec=VP9&autojoin=1. `window.parley` is the room, for tests and
// for the curious.
import { DeviceProblem, openDevices } from '../sdk/devices.js';
import { hueOf, initials, tileSize } from './layout.js';
import { connect } from '../sdk/parley.js';
import { Tile } from './tile.js';

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const wanted = { audio: query.get('audio') !== '0', video: query.get('video') !== '0' };

const kClosedWords = {
  replaced: 'You joined in another tab.',
  removed: 'You were removed from the room.',
  shutdown: 'The server is restarting. Join again in a moment.',
  unauthorized: "This invitation isn't valid any more.",
  token_expired: "This invitation isn't valid any more.",
};

let room = null;
let tracks = [];
let tiles = new Map();   // session → Tile
let published = {};      // source → Publication

// --- before the call -------------------------------------------------------------------------------------------------------------------

async function fetchToken(roomName, name) {
  const response = await fetch('/v1/demo/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ room: roomName, name }),
  });
  if (!response.ok) throw new Error(`The server refused to let you in (${response.status}).`);
  return (await response.json()).token;
}

function showNotice(title, text, { audioOnly = false } = {}) {
  $('notice-title').textContent = title;
  $('notice-text').textContent = text;
  $('audio-only').hidden = !audioOnly;
  $('notice').hidden = false;
  $('join').textContent = 'Try again';
}

function showProgress(text) {
  $('lobby-status').textContent = text;
  $('join').disabled = text !== '';
}

function firstEmptyField() {
  const empty = [$('name'), $('room')].filter((field) => field.value.trim() === '');
  for (const field of [$('name'), $('room')]) field.setAttribute('aria-invalid', String(empty.includes(field)));
  return empty[0];
}

async function join({ video = wanted.video } = {}) {
  const empty = firstEmptyField();
  if (empty) return empty.focus();
  if ($('join').disabled) return;
  const name = $('name').value.trim();
  const roomName = $('room').value.trim();
  $('notice').hidden = true;
  try {
    showProgress('Allow the camera and microphone so that the others can see and hear you');
    tracks = await openDevices({ audio: wanted.audio, video });
    showProgress('Joining…');
    room = await connect({
      room: roomName,
      name,
      // One token for the whole call: the next would be for another guest, who could not take this one's session over.
      token: await fetchToken(roomName, name),
      slots: { audio: 8, video: 8 },
      publish: tracks.map((track) => ({ track, codec: track.kind === 'video' ? query.get('codec') ?? undefined : undefined })),
    });
  } catch (error) {
    for (const track of tracks.splice(0)) track.stop();
    if (error instanceof DeviceProblem) showNotice(error.title, error.text, { audioOnly: error.canDoWithoutCamera });
    else showNotice("Couldn't connect", error.message);
    return;
  } finally {
    showProgress('');
  }
  window.parley = room;
  enterCall();
}

// --- in the call -----------------------------------------------------------------------------------------------------------------------

function enterCall() {
  $('lobby').hidden = true;
  $('call').hidden = false;
  $('banner').hidden = true;
  document.title = `${room.room} · Parley`;
  $('call-room').textContent = room.room;
  $('join').textContent = 'Join';
  published = Object.fromEntries(room.publications.map((publication) => [publication.source, publication]));
  showSelf();
  for (const participant of room.participants.values()) addTile(participant);
  listen();
  arrange();
  $('leave').focus({ focusVisible: false });
}

function listen() {
  room.on('memberjoined', ({ participant }) => {
    addTile(participant);
    announce(`${participant.name} joined`);
    arrange();
  });
  room.on('memberleft', ({ participant }) => {
    tiles.get(participant.session)?.remove();
    tiles.delete(participant.session);
    announce(`${participant.name} left`);
    arrange();
  });
  for (const type of ['trackpublished', 'trackended', 'trackmuted']) room.on(type, ({ participant }) => showState(participant));
  room.on('slotbound', ({ participant, track, stream, rtpTimestamp }) => {
    if (track.kind === 'audio') listenTo(participant, stream);
    else showPicture(participant, rtpTimestamp);
  });
  room.on('slotunbound', ({ participant, track }) => {
    if (!participant) return;
    if (track.kind === 'audio') tiles.get(participant.session)?.silence();
    showState(participant);
  });
  room.on('reconnecting', () => showOverlay('Connection lost. Reconnecting…'));
  room.on('reconnected', () => showOverlay(''));
  room.on('pathsuspect', ({ suspect }) => showOverlay(suspect ? 'Connection lost. Reconnecting…' : ''));
  room.on('deviceended', ({ publication }) => deviceEnded(publication));
  room.on('closed', ({ reason }) => leaveCall(reason));
}

function addTile(participant) {
  if (tiles.has(participant.session)) return;
  const tile = new Tile(participant);
  tiles.set(participant.session, tile);
  $('grid').append(tile.element);
  showState(participant);
}

const trackOf = (participant, source) => [...participant.tracks.values()].find((track) => track.source === source);

// The picture that matters most of somebody: what they share, else their camera.
function pictureOf(participant) {
  for (const source of ['screen', 'camera'])
    if (participant.streams.has(source) && !trackOf(participant, source)?.muted) return participant.streams.get(source);
  return null;
}

function showPicture(participant, rtpTimestamp) {
  const stream = pictureOf(participant);
  const tile = tiles.get(participant.session);
  if (stream) tile?.showPicture(stream, rtpTimestamp);
  else tile?.hidePicture();
}

function showState(participant) {
  const microphone = trackOf(participant, 'microphone');
  tiles.get(participant.session)?.showMuted(!microphone || microphone.muted);
  showPicture(participant);
}

async function listenTo(participant, stream) {
  try {
    await tiles.get(participant.session)?.play(stream);
  } catch (error) {
    if (error.name === 'NotAllowedError') showBanner('The browser blocked the sound.', 'Turn sound on', turnSoundOn);
  }
}

function turnSoundOn() {
  for (const tile of tiles.values()) if (tile.sound.srcObject) tile.sound.play();
  $('banner').hidden = true;
}

function arrange() {
  const { clientWidth, clientHeight } = $('stage');
  const { width, height } = tileSize(tiles.size, clientWidth, clientHeight);
  $('grid').style.setProperty('--tile-width', `${width}px`);
  $('grid').style.setProperty('--tile-height', `${height}px`);
  $('waiting').hidden = tiles.size > 0;
  $('call-people').textContent = tiles.size === 0 ? 'Only you' : `${tiles.size + 1} people`;
}

function showSelf() {
  const camera = published.camera;
  $('self-video').srcObject = camera ? new MediaStream([camera.mediaTrack]) : null;
  $('self-avatar').textContent = initials(room.name);
  $('self-avatar').style.setProperty('--hue', hueOf(room.member));
  showToggle('toggle-mic', published.microphone, 'Mute microphone', 'Turn microphone on');
  showToggle('toggle-camera', camera, 'Turn camera off', 'Turn camera on');
  $('self').classList.toggle('showing', Boolean(camera) && !camera.muted);
  $('self-muted').toggleAttribute('hidden', Boolean(published.microphone) && !published.microphone.muted);
}

function showToggle(id, publication, toMute, toUnmute) {
  const off = !publication || publication.muted;
  $(id).setAttribute('aria-pressed', String(off));
  $(id).setAttribute('aria-label', off ? toUnmute : toMute);
}

// Mutes what is published; a device that was left out at first is asked for when it is turned on.
async function toggle(source) {
  const publication = published[source];
  try {
    if (publication) {
      const done = publication.mute(!publication.muted);
      showSelf();
      await done;
    } else {
      const [track] = await openDevices({ audio: source === 'microphone', video: source === 'camera' });
      tracks.push(track);
      published[source] = await room.publish(track, { source, codec: source === 'camera' ? query.get('codec') ?? undefined : undefined });
      $('banner').hidden = true;
    }
  } catch (error) {
    showBanner(error instanceof DeviceProblem ? `${error.title}. ${error.text}` : error.message);
  }
  showSelf();
}

function deviceEnded(publication) {
  const what = publication.kind === 'audio' ? 'microphone' : 'camera';
  showBanner(`Your ${what} was disconnected.`, 'Try again', async () => {
    try {
      const [track] = await openDevices({ audio: what === 'microphone', video: what === 'camera' });
      tracks.push(track);
      await publication.replaceDevice(track);
      $('banner').hidden = true;
      showSelf();
    } catch (error) {
      $('banner-text').textContent = error.title ?? error.message;
    }
  });
}

function showOverlay(text) {
  $('overlay-text').textContent = text;
  $('overlay').hidden = text === '';
}

function showBanner(text, action, onAction) {
  $('banner-text').textContent = text;
  $('banner-action').hidden = !action;
  $('banner-action').textContent = action ?? '';
  $('banner-action').onclick = onAction ?? null;
  $('banner').hidden = false;
}

function announce(text) {
  $('announcer').textContent = text;
}

function leaveCall(reason) {
  for (const tile of tiles.values()) tile.remove();
  tiles = new Map();
  for (const track of tracks.splice(0)) track.stop();
  showOverlay('');
  document.title = 'Parley';
  $('call').hidden = true;
  $('lobby').hidden = false;
  if (reason !== 'left') showNotice('The call ended', kClosedWords[reason] ?? 'The connection was lost and did not come back.');
  $('join').focus({ focusVisible: false });
}

// --- the page ----------------------------------------------------------------------------------------------------------------------------

// One's own picture can be put into another corner.
function makeDraggable(element) {
  let start = null;
  let offset = { x: 0, y: 0 };
  element.addEventListener('pointerdown', (event) => {
    start = { x: event.clientX - offset.x, y: event.clientY - offset.y };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener('pointermove', (event) => {
    if (!start) return;
    const stage = $('stage').getBoundingClientRect();
    const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
    offset = {
      x: clamp(event.clientX - start.x, element.offsetWidth + 24 - stage.width, 0),
      y: clamp(event.clientY - start.y, element.offsetHeight + 24 - stage.height, 0),
    };
    element.style.transform = `translate(${offset.x}px, ${offset.y}px)`;
  });
  for (const type of ['pointerup', 'pointercancel']) element.addEventListener(type, () => (start = null));
}

$('join-form').addEventListener('submit', (event) => {
  event.preventDefault();
  join();
});
$('audio-only').addEventListener('click', () => join({ video: false }));
$('toggle-mic').addEventListener('click', () => toggle('microphone'));
$('toggle-camera').addEventListener('click', () => toggle('camera'));
$('leave').addEventListener('click', () => room?.leave());
new ResizeObserver(() => arrange()).observe($('stage'));
makeDraggable($('self'));
// A closed tab leaves at once instead of fading from the room.
addEventListener('pagehide', () => room?.leave());
// A page that comes back from the browser's memory has left already.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());

$('name').value = query.get('name') ?? '';
$('room').value = query.get('room') ?? '';
if ($('name').value) $('room').focus();
if (query.get('autojoin') === '1') join();
