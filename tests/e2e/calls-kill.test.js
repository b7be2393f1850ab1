// The process is killed around each commit of a call: before it, and after it but before anything that follows from it. What was
// committed is there, what was not is not, nothing is there twice, and both go on where they were.
import { strict as assert } from 'node:assert';
import test from 'node:test';
import { random, refused, startCallSite } from './support/call_site.js';
import { slack, until } from './support/until.js';

const kPairs = 60;
const kMostCommits = 25;   // of one story; it has fewer, or does not end

// ---- what two members do. Each may be cut short by the end of the process, and begun again after it.

class Couple {
  constructor(site, number) {
    this.site = site;
    this.caller = `caller-${number}`;
    this.callee = `callee-${number}`;
    this.tabs = { [this.caller]: random(), [this.callee]: random() };
    this.request = random();
  }

  // By hand the first time, by itself after a restart: the tabs are the same.
  async come(opened = true) {
    this.from = await this.#tab(this.caller, opened);
    this.to = await this.#tab(this.callee, opened);
  }

  #tab(member, opened) {
    return this.site.tab(member, { tab: this.tabs[member], device: this.tabs[member], opened });
  }

  async start() {
    const { snapshot } = await this.from.start(this.callee, { request: this.request });
    this.call = snapshot.call;
    return snapshot;
  }

  ask(who, move, more = {}) {
    return who.ask(move, { call: this.call, ...more });
  }

  // What stands in the store by now, as the platform sees it.
  async facts() {
    const { call } = this;
    const { calls } = await this.#read(`/calls`, this.caller);
    const audit = (await this.#read('/audit?limit=200')).entries.filter((line) => call && line.call === call).reverse();
    const events = (await this.#events()).filter(({ data }) => data.call === call);
    const { items } = await this.#read('/notifications', this.callee);
    return {
      calls: calls.map(({ ring, reason, state, caller_media: caller, callee_media: callee }) => ({ ring, reason, state, caller, callee })),
      audit: audit.map(({ who, from, to, why }) => `${who}: ${why}, ${from} to ${to}`),
      events: events.map(({ topic }) => topic),
      notifications: items.length,
    };
  }

  async #read(where, member = null) {
    const token = member ? await this.site.tokenOf(member) : undefined;
    const { status, body } = await this.site.rest('GET', `/v1/sites/${this.site.id}${where}`, undefined, token);
    assert.equal(status, 200, `${where}: ${JSON.stringify(body)}`);
    return body;
  }

  async #events() {
    const all = [];
    for (let after = 0; ;) {
      const { status, body } = await this.site.rest('GET', `/v1/events?limit=200&after=${after}`);
      assert.equal(status, 200, JSON.stringify(body));
      if (body.events.length === 0) return all;
      all.push(...body.events);
      after = body.after;
    }
  }

  // So that a later restart of this server finds nothing unfinished of theirs.
  async end() {
    const { status } = await this.site.rest('POST', `/v1/sites/${this.site.id}/calls/${this.call}/terminate`);
    assert.equal(status, 200);
    this.part();
  }

  part() {
    for (const client of [this.from?.room, this.to?.room, this.from, this.to]) client?.close();
  }
}

async function enter(couple, who) {
  who.room = await who.enter(couple.call);
}

const kStories = {
  answered: {
    async play(couple) {
      await couple.start();
      await couple.ask(couple.to, 'call_ring_shown');
      await couple.ask(couple.from, 'call_choose', { media: 'video' });
      await enter(couple, couple.from);
      await couple.ask(couple.to, 'call_accept', { media: 'audio' });
      await enter(couple, couple.to);
      await couple.ask(couple.to, 'call_leave');
      await couple.ask(couple.from, 'call_leave');
    },
    // From wherever it stands, to the same end.
    async finish(couple) {
      const { ring } = await couple.start();
      await couple.ask(couple.from, 'call_choose', { media: 'video' });
      await couple.ask(couple.to, ring === 'ringing' ? 'call_accept' : 'call_choose', { media: 'audio' });
      await enter(couple, couple.from);
      await enter(couple, couple.to);
      const { details } = await couple.ask(couple.from, 'call_details');
      assert.equal(details.ring, 'accepted');
      await couple.ask(couple.to, 'call_leave');
      await couple.ask(couple.from, 'call_leave');
    },
    end: { ring: 'accepted', state: 'open', notifications: 0, once: ['call.started', 'call.answered'] },
  },

  cancelled: {
    async play(couple) {
      await couple.start();
      await couple.ask(couple.to, 'call_ring_shown');
      await couple.ask(couple.from, 'call_choose', { media: 'audio' });
      await couple.ask(couple.from, 'call_cancel');
    },
    async finish(couple) {
      const { ring } = await couple.start();
      if (ring === 'ringing') await couple.ask(couple.to, 'call_ring_shown');
      await couple.ask(couple.from, 'call_cancel');
    },
    end: { ring: 'cancelled', state: 'ended', notifications: 1, once: ['call.started', 'call.missed', 'call.ended'] },
  },

  declined: {
    async play(couple) {
      await couple.start();
      await couple.ask(couple.to, 'call_decline');
    },
    async finish(couple) {
      const { ring } = await couple.start();
      if (ring === 'ringing') await couple.ask(couple.to, 'call_decline');
    },
    end: { ring: 'declined', state: 'ended', notifications: 0, once: ['call.started', 'call.declined', 'call.ended'] },
  },
};

