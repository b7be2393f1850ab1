// parley backup and parley restore, with the server that they are for.
import { strict as assert } from 'node:assert';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { startCallSite } from './support/call_site.js';

test('R40: a copy made while somebody is called holds the call, and can be put back', async (t) => {
  const site = await startCallSite();
  t.after(() => site.stop());
  const { server } = site;
  const copy = path.join(server.folder, 'copy.db');
  const { from, to, call } = await site.ringing('ada', 'bob');
  assert.match(await server.cli('backup', '--to', copy), /is a copy of/);

  // Later than the copy.
  await to.ask('call_decline', { call });
  await assert.rejects(server.cli('restore', '--from', copy), /in use by another process/);
  await server.pause();
  await rm(path.join(server.dataDir, 'parley.db'));
  assert.match(await server.cli('restore', '--from', copy), /in the place of/);
  await server.restart();

  const again = await site.tab('bob', { tab: to.tab, device: to.device });
  await site.tab('ada', { tab: from.tab, device: from.device });
  const [snapshot] = again.attending.calls;
  assert.deepEqual([snapshot.call, snapshot.ring], [call, 'ringing']);
  const { snapshot: accepted } = await again.ask('call_accept', { call, media: 'audio' });
  assert.equal(accepted.ring, 'accepted');
});
