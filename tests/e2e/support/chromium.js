// Chromium with fake devices. Its pages share one process group, so one browser serves a whole test file.
import { chromium } from 'playwright-core';
import { installProbe } from './probe.js';

const needed = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--use-fake-device-for-media-stream=fps=30', '--allow-loopback-in-peer-connection',
];
// What spares most tests a gesture, a question and a wait.
const soft = [
  '--autoplay-policy=no-user-gesture-required', '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows', '--use-fake-ui-for-media-stream',
];
// Playwright adds some of these by itself. The grace after which a hidden tab's timers run once a minute is 10 s instead of 5 min.
const hard = {
  ignoreDefaultArgs: ['--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows',
    '--disable-popup-blocking'],
  args: ['--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10', '--autoplay-policy=document-user-activation-required'],
};

// `soft: false`: as people have it.
export async function startChromium({ video, audio, soft: isSoft = true } = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    ...(isSoft ? {} : { ignoreDefaultArgs: hard.ignoreDefaultArgs }),
    args: [
      ...needed,
      ...(isSoft ? soft : hard.args),
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
