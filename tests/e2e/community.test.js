// The example community: every place offers the call and rings the other, who may switch calls on, and what the pages look like.
import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { startChromium } from './support/chromium.js';
import {
  bell, callIn, hashOf, inCalls, kOrigins, openCard, part, personOf, setMember, setSite, show, signIn, startCall, startCommunity, tokenOf,
} from './support/community.js';
import { leave } from './support/meeting.js';
import { until } from './support/until.js';

const artifacts = fileURLToPath(new URL('artifacts/', import.meta.url));
const sizes = [{ width: 360, height: 740 }, { width: 1600, height: 900 }];
const schemes = ['light', 'dark'];

// A picture at each size in each scheme, nothing wider than the screen, and no fault that axe would call serious.
async function look(page, name) {
  for (const viewport of sizes) {
    await page.setViewportSize(viewport);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await page.screenshot({ path: path.join(artifacts, `community-${name}-${viewport.width}-${colorScheme}.png`) });
      const found = await page.evaluate(async (source) => {
        if (!window.axe) (0, eval)(source);
        const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
        return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' ')}`);
      }, axe.source);
      assert.deepEqual(found, [], `${name} at ${viewport.width}, ${colorScheme}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, `${name} at ${viewport.width} is not wider than the screen`);
    }
  }
}

