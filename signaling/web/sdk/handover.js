// A call that moves to a fresh tab. The address carries the call's name and nothing else, and a call's name lets nobody in: the new tab
// signs in by itself. What was chosen (audio or video) is left in the browser's storage for it, so that a link from anywhere else can
// never choose for somebody.

const kGoodFor = 120_000;

export function addressFor(call, page) {
  const address = new URL(page ?? globalThis.location.href, globalThis.location.href);
  address.hash = `call=${call}`;
  return address.href;
}

export function leaveNote(keep, call, media) {
  keep.set('handover', { call, media, at: Date.now() });
}

// The call that the address names, or null; it is taken out of the address, so that a reload doesn't begin again.
export function takeNote(keep) {
  const call = /^#call=([0-9a-f]{32})$/.exec(globalThis.location?.hash ?? '')?.[1];
  if (!call) return null;
  globalThis.history?.replaceState?.(globalThis.history.state, '', globalThis.location.href.split('#')[0]);
  const note = keep.get('handover');
  keep.remove('handover');
  const ours = note && note.call === call && Date.now() - note.at < kGoodFor;
  return { call, media: ours ? note.media : null };
}

// Null if the browser blocked it. Must be called inside a click.
export function openTab(address) {
  const opened = globalThis.window?.open?.(address, '_blank') ?? null;
  try {
    if (opened) opened.opener = null;
  } catch {
    /* another origin already */
  }
  return opened;
}
