// The example community on the real binary, and what a test does in it: sign in, find somebody in one of the places where a call is
// offered, start a call, look into the elements. Playwright's locators see through the elements' open shadow roots; the part names
// are in signaling/web/elements/README.md.
import { kDiscussions, kGroups, kPosts } from '../../../signaling/web/community/oakwood.js';
import { installProbe } from './probe.js';
import { startServer } from './server.js';
import { slack, until } from './until.js';

export const kSite = 'oakwood';
export const kAdmin = 'ada';

// The five places of which everybody speaks, and those where calls are found again.
export const kOrigins = ['site_directory', 'profile', 'group_directory', 'post_avatar', 'mention'];

// `keys`, `env`: as for startServer. Private calls are on; a test that wants a new site as it is says `'example.private_calls': 'false'`.
export async function startCommunity({ keys = {}, ...more } = {}) {
  const server = await startServer({ keys: { 'example.enabled': 'true', 'example.private_calls': 'true', ...keys }, ...more });
  server.community = `${server.url}/community/`;
  return server;
}

// A page on which `member` is signed in. `where`: what startChromium() gives (a profile of its own: another device), a browser context
// (another tab of the same device) or a page. `hash`: the first page that is shown.
export async function signIn(where, member, { server, hash = '#/', ...options } = {}) {
  const page = await pageOf(where, options);
  page.member = member;
  await page.goto(server.community + hash);
  await page.locator(`[data-member="${member}"]`).click();
  await page.locator('.shell').waitFor();
  await until(`${member} is connected`, () => page.evaluate(() => globalThis.ParleyElements?.calls?.state === 'connected'), { within: 15_000 });
  return page;
}

async function pageOf(where, options) {
  if (where.goto) return where;
  if (where.page) return where.page(options);
  const page = await where.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  await page.addInitScript(installProbe);
  return page;
}

export async function show(page, hash) {
  await page.evaluate((to) => { location.hash = to; }, hash);
  await until(`${hash} is shown`, () => page.evaluate((to) => location.hash === to && document.querySelector('main h1') !== null, hash));
}

const writes = ({ author }, member) => author === member;
const mentions = ({ text }, member) => text.includes(`@{${member}}`);

function whereWritten(member, fits) {
  if (kPosts.some((post) => [post, ...post.comments].some((each) => fits(each, member)))) return '#/';
  const topic = kDiscussions.find((each) => [each, ...each.replies].some((one) => fits(one, member)));
  if (!topic) throw new Error(`Nothing in Oakwood is written by or about ${member}.`);
  return `#/discussions/${topic.id}`;
}

// Where `member` stands with this origin.
export function hashOf(member, origin) {
  switch (origin) {
    case 'site_directory': return '#/people';
    case 'profile': return `#/people/${member}`;
    case 'group_directory': {
      const group = kGroups.find(({ members }) => members.includes(member));
      if (!group) throw new Error(`${member} is in no group.`);
      return `#/groups/${group.id}/members`;
    }
    case 'post_avatar': return whereWritten(member, writes);
    case 'mention': return whereWritten(member, mentions);
    case 'message': return '#/messages';
    case 'details': return '#/calls';
    default: throw new Error(`No page of Oakwood has the origin ${origin}.`);
  }
}

export const personOf = (page, member, origin) => page.locator(`main parley-person[member="${member}"][origin="${origin}"]`).first();

// Goes where the member stands with this origin and opens the card there. Returns locators: { person, card, call, message, why }.
export async function openCard(page, member, origin = 'site_directory') {
  const hash = hashOf(member, origin);
  if (await page.evaluate(() => location.hash || '#/') !== hash) await show(page, hash);
  const person = personOf(page, member, origin);
  await person.locator('[part~="trigger"]').click();
  const card = person.locator('[part="card"]');
  await card.waitFor();
  return { person, card, call: card.locator('[part="call"]'), message: card.locator('[part="message"]'), why: card.locator('[part="why"]') };
}

// Presses "Start a private call" as soon as the server says that the member can be called.
export async function startCall(page, member, origin = 'site_directory') {
  const card = await openCard(page, member, origin);
  await until(`${member} can be called`, () => card.call.isEnabled());
  await card.call.click();
  return card;
}

// A part of what <parley-calls> shows: `await part(page, 'incoming').waitFor()`.
export const part = (page, name) => page.locator(`parley-calls [part~="${name}"]`);
export const bell = (page, name) => page.locator(`parley-bell [part~="${name}"]`);

// The SDK's objects in the page: `await inCalls(page, (calls) => calls.unread)`.
export function inCalls(page, what, argument) {
  return page.evaluate(([source, value]) => (0, eval)(`(${source})`)(globalThis.ParleyElements.calls, value), [String(what), argument]);
}

export const callIn = (page) => inCalls(page, (calls) => {
  const call = [...calls.calls.values()].sort((a, b) => b.startedAt - a.startedAt)[0];
  return call && { id: call.id, ring: call.ring, state: call.state, reason: call.reason, origin: call.origin, you: call.you, youInside: call.youInside,
    theyInside: call.theyInside };
});

// Over HTTP, as a member or as the administrator: no page needed.
export async function tokenOf(server, member) {
  const response = await fetch(`${server.url}/v1/example/sign-in`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ member }),
  });
  if (!response.ok) throw new Error(`sign-in of ${member}: ${response.status} ${await response.text()}`);
  return (await response.json()).token;
}

async function patch(server, as, path, body) {
  return fetch(`${server.url}/v1/sites/${kSite}${path}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${await tokenOf(server, as)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function must(response) {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

// { private_calls, messenger, … }: the response, whatever it is, with `as`; else it must be taken.
export const setSite = async (server, body, as) => (as ? patch(server, as, '', body) : must(await patch(server, kAdmin, '', body)));
// { messenger, takes_calls }: a member's own switches.
export const setMember = async (server, member, body) => must(await patch(server, member, `/members/${member}`, body));

export { slack };