async function startTown(settings = {}) {
  const members = [];
  for (let i = 0; i < kPairs; i++) members.push(`caller-${i}`, `callee-${i}`);
  return startCallSite({ settings, members });
}

// Plays until the process is gone. The number of commits that it takes: Infinity if it came to its end.
async function playUntilDeath(site, story, couple, moment, number) {
  await site.server.restart({ env: { PARLEY_DIE_AT: `${moment}:${number}` } });
  let finished = false;
  try {
    await couple.come();
    await story.play(couple);
    finished = true;
  } catch (error) {
    assert.match(String(error), /closed|ECONN|socket hang up/, `cut short for another reason: ${error.stack}`);
  }
  couple.part();
  if (finished) await site.server.kill();
  const { signal } = await site.server.exited();
  assert.equal(signal, 'SIGKILL');
  return finished;
}

async function finishAndCheck(couple, story, label) {
  await couple.come(false);
  // Who is active is not stored: the callee must be seen again before a start that was lost can be made anew.
  couple.to.send('interacted');
  await couple.to.settle();
  await story.finish(couple);
  const facts = await couple.facts();
  const [call] = facts.calls;
  assert.equal(facts.calls.length, 1, `${label}: one call, and no second`);
  assert.equal(call.ring, story.end.ring, label);
  assert.equal(call.state, story.end.state, label);
  assert.equal(facts.notifications, story.end.notifications, label);
  for (const topic of story.end.once) {
    assert.equal(facts.events.filter((each) => each === topic).length, 1, `${label}: ${topic} in ${facts.events}`);
  }
  if (call.state === 'open') await couple.end();
  couple.part();
}

// Dies before and after its first commit, then before and after its second, until it comes to its end.
async function dieAtEachCommit(t, story) {
  const site = await startTown();
  t.after(() => site.stop());
  let pair = 0;
  let behind = null;       // what stood when the process had died after the commit before
  for (let number = 1; number <= kMostCommits; number++) {
    const seen = {};
    let survived = false;
    for (const moment of ['before', 'after']) {
      const couple = new Couple(site, pair++);
      await site.server.pause();
      survived = await playUntilDeath(site, story, couple, moment, number);
      await site.server.restart();
      couple.call ??= await firstCallOf(couple);
      seen[moment] = await couple.facts();
      await finishAndCheck(couple, story, `killed ${moment} commit ${number}`);
      if (survived) break;
    }
    if (number === 1) assert.deepEqual(seen.before.calls, []);
    if (behind) assert.deepEqual(seen.before, behind, `commit ${number} is whole or not at all`);
    if (survived) return t.diagnostic(`${number - 1} commits, ${2 * (number - 1)} deaths`);
    behind = seen.after;
  }
  assert.fail('the story has no end');
}

test('R40 R42: a call survives the death of the server at each of its commits, whatever becomes of it', async (t) => {
  for (const [name, story] of Object.entries(kStories)) await t.test(name, (each) => dieAtEachCommit(each, story));
});

// The start may have been committed without its answer.
async function firstCallOf(couple) {
  const token = await couple.site.tokenOf(couple.caller);
  const { body } = await couple.site.rest('GET', `/v1/sites/${couple.site.id}/calls`, undefined, token);
  return body.calls[0]?.call ?? null;
}

test('R24 R40: a ticket does not outlive the server that gave it', async (t) => {
  const site = await startTown();
  t.after(() => site.stop());
  const couple = new Couple(site, 0);
  await couple.come();
  await couple.start();
  await couple.ask(couple.from, 'call_choose', { media: 'audio' });
  const { ticket } = await couple.ask(couple.from, 'call_ticket');
  await site.server.kill();
  await site.server.restart();
  await couple.come(false);
  const late = await site.tab(couple.caller, { attend: false });
  await refused(late.ask('join', { ticket, tab: couple.tabs[couple.caller] }), 'not_found');
  await enter(couple, couple.from);
  couple.part();
});

