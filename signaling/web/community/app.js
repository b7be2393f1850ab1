// Oakwood, a small example community in which private calls are tried. Everything about calls is the SDK and its elements: a <parley-person>
// at every picture and mention, one <parley-bell>, one <parley-calls>; the rest of these files is the town.
import { ParleyElements } from '../elements/parley-elements.js';
import { openCalls } from '../sdk/parley.js';
import { h } from './dom.js';
import { People } from './people.js';
import { Router } from './router.js';
import { members, Session, SiteClosed } from './session.js';
import { Shell } from './shell.js';
import { callsPage } from './pages/calls.js';
import { discussion, discussions } from './pages/discussions.js';
import { groupMembers, groupPage } from './pages/groups.js';
import { home } from './pages/home.js';
import { messages, messagesWith } from './pages/messages.js';
import { pageHead } from './pages/parts.js';
import { peoplePage, profile } from './pages/people.js';
import { security, settings, siteSettings, userProfile } from './pages/settings.js';
import { signInPage } from './pages/sign_in.js';

const root = document.getElementById('app');
const notFound = () => ({ title: 'Not here', content: [pageHead('Not here', 'There is no such page in Oakwood.')] });

function sorry(title, text, again = true) {
  document.title = `${title} · Oakwood`;
  root.replaceChildren(h('main', { class: 'gate sorry' }, h('h1', {}, title), h('p', { class: 'gate-text' }, text),
    again && h('button', { type: 'button', class: 'button primary', onclick: () => location.reload() }, 'Try again')));
}

async function begin() {
  let list;
  try {
    list = await members();
  } catch (error) {
    if (error instanceof SiteClosed) return sorry('Oakwood is closed', error.message, false);
    return sorry('Oakwood is not reachable', error.message);
  }
  const session = Session.remembered();
  if (session && list.some(({ member }) => member === session.member)) return enter(session, list);
  session?.forget();
  document.title = 'Welcome · Oakwood';
  root.replaceChildren(signInPage({ members: list, choose: async (member) => enter(await Session.signIn(member), list) }));
}

async function enter(session, list) {
  let calls;
  try {
    calls = await openCalls({ token: session.token, callPage: `call.html?as=${encodeURIComponent(session.member)}` });
  } catch (error) {
    return sorry("Couldn't sign in", error.message);
  }
  const people = new People(list);
  const site = { people, calls, me: session.member };
  const leave = async () => {
    session.forget();
    // A server that doesn't answer keeps nobody here.
    await Promise.race([calls.signOut().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 2000))]);
    location.hash = '#/';
    location.reload();
  };
  const shell = new Shell({ ...site, signOut: leave });
  root.replaceChildren(shell.element, h('parley-calls'));
  await ParleyElements.start({ calls });
  calls.on('closed', ({ reason }) => {
    if (reason === 'signed_out' || reason === 'closed') return;
    session.forget();
    sorry('You are signed out', reason === 'replaced' ? 'This page was opened again in another tab.' : 'Choose who you are to come back.');
  });

  let turn = 0;
  const router = new Router(async (page, values) => {
    const mine = ++turn;
    let made;
    try {
      made = await (page ?? notFound)(site, values);
    } catch (error) {
      made = { title: 'That did not work', content: [pageHead('That did not work', error.message)] };
    }
    if (mine !== turn) return made.leave?.();
    shell.show(made, { focus: mine > 1 });
  });
  router.add('/', home)
    .add('/people', peoplePage).add('/people/:member', profile)
    .add('/groups/:group', groupPage).add('/groups/:group/members', groupMembers)
    .add('/discussions', discussions).add('/discussions/:topic', discussion)
    .add('/messages', messages).add('/messages/:member', messagesWith)
    .add('/calls', callsPage)
    .add('/settings', settings)
    .add('/site-settings', siteSettings).add('/site-settings/security', security).add('/site-settings/security/user-profile', userProfile)
    .start();
}

begin();
