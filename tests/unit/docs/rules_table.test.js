import { execFile } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../../../scripts/rules-table.mjs', import.meta.url));

test('the table of rules names the tests that there are', async () => {
  await promisify(execFile)(process.execPath, [script, '--check']);
});