test('R40: a server that dies while it takes up its calls takes them up once', async (t) => {
  const site = await startTown();
  t.after(() => site.stop());
  const couple = new Couple(site, 0);
  await couple.come();
  await couple.start();
  await couple.ask(couple.from, 'call_choose', { media: 'audio' });
  await enter(couple, couple.from);
  await couple.ask(couple.to, 'call_accept', { media: 'audio' });
  await enter(couple, couple.to);
  await site.server.kill();
  for (const moment of ['before', 'after']) {
    await assert.rejects(site.server.restart({ env: { PARLEY_DIE_AT: `${moment}:1` } }), /SIGKILL/);
  }
  await site.server.restart();
  const { audit, calls } = await couple.facts();
  assert.equal(audit.filter((line) => line.includes('restart')).length, 1, audit.join('\n'));
  assert.equal(calls[0].state, 'open');
  await couple.come(false);
  await kStories.answered.finish(couple);
  await couple.end();
});

// Ten seconds are the shortest ring that a site can have.
const kDeaths = {
  'right after it began': { at: 'after:1' },
  'as it was about to be missed': { at: 'before:3' },
  'as soon as it was missed': { at: 'after:3' },
  'and was gone beyond its end': { at: 'after:2', away: 11_000 },
};
async function ringThrough(t, { at, away = 0 }) {
  const site = await startTown({ calls: { ring: 10 } });
  t.after(() => site.stop());
  const couple = new Couple(site, 0);
  await site.server.pause();
  await site.server.restart({ env: { PARLEY_DIE_AT: at } });
  await couple.come();
  await couple.start().catch(() => {});
  if (couple.call) await couple.ask(couple.to, 'call_ring_shown').catch(() => {});
  const { signal } = await site.server.exited();
  assert.equal(signal, 'SIGKILL');
  couple.part();
  if (away > 0) await new Promise((resolve) => setTimeout(resolve, away));
  await site.server.restart();
  couple.call ??= await firstCallOf(couple);

  await couple.come(false);
  const facts = await until('the ring is over', async () => {
    const seen = await couple.facts();
    return seen.calls[0]?.ring !== 'ringing' && seen;
  }, { within: 20_000, every: 500 });
  assert.deepEqual([facts.calls[0].ring, facts.calls[0].reason], ['missed', 'timeout']);
  assert.equal(facts.notifications, 1);
  assert.equal(facts.events.filter((topic) => topic === 'call.missed').length, 1);

  // Shown once: at the connection or as it came, and not again.
  const shown = couple.to.attending.notifications.length + couple.to.all('notification').length;
  assert.equal(shown, 1);
  couple.part();
  const later = await site.tab(couple.callee);
  assert.equal(later.attending.notifications.length, 0);

  const [item] = (await later.ask('notifications', {})).items;
  const { details } = await later.ask('call_details', { call: couple.call });
  const rang = item.at - details.started_at;
  assert.ok(rang >= 10_000, `it rang ${rang} ms`);
  if (away === 0) assert.ok(rang < 10_000 + 3_000 * slack, `it rang ${rang} ms`);
  const { settled, snapshot } = await later.ask('call_accept', { call: couple.call, media: 'audio' });
  assert.deepEqual([settled, snapshot.ring], [true, 'missed'], 'too late is told, not refused');
}

test('R26 R40 R42: a ring whose server died is missed in time, and once', { concurrency: true }, (t) =>
  Promise.all(Object.entries(kDeaths).map(([when, death]) => t.test(when, (each) => ringThrough(each, death)))));

test('R17 R40: the window of a call closes when it would have, and once, over deaths on the way', async (t) => {
  const site = await startCallSite({ settings: { calls: { lifetime: 12, ring: 10 } }, members: ['caller-0', 'callee-0'] });
  t.after(() => site.stop());
  const couple = new Couple(site, 0);
  await couple.come();
  const { expires_at: end } = await couple.start();
  await couple.ask(couple.to, 'call_accept', { media: 'audio' });
  await couple.ask(couple.from, 'call_choose', { media: 'audio' });
  for (let death = 0; death < 2; death++) {
    await enter(couple, couple.from);
    await enter(couple, couple.to);
    await site.server.kill();
    await site.server.restart();
    await couple.come(false);
  }
  await enter(couple, couple.from);
  await enter(couple, couple.to);

  const over = await couple.from.next('call_closed', () => true, { within: 20_000 });
  assert.deepEqual([over.state, over.reason, over.snapshot.expires_at], ['completed', 'expired', end]);
  assert.ok(over.at >= end && over.at < end + 2_000 * slack, `${over.at - end} ms after the end`);
  assert.equal((await couple.from.room.next('closed')).reason, 'removed');
  assert.equal((await couple.to.room.next('closed')).reason, 'removed');
  await refused(couple.ask(couple.from, 'call_ticket'), 'call_expired');
  const { events, calls } = await couple.facts();
  assert.equal(calls[0].state, 'completed');
  assert.equal(events.filter((topic) => topic === 'call.ended').length, 1);
});
