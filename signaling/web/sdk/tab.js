// Which tab of which browser this is. A tab keeps its id over reloads, in sessionStorage; but a duplicated tab starts with a copy of that,
// and two tabs must not be one. Whoever holds the Web Lock named after an id owns it; a tab that finds it held takes a new one.
import { randomId } from './ids.js';

const kHandOver = 500;   // ms that a page which is going away may take to let go of the lock

export const navigationType = () => globalThis.performance?.getEntriesByType?.('navigation')[0]?.type ?? 'navigate';

// Resolves with how to let go of the id again, or null if it is somebody else's.
function hold(id, locks) {
  return new Promise((resolve) => {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), kHandOver);
    locks.request(`parley.tab.${id}`, { signal: giveUp.signal }, () => {
      clearTimeout(timer);
      return new Promise((release) => resolve(release));
    }).catch(() => resolve(null));
  });
}

// `isCopy`: the tab was opened by another, with a copy of what that one kept. In the answer, `fresh`: nothing that is kept is this tab's;
// `release`: whoever comes next in this page may have the id.
export async function identify(keptByTab, keptByBrowser, { isCopy = false } = {}) {
  let device = keptByBrowser.get('device');
  if (!device) keptByBrowser.set('device', (device = randomId()));

  const known = isCopy ? null : keptByTab.get('tab');
  const locks = globalThis.navigator?.locks;
  // Without locks only a reload is certain to be the same tab.
  const release = known && (locks ? await hold(known, locks) : navigationType() === 'reload' ? () => {} : null);
  if (release) return { tab: known, device, fresh: false, release };
  const tab = randomId();
  keptByTab.set('tab', tab);
  return { tab, device, fresh: true, release: (locks && (await hold(tab, locks))) ?? (() => {}) };
}