describe('The example community', () => {
  let server;
  let browser;

  before(async () => {
    mkdirSync(artifacts, { recursive: true });
    server = await startCommunity();
    browser = await startChromium();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('stands at the front, and the meeting page beside it', async () => {
    const page = await browser.page();
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Welcome to Oakwood' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/community/');
    await page.goto(`${server.url}/rooms/`);
    await page.getByRole('button', { name: 'Join' }).waitFor();
    assert.match(server.log(), /example\.enabled: anyone who reaches this server can sign in/);
    await leave(page);
  });

  it('lets two tabs of one browser be two members, also after a reload', async () => {
    const ada = await signIn(browser, 'ada', { server });
    const ben = await signIn(ada.context(), 'ben', { server });
    for (const [page, member] of [[ada, 'ada'], [ben, 'ben']]) {
      assert.equal(await inCalls(page, (calls) => calls.you.member), member);
      await page.reload();
      await until(`${member} is still ${member}`, () => page.evaluate(() => globalThis.ParleyElements?.calls?.you?.member), { within: 15_000 });
      assert.equal(await inCalls(page, (calls) => calls.you.member), member);
    }
    await ben.getByRole('button', { name: 'You: Ben Okafor' }).click();
    await ben.getByRole('button', { name: 'Sign out' }).click();
    await ben.getByRole('heading', { name: 'Welcome to Oakwood' }).waitFor();
    await leave(ada);
  });

  // Each place has a caller of its own: one pair may ring four times in a minute (R45).
  it('R4: offers the call at each of the five places, and it rings the other', async (test) => {
    const ada = await signIn(browser, 'ada', { server });
    for (const [i, origin] of kOrigins.entries()) {
      await test.test(origin, async () => {
        const member = ['tomas', 'ben', 'olena', 'mei', 'hugo'][i];
        const caller = await signIn(browser, member, { server });
        await startCall(caller, 'ada', origin);
        await part(caller, 'caller').waitFor();
        await part(ada, 'incoming').getByText(await inCalls(caller, (calls) => calls.you.name)).first().waitFor();
        assert.equal((await callIn(ada)).origin, origin);
        assert.deepEqual([(await callIn(caller)).ring, (await callIn(ada)).ring], ['ringing', 'ringing']);
        await caller.keyboard.press('Escape');
        await until('the pop-up is gone', async () => (await callIn(ada)).ring !== 'ringing' && !(await part(ada, 'incoming').first().isVisible()));
        await leave(caller);
      });
    }
    await leave(ada);
  });

  it('R4: offers the call at messages, at past calls and at the bell', async () => {
    const [salim, ada] = await Promise.all([signIn(browser, 'salim', { server }), signIn(browser, 'ada', { server })]);
    for (const origin of ['message', 'details']) {
      await startCall(salim, 'ada', origin);
      await until(`it rings from ${origin}`, async () => (await callIn(ada))?.ring === 'ringing' && (await callIn(ada)).origin === origin);
      await part(ada, 'incoming').getByText('سليم الحداد').first().waitFor();
      await salim.keyboard.press('Escape');
      await until('it is withdrawn', async () => (await callIn(ada)).ring !== 'ringing');
    }
    await until('the missed calls are told', () => inCalls(ada, (calls) => calls.unread >= 2));
    await bell(ada, 'bell').click();
    await bell(ada, 'item').filter({ hasText: 'سليم الحداد' }).first().locator('[part="call-back"]').click();
    await until('it rings from the bell', async () => (await callIn(salim)).ring === 'ringing' && (await callIn(salim)).origin === 'notification');
    await leave(salim, ada);
  });

  it('R3: does not offer to call somebody who is away', async () => {
    const tomas = await signIn(browser, 'tomas', { server });
    const { call, why } = await openCard(tomas, 'olena', 'group_directory');
    await why.getByText(/isn't active right now/).waitFor();
    assert.equal(await call.isDisabled(), true);
    await leave(tomas);
  });

  it('R2: shows the toggle to the administrator alone, where it is said to be', async () => {
    const [ada, ben] = await Promise.all([signIn(browser, 'ada', { server }), signIn(browser, 'ben', { server })]);
    await ada.getByRole('link', { name: 'Site Settings' }).click();
    await ada.getByRole('link', { name: /Security and Privacy/ }).click();
    await ada.getByRole('link', { name: /User & Profile/ }).click();
    const toggle = ada.getByRole('switch', { name: 'Private Calls' });
    assert.equal(await toggle.getAttribute('aria-checked'), 'true');

    assert.equal(await ben.getByRole('link', { name: 'Site Settings' }).count(), 0);
    await show(ben, '#/site-settings/security/user-profile');
    await ben.getByText('Only administrators of Oakwood can open this page.').waitFor();
    assert.equal(await ben.getByRole('switch').count(), 0);
    const refused = await setSite(server, { private_calls: false }, 'ben');
    assert.equal(refused.status, 403, await refused.text());
    await assert.rejects(inCalls(ben, (calls) => calls.setSiteSettings({ privateCalls: false })));
    assert.equal((await inCalls(ada, (calls) => calls.siteSettings())).privateCalls, true);

    await toggle.click();
    await ada.getByText('Saved').waitFor();
    const { call, why } = await openCard(ben, 'ada', 'profile');
    await why.getByText('Private calls are turned off for this site').waitFor();
    assert.equal(await call.isDisabled(), true);
    await toggle.click();
    await until('it is on again', () => call.isEnabled());
    await leave(ada, ben);
  });

  it('R2: begins with private calls off, unless the configuration of the example says otherwise', async () => {
    const fresh = await startCommunity({ keys: { 'example.private_calls': 'false' } });
    try {
      const ada = await signIn(browser, 'ada', { server: fresh });
      assert.equal((await inCalls(ada, (calls) => calls.siteSettings())).privateCalls, false);
      await leave(ada);
    } finally {
      await fresh.stop();
    }
  });

  it('R13 R50: follows the switches of members and of the site: Messenger, and taking calls', async () => {
    const [ada, ben] = await Promise.all([signIn(browser, 'ada', { server, hash: '#/settings' }), signIn(browser, 'ben', { server })]);
    await ada.getByRole('switch', { name: 'Take private calls' }).click();
    await ada.getByText('Saved').waitFor();
    const { call, message } = await openCard(ben, 'ada', 'profile');
    await until('the call is not offered', () => call.isDisabled());
    assert.equal(await message.isVisible(), true);
    await setMember(server, 'ada', { takes_calls: true });
    await until('the page follows', async () => (await ada.getByRole('switch', { name: 'Take private calls' }).getAttribute('aria-checked')) === 'true');
    await until('the call is offered', () => call.isEnabled());
    await setSite(server, { messenger: false });
    await until('writing is not offered', async () => !(await message.isVisible()));
    await show(ben, '#/messages/ada');
    await ben.getByText(/Writing isn't possible here/).waitFor();
    await setSite(server, { messenger: true });
    await leave(ada, ben);
  });

  it('carries a message from one to the other', async () => {
    const [ada, ben] = await Promise.all([signIn(browser, 'ada', { server, hash: '#/messages/ben' }), signIn(browser, 'ben', { server, hash: '#/messages/ada' })]);
    await ada.getByRole('main').getByLabel('Your message').fill('Two ryes, please.');
    await ada.keyboard.press('Enter');
    await ada.getByRole('log').getByText('Two ryes, please.').waitFor();
    await ben.getByRole('log').getByText('Two ryes, please.').waitFor();
    await leave(ada, ben);
  });

  it('is used by keyboard alone', async () => {
    const page = await browser.page();
    await page.goto(server.community);
    await page.locator('[data-member="ada"]').focus();
    await page.keyboard.press('Enter');
    await page.locator('.shell').waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    await show(page, '#/people');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'People', 'a new page has the focus at its title');
    await personOf(page, 'ben', 'site_directory').locator('button').focus();
    await page.keyboard.press('Enter');
    await personOf(page, 'ben', 'site_directory').locator('[part="card"]').waitFor();
    await page.keyboard.press('Escape');
    await until('the card is closed', async () => !(await personOf(page, 'ben', 'site_directory').locator('[part="card"]').isVisible()));
    assert.deepEqual(page.faults, []);
    await leave(page);
  });

  it('looks well on every page', async () => {
    const page = await browser.page({ bypassCSP: true });
    await page.goto(server.community);
    await page.getByRole('heading', { name: 'Welcome to Oakwood' }).waitFor();
    await look(page, 'sign-in');
    await signIn(page, 'ada', { server });
    const pages = {
      home: '#/', people: '#/people', 'profile-long': '#/people/benedikta', 'profile-rtl': '#/people/salim', group: '#/groups/garden-club', members: hashOf('ada', 'group_directory'),
      discussions: '#/discussions', discussion: '#/discussions/supper', messages: '#/messages', thread: '#/messages/ben', calls: '#/calls', settings: '#/settings',
      'site-settings': '#/site-settings', security: '#/site-settings/security', 'user-profile': '#/site-settings/security/user-profile', nowhere: '#/nowhere',
    };
    for (const [name, hash] of Object.entries(pages)) {
      await show(page, hash);
      await look(page, name);
    }
    await openCard(page, 'benedikta', 'site_directory');
    await look(page, 'card');
    await page.keyboard.press('Escape');
    await bell(page, 'bell').click();
    await look(page, 'bell');
    assert.deepEqual(page.faults, []);
    await leave(page);
  });

  it('gives no token to a stranger to the town', async () => {
    await assert.rejects(tokenOf(server, 'mallory'), /404/);
  });
});
