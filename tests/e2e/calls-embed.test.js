// A platform of its own, on another origin and under a strict content security policy, drops the elements into its pages.
import { strict as assert } from 'node:assert';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { startChromium } from './support/chromium.js';
import { inCalls, startCommunity, tokenOf } from './support/community.js';
import { movingPicture, tone } from './support/media.js';
import { Person } from './support/person.js';
import { until } from './support/until.js';

const kHostile = '<img src=x onerror=alert(1)>\u202Edrawkcab "\'` {{7*7}} ' + 'W'.repeat(60);

// Its pages say who is signed in; /token answers for them, as a session of the platform would.
function startPlatform(server) {
  const socket = server.url.replace(/^http/, 'ws');
  const policy = [
    "default-src 'none'", `script-src ${server.url}`, `connect-src 'self' ${server.url} ${socket}`, `img-src 'self' ${server.url} data:`, "style-src 'none'",
    "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
  ].join('; ');
  const platform = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://platform');
    const member = searchParams.get('as');
    if (pathname === '/token') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ token: await tokenOf(server, member) }));
      return;
    }
    if (pathname !== '/') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self)',
    });
    response.end(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Somebody else's page</title>
<p>Written by <parley-person member="ben" origin="other:article"><a href="#ben">Ben</a></parley-person>
and <parley-person member="ada" origin="mention"><a href="#ada">@Ada</a></parley-person></p>
<parley-bell></parley-bell>
<script type="module" src="${server.url}/elements/parley-elements.js" data-token-endpoint="/token?as=${member}" data-server="${server.url}"></script>`);
  });
  return new Promise((resolve) => {
    platform.listen(0, '127.0.0.1', () => resolve({
      url: `http://127.0.0.1:${platform.address().port}`,
      stop: () => new Promise((done) => { platform.closeAllConnections(); platform.close(done); }),
    }));
  });
}

describe('the elements in somebody else’s page', () => {
  let server;
  let platform;
  let low;
  let high;
  const people = [];

  before(async () => {
    server = await startCommunity();
    platform = await startPlatform(server);
    await server.pause();
    await server.restart({ keys: { 'http.origins': `["${server.url}", "${platform.url}"]` } });
    [low, high] = await Promise.all([
      startChromium({ video: movingPicture(), audio: tone(440) }),
      startChromium({ video: movingPicture(), audio: tone(1000) }),
    ]);
  });
  after(async () => {
    for (const person of people) await person.close();
    await Promise.all([low?.close(), high?.close()]);
    await platform?.stop();
    await server?.stop();
  });

  async function open(browser, member) {
    const page = await browser.page();
    await page.addInitScript(() => {
      window.violations = [];
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => window.violations.push(`${violatedDirective} ${blockedURI}`));
    });
    await page.goto(`${platform.url}/?as=${member}`);
    await until(`${member} is connected`, () => page.evaluate(() => globalThis.ParleyElements?.calls?.state === 'connected'), { within: 15_000 });
    const person = new Person(page, server, member);
    people.push(person);
    return person;
  }

  it('carry a whole call from another origin, and break no rule of a strict policy', async () => {
    const [ada, ben] = await Promise.all([open(low, 'ada'), open(high, 'ben')]);
    await ada.page.locator('parley-person[member="ben"] [part~="trigger"]').first().click();
    await ada.see('card');
    await until('Ben may be called', () => ada.part('call').isEnabled());
    await ada.press('call');
    await ada.press('join-video');
    await ben.answer('video');
    await Promise.all([ada.inside(), ben.inside()]);
    await Promise.all([ada.seesPicture(), ben.seesPicture(), ada.hears(1000)]);
    assert.equal((await ada.theCall()).origin, 'other:article');
    for (const person of [ada, ben]) assert.deepEqual(await person.page.evaluate(() => window.violations), []);
    await ada.leave();
    await ada.see('details');
    for (const person of [ada, ben]) assert.deepEqual(await person.page.evaluate(() => window.violations), []);
  });

  it('are refused to an origin that the server was not told of', async () => {
    const stranger = await startPlatform(server);
    try {
      const page = await low.page();
      await page.goto(`${stranger.url}/?as=ada`);
      await page.waitForTimeout(1500);
      assert.equal(await page.evaluate(() => typeof globalThis.ParleyElements), 'undefined');
      await page.context().close();
    } finally {
      await stranger.stop();
    }
  });

  it('show a hostile name as text on every surface', async () => {
    const [ada, ben] = ['ada', 'ben'].map((member) => people.find((person) => person.member === member));
    for (const person of [ada, ben]) {
      await person.leaveAll();
      await person.gone('meeting');
      if (await person.part('details-close').isVisible()) await person.press('details-close');
    }
    const service = await server.cli('token', '--service', '--site', 'oakwood');
    const put = await fetch(`${server.url}/v1/sites/oakwood/members/ada`, {
      method: 'PUT', headers: { authorization: `Bearer ${service}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: kHostile.slice(0, 80), avatar: 'https://pictures.example/x.png" onerror="alert(1)' }),
    });
    assert.ok(put.status === 200 || put.status === 400, `${put.status}`);
    if (put.status === 400) {
      const again = await fetch(`${server.url}/v1/sites/oakwood/members/ada`, {
        method: 'PUT', headers: { authorization: `Bearer ${service}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: kHostile.slice(0, 80) }),
      });
      assert.equal(again.status, 200, await again.text());
    }
    let dialogs = 0;
    for (const { page } of [ada, ben]) page.on('dialog', (dialog) => { dialogs += 1; dialog.dismiss(); });

    // The pop-up, the page's title, the bell, the card, the details.
    await ada.page.locator('parley-person[member="ben"] [part~="trigger"]').first().click();
    await until('Ben may be called', () => ada.part('call').isEnabled());
    await ada.press('call');
    await ben.rings();
    await ben.read('incoming-title', /<img src=x/);
    const title = await ben.page.title();
    assert.ok(!/[\u202A-\u202E]/.test(title), 'no override of direction in the title');
    await ada.press('cancel-call');
    await ben.press('bell');
    await ben.read('item', /<img src=x/);
    assert.equal(await ben.page.evaluate(() => [...document.querySelectorAll('parley-bell, parley-calls, parley-person')]
      .flatMap((element) => [...element.shadowRoot.querySelectorAll('img')]).filter(({ src }) => src.endsWith('/x')).length), 0);
    assert.equal(dialogs, 0);
    assert.ok(!server.log().includes('onerror'), 'the log does not repeat it');
    assert.equal(await inCalls(ben.page, (calls) => calls.state), 'connected');
  });
});
