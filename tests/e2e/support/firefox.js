// Firefox with its built-in fake devices (a 1 kHz tone and a slowly changing colour). Its AudioContext waits for a sound device for ever,
// so it gets a sound server that plays into nothing.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import { installProbe } from './probe.js';
import { until } from './until.js';

async function startSound() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'parley-e2e-sound-'));
  const socket = path.join(folder, 'native');
  const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: folder, PULSE_RUNTIME_PATH: folder, PULSE_STATE_PATH: folder };
  const child = spawn('pulseaudio', ['-n', '--daemonize=no', '--exit-idle-time=-1', '--disallow-exit', '--log-target=stderr',
    '--load=module-null-sink', `--load=module-native-protocol-unix auth-anonymous=1 socket=${socket}`], { env, stdio: 'ignore' });
  const server = `unix:${socket}`;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await until('the sound server answers', () => {
    execFileSync('pactl', ['--server', server, 'info'], { stdio: 'ignore', env });
    return true;
  });
  return {
    server,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startFirefox() {
  const sound = await startSound();
  try {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
      headless: true,
      env: { ...process.env, PULSE_SERVER: sound.server },
      extraPrefsFirefox: {
        'media.navigator.streams.fake': true,
        'media.navigator.permission.disabled': true,
        'media.autoplay.default': 0,
        'media.peerconnection.ice.obfuscate_host_addresses': false,
        'media.peerconnection.ice.loopback': true,
        'media.gmp-manager.updateEnabled': false,
        'media.gmp-provider.enabled': false,
        'toolkit.telemetry.enabled': false,
        'datareporting.policy.dataSubmissionEnabled': false,
        'app.update.auto': false,
      },
    });
    return {
      async page() {
        const context = await browser.createBrowserContext();
        const page = await context.newPage();
        page.faults = [];
        page.on('pageerror', (error) => page.faults.push(error.message));
        await page.evaluateOnNewDocument(installProbe);
        return page;
      },
      async close() {
        await browser.close();
        await sound.stop();
      },
    };
  } catch (error) {
    await sound.stop();
    throw error;
  }
}
