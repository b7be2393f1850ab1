// The real binary on free ports, with a data directory of its own, gone with the test.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const surroundings = process.env;
const root = fileURLToPath(new URL('../../..', import.meta.url));
const binary = path.resolve(root, process.env.PARLEY_BINARY ?? 'build/dev/parley');
const quickstart = path.resolve(root, process.env.PARLEY_CONFIG ?? 'configs/quickstart.toml');

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// Sets keys of a TOML file, "section.key" → literal, where they stand or at the end of their section.
export function withKeys(toml, keys) {
  const lines = toml.split('\n');
  for (const [name, literal] of Object.entries(keys)) {
    const [section, key] = name.split('.');
    let current = '';
    let sectionEnd = -1;
    let found = false;
    for (let i = 0; i < lines.length && !found; i++) {
      current = /^\s*\[([^\]]+)\]/.exec(lines[i])?.[1] ?? current;
      if (current !== section) continue;
      sectionEnd = i + 1;
      if (new RegExp(`^\\s*${key}\\s*=`).test(lines[i])) {
        lines[i] = `${key} = ${literal}`;
        found = true;
      }
    }
    if (found) continue;
    if (sectionEnd < 0) lines.push(`[${section}]`, `${key} = ${literal}`);
    else lines.splice(sectionEnd, 0, `${key} = ${literal}`);
  }
  return lines.join('\n');
}

// `keys`: more configuration keys to set, as TOML literals. `env`: more of the environment. `args`: more of the command line.
export async function startServer({ keys = {}, env = {}, args = [] } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'parley-e2e-'));
  const port = await freePort();
  const adminPort = await freePort();
  const config = path.join(folder, 'parley.toml');
  const template = await readFile(quickstart, 'utf8');
  await writeFile(config, withKeys(template, { ...defaults(port, adminPort, folder), ...keys }));

  const log = [];
  let bent = env;
  let process;
  try {
    process = await launch(config, log, env, args);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    config,
    folder,
    dataDir: path.join(folder, 'data'),
    adminUrl: `http://127.0.0.1:${adminPort}`,
    get pid() {
      return process.child.pid;
    },
    log: () => log.join(''),
    // In the server's own surroundings: its clock may be bent.
    cli: async (...parts) =>
      (await run(binary, [parts[0], '--config', config, ...parts.slice(1)], { env: { ...surroundings, ...bent } })).stdout.trim(),
    token: (room, member) => execFileSync(binary, ['token', '--config', config, '--room', room, '--member', member], { encoding: 'utf8' }).trim(),
    serviceToken: (site) =>
      execFileSync(binary, ['token', '--config', config, '--service', ...(site ? ['--site', site] : [])], { encoding: 'utf8' }).trim(),
    // The workers' figures, added up.
    async stats() {
      const token = this.serviceToken();
      const response = await fetch(`http://127.0.0.1:${port}/v1/admin/stats`, { headers: { authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`statistics: ${response.status} ${await response.text()}`);
      return response.json();
    },
    // As a power cut: no goodbye, nothing flushed.
    async kill() {
      process.child.kill('SIGKILL');
      await process.exited;
    },
    // When it ends by itself: {code, signal}.
    exited: () => process.exited,
    // Again, on the same ports and data; other keys or surroundings if the test says so.
    async restart({ keys: changed = {}, env: other = env } = {}) {
      if (Object.keys(changed).length > 0) await writeFile(config, withKeys(await readFile(config, 'utf8'), changed));
      bent = other;
      process = await launch(config, log, other, args);
    },
    // Ends it as an operator would, and says how it went: a sanitizer's complaint is a failed test.
    async stop() {
      const { code, signal } = await end(process);
      await rm(folder, { recursive: true, force: true });
      if (code !== 0) throw new Error(`The server ended with ${code ?? signal}:\n${log.join('').slice(-8000)}`);
    },
    // The same, and the data stay for a restart.
    async pause() {
      const { code, signal } = await end(process);
      if (code !== 0) throw new Error(`The server ended with ${code ?? signal}:\n${log.join('').slice(-8000)}`);
    },
  };
}

// Resolves when it says that it is ready.
async function launch(config, log, env, args) {
  const child = spawn(binary, ['--config', config, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...surroundings, ...env } });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const said = [];
  const ready = new Promise((resolve, reject) => {
    const collect = (chunk) => {
      said.push(String(chunk));
      log.push(String(chunk));
      if (/^Parley is ready:/m.test(said.join(''))) resolve();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    exited.then(({ code, signal }) => reject(new Error(`The server ended (${code ?? signal}):\n${said.join('')}`)));
    setTimeout(() => reject(new Error(`The server was not ready within 20 s:\n${said.join('')}`)), 20_000).unref();
  });
  try {
    await ready;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return { child, exited };
}

async function end({ child, exited }) {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  const how = await exited;
  clearTimeout(timer);
  return how;
}

const defaults = (port, adminPort, folder) => ({
  'admin.port': String(adminPort),
  'http.port': String(port),
  'http.listen': '"127.0.0.1"',
  'http.https': 'false',
  'http.origins': `["http://127.0.0.1:${port}"]`,
  'http.web_root': JSON.stringify(path.join(root, 'signaling/web')),
  'media.udp_port': '0',
  'media.listen': '["127.0.0.1"]',
  'media.announce_loopback': 'true',
  'example.enabled': 'false',   // support/community.js has it
  'data.dir': JSON.stringify(path.join(folder, 'data')),
});
