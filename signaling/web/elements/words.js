// Every sentence of the elements, in one place. A platform that speaks another language assigns its own:
// `Object.assign(ParleyElements.words, { close: 'Fermer', … })`. Names come in as arguments and stay apart from the words.
import { sentence } from './names.js';

const two = (number) => String(number).padStart(2, '0');

export function clock(milliseconds) {
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(milliseconds);
}

export function day(milliseconds) {
  return new Intl.DateTimeFormat(document.documentElement.lang || undefined, { weekday: 'short', day: 'numeric', month: 'short' }).format(milliseconds);
}

// 65 000 → 1:05, 3 665 000 → 1:01:05.
export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export const words = {
  // Anywhere.
  close: 'Close',
  cancel: 'Cancel',
  retry: 'Try again',
  message: 'Send a message',
  newTab: 'Open in a new tab',
  video: 'Video',
  audio: 'Audio',
  picture: (name) => sentence`Picture of ${name}`,

  // The person card.
  openCard: (name) => sentence`${name}, open card`,
  card: (name) => sentence`${name}`,
  active: 'Active now',
  inactive: 'Not active right now',
  presenceUnknown: 'Looking…',
  call: 'Start a private call',
  cantCall: {
    inactive: (name) => sentence`${name} isn't active right now`,
    off: 'Private calls are turned off for this site',
    offline: 'Connecting…',
    self: 'This is you',
    unknown: 'This member can’t be called',
  },

  // The caller's dialog.
  calling: (name) => sentence`Calling ${name}…`,
  beingCalled: (name) => sentence`${name} is being called. Join now, or wait for the answer.`,
  accepted: (name) => sentence`${name} has answered`,
  acceptedJoin: (name) => sentence`${name} is joining. How would you like to come in?`,
  theyWait: (name) => sentence`${name} is in the call`,
  joinVideo: 'Join with video',
  joinAudio: 'Join with audio',
  cancelCall: 'Cancel',
  tryAgain: 'Couldn’t connect. Try again, or wait for the answer.',
  starting: (name) => sentence`Starting the call with ${name}…`,

  // The incoming pop-up.
  incoming: (name) => sentence`${name} is calling you`,
  privateCall: 'Private call',
  answerVideo: (name) => sentence`Answer ${name} with video`,
  answerAudio: (name) => sentence`Answer ${name} with audio`,
  decline: 'Decline',
  dismiss: 'Close without answering',
  incomingKeys: 'F6 goes to the answers, Escape closes this without answering.',
  soundOn: 'Turn sound on',
  leavesOther: 'Answering ends your part in the call you are in.',

  // The device prompt.
  asking: (name, video) => video
    ? sentence`Allow the camera and microphone so that ${name} can see and hear you`
    : sentence`Allow the microphone so that ${name} can hear you`,
  askingHelp: 'Your browser asks at the top of the window. Choose Allow.',
  audioOnly: 'Continue with audio only',
  device: {
    denied: {
      both: ['The browser may not use your camera and microphone',
        'Click the sign left of the address, allow the camera and the microphone, and try again.'],
      camera: ['The browser may not use your camera', 'Click the sign left of the address, allow the camera, and try again.'],
      microphone: ['The browser may not use your microphone', 'Click the sign left of the address, allow the microphone, and try again.'],
    },
    missing: {
      both: ['No camera or microphone found', 'Connect them and try again.'],
      camera: ['No camera found', 'Connect one and try again, or go on with your voice alone.'],
      microphone: ['No microphone found', 'A call needs a microphone. Connect one and try again.'],
    },
    in_use: {
      both: ['Your camera and microphone can’t be used right now', 'Another program may be using them. Close it and try again.'],
      camera: ['Your camera can’t be used right now', 'Another program may be using it. Close it and try again.'],
      microphone: ['Your microphone can’t be used right now', 'Another program may be using it. Close it and try again.'],
    },
    insecure: ['This page is not secure', 'Browsers give the camera and microphone to https pages only. Open this page by https.'],
    other: {
      both: ['Your camera and microphone didn’t start', 'Try again, or choose other devices in the browser’s settings.'],
      camera: ['Your camera didn’t start', 'Try again, or choose another camera in the browser’s settings.'],
      microphone: ['Your microphone didn’t start', 'Try again, or choose another microphone in the browser’s settings.'],
    },
  },

  // The meeting room.
  meeting: (name) => sentence`Private call with ${name}`,
  waiting: (name) => sentence`Waiting for ${name}…`,
  ringingThere: (name) => sentence`${name} is being called`,
  joining: (name) => sentence`${name} is joining…`,
  waitingBack: (name) => sentence`${name} can come back until the call ends`,
  entering: 'Joining…',
  you: 'You',
  ownPicture: 'Your own picture. The arrow keys move it to another corner.',
  mute: 'Microphone',
  camera: 'Camera',
  screen: 'Share screen',
  devices: 'Devices',
  quality: 'Quality',
  leave: 'Leave',
  callControls: 'Call controls',
  microphoneOf: 'Microphone',
  cameraOf: 'Camera',
  speakerOf: 'Speaker',
  device_n: (kind, n) => `${kind} ${n}`,
  theirMicOff: 'Microphone off',
  sharing: (name) => sentence`${name} is sharing a screen`,
  youShare: 'You are sharing your screen',
  stopSharing: 'Stop sharing',
  endsIn: (left) => `This call ends in ${span(left)}`,
  leftUntil: (until) => `· until ${clock(until)}`,
  reconnecting: 'Connection lost. Reconnecting…',
  slowNetwork: 'Your network is slow: showing a smaller picture',
  qualityNames: ['No connection', 'Poor connection', 'Fair connection', 'Good connection'],
  qualityFigures: {
    picture: 'Picture', sent: 'Sent', received: 'Received', trip: 'Round trip', loss: 'Loss', none: '–',
    trend: 'Rate and loss over the last minute',
  },
  soundBlocked: 'The browser blocked the sound.',
  deviceGone: (video) => (video ? 'Your camera was disconnected.' : 'Your microphone was disconnected.'),
  couldNotConnect: (name) => sentence`${name} answered, but couldn’t connect yet`,
  callerMissing: (name) => sentence`${name} called, but couldn’t connect yet`,
  backInCall: (name) => sentence`${name} is back in the call`,
  rejoin: 'Join again',
  theyLeft: (name) => sentence`${name} left the call`,
  theyJoined: (name) => sentence`${name} joined the call`,

  // Outcomes, for the caller.
  outcome: {
    declined: (name) => sentence`${name} can’t take the call right now`,
    timeout: (name) => sentence`${name} didn’t answer`,
    busy: (name) => sentence`${name} is in another call`,
    feature_disabled: 'Private calls are turned off for this site',
    member_deactivated: 'This call can’t go on',
    terminated: 'An administrator ended this call',
    caller_lost: 'The connection was lost, so the call was cancelled',
    cancelled: 'Call cancelled',
  },
  // And for the callee.
  stopped: {
    answered_elsewhere: 'Answered on another device',
    declined_elsewhere: 'Declined on another device',
    dismissed: 'Call put away',
    timeout: (name) => sentence`You missed a call from ${name}`,
    cancelled: (name) => sentence`${name} stopped calling`,
    withdrawn: 'The call was withdrawn',
  },
  youDeclined: (name) => sentence`You declined ${name}’s call`,
  youDeclinedHelp: (name) => sentence`Would you like to write to ${name}?`,
  writeInstead: (name) => sentence`You can write to ${name} instead.`,

  // Refusals.
  refused: {
    private_calls_disabled: 'Private calls are turned off for this site',
    callee_unknown: 'This member can’t be called',
    callee_inactive: (name) => sentence`${name} isn’t active right now`,
    caller_busy: 'You are in a call already. Leave it first.',
    rate_limited: 'That was a lot of calls in a short time. Try again in a minute.',
    call_expired: 'This call has ended',
    call_over: 'This call has ended',
    not_found: 'This call doesn’t exist any more',
    not_your_move: 'That isn’t possible any more',
    no_media_chosen: 'Choose audio or video first',
    already_inside: 'You are in this call in another tab',
    bad_ticket: 'Couldn’t connect',
    messenger_off: 'Writing isn’t possible here',
    too_many_devices: 'You are signed in on too many devices',
    other: 'Couldn’t connect',
  },

  // How a meeting ends by itself.
  ended: {
    replaced: 'You joined in another tab',
    removed: 'This call has ended',
    shutdown: 'The server is restarting. Join again in a moment.',
    lost: 'The connection was lost and did not come back',
    connect: 'Couldn’t connect',
  },

  // Small states.
  elsewhere: 'You joined in another tab',
  joinedThere: (name) => sentence`The call with ${name} goes on in the other tab`,
  blockedTab: 'The browser blocked the new tab.',
  openHere: 'Open it here',
  joinHere: 'Join here instead',
  signedOut: 'You are signed out',
  signIn: 'Couldn’t sign in. Reload the page to try again.',
  noCall: 'There is no call here',
  closeTab: 'You can close this tab.',
  noCallHelp: 'Open a call from the site, and choose the new tab there.',

  // Call details.
  details: 'Call details',
  withWhom: 'With',
  when: 'Started',
  answeredAt: 'Answered',
  leftAt: 'Ended',
  talked: 'Talked',
  never: 'Not at all',
  yours: 'You',
  media: { audio: 'Audio', video: 'Video', none: '–' },
  result: 'Outcome',
  rejoinUntil: (until) => `Rejoin until ${clock(until)}`,
  hasEnded: 'This call has ended',
  callback: 'Call back',
  result_of: {
    open: 'Open',
    completed: 'You talked',
    failed: 'Nobody met',
    terminated: 'Ended by an administrator',
    declined: 'Declined',
    missed: 'Not answered',
    cancelled: 'Cancelled',
    withdrawn: 'Withdrawn',
    ringing: 'Ringing',
  },

  // The bell.
  bell: (count) => (count > 0 ? `Missed calls, ${count} new` : 'Missed calls'),
  bellTitle: 'Missed calls',
  bellEmpty: 'No missed calls',
  bellEmptyHelp: 'Calls that you didn’t see will stand here.',
  missed: (name) => sentence`You missed a call from ${name}`,
  at: clock,
  callBack: 'Call back',
  write: 'Message',
  callBackTo: (name) => sentence`Call back ${name}`,
  writeTo: (name) => sentence`Message ${name}`,
  isNew: 'New',
  more: 'Show more',
  notifyMe: 'Show calls outside of this page too',

  // Messages.
  thread: (name) => sentence`Messages with ${name}`,
  threadEmpty: (name) => sentence`Say hello to ${name}`,
  yourMessage: 'Your message',
  send: 'Send',
  notSent: 'Not sent. Try again',
  tooLong: 'This message is too long',
  aboutCall: 'About a call',
  earlier: 'Show earlier messages',
  messengerOff: 'Writing isn’t possible here',
  newMessage: (name) => sentence`New message from ${name}`,
  loading: 'Loading…',
};
