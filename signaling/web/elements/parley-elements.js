// The elements for platforms' pages, whatever these are made with:
//
//   <script type="module" src="https://calls.example/elements/parley-elements.js" data-token-endpoint="/token" data-server="https://calls.example"></script>
//   <parley-calls></parley-calls>
//   <parley-person member="ada" origin="profile"><a href="/people/ada">@Ada</a></parley-person>
//   <parley-bell></parley-bell>
//
// The script's own attributes connect it; a page that has a connection already gives it: `ParleyElements.start({ calls })`.
import { openCalls } from '../sdk/parley.js';
import { ParleyBell } from './bell.js';
import { ParleyCalls } from './calls_element.js';
import { ParleyPerson } from './person_card.js';
import { session } from './session.js';
import { words } from './words.js';

const define = (name, element) => customElements.get(name) ?? customElements.define(name, element);

// The options that a script element of ours carries. Pure but for the base address.
export function optionsOf({ tokenEndpoint, server, callPage }, base) {
  const at = (path, from) => new URL(path, from).href;
  const options = {};
  if (tokenEndpoint) options.tokenEndpoint = at(tokenEndpoint, base);
  if (server) options.url = at('/v1/ws', at(server, base)).replace(/^http/, 'ws');
  if (callPage) options.callPage = at(callPage, base);
  return options;
}

export const ParleyElements = {
  words,

  get calls() {
    return session.calls;
  },

  // `calls`: a connection of the SDK. Otherwise the options of `openCalls`, and one is opened.
  async start({ calls, ...options } = {}) {
    const opened = calls ?? await openCalls(options);
    if (!document.querySelector('parley-calls')) document.body.append(document.createElement('parley-calls'));
    // Without a page to open there is no new tab to offer.
    if (!calls && !options.callPage) document.querySelector('parley-calls').setAttribute('new-tab', 'off');
    session.use(opened);
    return opened;
  },

  // A call from anywhere on the page, as if its member's card had been used.
  call: (person, origin) => session.startCall(person, origin),
  write: (person, call = null) => session.write(person, call),
  showDetails: (call) => session.showDetails(call),
};

define('parley-calls', ParleyCalls);
define('parley-person', ParleyPerson);
define('parley-bell', ParleyBell);
globalThis.ParleyElements = ParleyElements;

// Modules have no `currentScript`.
const own = [...document.querySelectorAll('script[type="module"][data-token-endpoint]')]
  .find(({ src }) => src.split('?')[0] === import.meta.url.split('?')[0]);
if (own) {
  ParleyElements.start(optionsOf(own.dataset, document.baseURI))
    .catch((error) => dispatchEvent(new CustomEvent('parley-failed', { detail: { error } })));
}
