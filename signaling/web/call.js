// A call in a tab of its own. The address says which call (`#call=…`, taken out of it at once) and nothing that would let anybody in: the tab
// signs in by the platform's token endpoint and asks for a ticket of its own. What is shown is <parley-calls>, as on every page.
import { openCalls } from './sdk/parley.js';
import { ParleyElements, optionsOf } from './elements/parley-elements.js';
import { put, say } from './elements/dom.js';

const { words } = ParleyElements;
const $ = (id) => document.getElementById(id);
const options = { ...optionsOf(ownScript().dataset, document.baseURI), callPage: location.href.split('#')[0] };
const element = document.querySelector('parley-calls');
element.setAttribute('new-tab', 'off');   // this is the new tab

function ownScript() {
  return [...document.querySelectorAll('script[type="module"]')].find(({ src }) => src.split('?')[0] === import.meta.url.split('?')[0]);
}

function show(title, text = '') {
  say($('title'), title);
  say($('text'), text);
}

async function begin() {
  $('again').hidden = true;
  let calls;
  try {
    calls = await openCalls(options);
  } catch {
    show(words.refused.other, words.signIn);
    $('again').hidden = false;
    return;
  }
  // What happens first must find somebody who listens.
  await ParleyElements.start({ calls });
  calls.on('closed', () => show(words.signedOut, words.signIn));
  const { handedOver } = calls;
  if (handedOver) {
    nameThePage(handedOver.call.other.name);
    element.takeOver(handedOver);
  } else if (!(await calls.resumable().catch(() => null))) {
    show(words.noCall, words.noCallHelp);
  }
}

function nameThePage(name) {
  const title = words.meeting(name);
  document.title = String(title);
  $('title').replaceChildren();
  put($('title'), title);
  say($('text'), '');
}

// Once everything of the call is closed there is nothing left to do here.
let hadSurface = false;
element.addEventListener('parley-showing', ({ detail: { surface } }) => {
  if (surface === null && hadSurface) say($('text'), words.closeTab);
  hadSurface ||= surface !== null;
});
$('again').addEventListener('click', begin);
begin();
