// Chromium with fake devices. Its pages share one process group, so one browser serves a whole test file.
import { chromium } from 'playwright-core';
import { installProbe } from './probe.js';

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=fps=30',
  '--allow-loopback-in-peer-connection',
];

export async function startChromium({ video, audio } = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      ...flags,
      ...(video ? [`--use-file-for-fake-video-capture=${video}`] : []),
      ...(audio ? [`--use-file-for-fake-audio-capture=${audio}`] : []),
    ],
  });
  return {
    // A page of its own profile, with the probe in it.
    async page(options = {}) {
      const context = await browser.newContext({ viewport: { width: 800, height: 600 }, ...options });
      const page = await context.newPage();
      page.faults = [];
      page.on('pageerror', (error) => page.faults.push(error.message));
      page.on('console', (message) => message.type() === 'error' && page.faults.push(message.text()));
      await page.addInitScript(installProbe);
      return page;
    },
    close: () => browser.close(),
  };
}
