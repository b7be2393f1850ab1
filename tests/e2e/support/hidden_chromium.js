// A Chromium whose tabs can be hidden behind another one, and are slowed down then. Playwright shows every page, so this one is driven
// by Puppeteer.
import puppeteer from 'puppeteer-core';
import { installProbe } from './probe.js';

export async function startHiddenChromium() {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    // The grace after which a hidden tab's timers run once a minute is 10 s instead of 5 min.
    args: ['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10'],
    ignoreDefaultArgs: ['--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'],
  });
  return {
    async page() {
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(installProbe);
      return page;
    },
    // Another tab of the same window covers it.
    async hide(page) {
      const cover = await browser.newPage();
      await cover.bringToFront();
      await page.waitForFunction(() => document.visibilityState === 'hidden', { polling: 100 });
    },
    close: () => browser.close(),
  };
}
