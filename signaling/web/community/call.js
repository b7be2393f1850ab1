// The tab that a call was moved to. It signs in by itself and goes on where the other tab left off; when the call is over here, it says so.
import { ParleyElements } from '../elements/parley-elements.js';
import { openCalls } from '../sdk/parley.js';
import { h } from './dom.js';
import { Session } from './session.js';

const root = document.getElementById('app');

function say(title, text) {
  root.replaceChildren(h('main', { class: 'gate sorry' }, h('h1', { tabindex: '-1' }, title), h('p', { class: 'gate-text' }, text),
    h('a', { class: 'button primary', href: './' }, 'Back to Oakwood')));
}

async function begin() {
  const session = Session.remembered();
  if (!session) return say('Who are you?', 'Sign in to Oakwood first.');
  session.remember();
  let calls;
  try {
    calls = await openCalls({ token: session.token });
  } catch (error) {
    return say("Couldn't sign in", error.message);
  }
  const elements = h('parley-calls', { 'new-tab': 'off' });
  document.body.append(elements);
  await ParleyElements.start({ calls });
  calls.on('closed', ({ reason }) => reason !== 'closed' && say('You are signed out', 'Sign in to Oakwood to come back.'));
  const { handedOver } = calls;
  if (handedOver) {
    document.title = `${handedOver.call.other.name} · Oakwood`;
    say('Your call', 'When it is over, you can close this tab.');
    elements.takeOver(handedOver);
  } else if (await calls.resumable().catch(() => null)) {
    say('Your call', 'When it is over, you can close this tab.');
  } else {
    say('There is no call here', 'Begin one from a picture in Oakwood, and choose the new tab there.');
  }
}

begin();
