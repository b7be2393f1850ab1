// What a test does with the meeting page, in whichever browser: enter a room, look at the others, listen to them.
import { strict as assert } from 'node:assert';
import { slack, until } from './until.js';

export async function enter(page, server, { room, name, ...query }) {
  const address = new URL('/rooms/', server.url);
  address.search = new URLSearchParams({ room, name, autojoin: 1, ...query });
  await page.goto(address.href);
  await until(`${name} is in the room`, async () => {
    const { state, notice, status } = await page.evaluate(() => ({
      state: window.parley?.state,
      notice: document.getElementById('notice')?.hidden === false && document.getElementById('notice').innerText,
      status: document.getElementById('lobby-status')?.textContent,
    }));
    if (state !== 'connected') throw new Error(`${state}; ${notice || status}; ${page.faults}`);
    return true;
  }, { within: 15_000 });
  return page;
}

export async function expectMovingPicture(page, from, { within = 3000 } = {}) {
  const wanted = 6;
  const seen = await page.evaluate(([name, options]) => window.probe.differentPictures(name, options), [from, { wanted, within: within * slack }]);
  const figures = await page.evaluate((name) => window.probe.inbound(name), from);
  assert.ok(seen >= wanted, `The picture of ${from} does not move: ${seen} pictures in ${within * slack} ms; ${JSON.stringify(figures)}`);
  assert.ok(figures.frames >= wanted - 1, `its frames are decoded: ${JSON.stringify(figures)}`);
}

export async function expectTone(page, from, hertz, { within = 3000 } = {}) {
  await until(`the tone of ${from} is ${hertz} Hz`,
    async () => Math.abs((await page.evaluate((name) => window.probe.loudestFrequency(name), from)) - hertz) < 12, { within });
}

export async function expectSilence(page, from, { within = 3000 } = {}) {
  await until(`${from} is silent`, async () => (await page.evaluate((name) => window.probe.loudestFrequency(name), from)) === 0, { within });
}

const packets = async (page, from, source) => (await page.evaluate(([name, kind]) => window.probe.inbound(name, kind), [from, source]))?.packets;

export async function expectPackets(page, from, source, { within = 3000 } = {}) {
  const before = (await packets(page, from, source)) ?? 0;
  await until(`packets of ${from}'s ${source} arrive`, async () => (await packets(page, from, source)) > before + 5, { within });
}

// No packet for 400 ms. Those on their way when it began may still arrive.
export async function expectNoPackets(page, from, source, { within = 3000 } = {}) {
  await until(`packets of ${from}'s ${source} stop`, async () => {
    const before = await packets(page, from, source);
    await new Promise((resolve) => setTimeout(resolve, 400));
    return before === (await packets(page, from, source));
  }, { within });
}

export async function leave(...pages) {
  for (const page of pages) {
    if (page.isClosed()) continue;
    if (page.context) await page.context().close();
    else await page.close();
  }
}
