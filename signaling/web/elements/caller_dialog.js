// "Calling Ada…": the ring has begun with the request, so this asks how to come in while it rings. Esc and Cancel end the call.
import { avatar } from './avatar.js';
import { h, say, sheet } from './dom.js';
import { Sheet, button, newTabSwitch } from './surface.js';
import { words } from './words.js';

export const callerStyle = sheet(`
  #caller .avatar { margin-top: var(--space-2); }
  #caller .pulse { position: relative; }
  #caller .pulse::before { content: ''; position: absolute; inset: 8px 0 0; border-radius: 50%; border: 2px solid var(--accent); opacity: 0; animation: pulse 2s ease-out infinite; }
  #caller .pulse.still::before { animation: none; }
  #caller .text { min-height: 44px; }
  @keyframes pulse { from { opacity: .7; transform: scale(1); } to { opacity: 0; transform: scale(1.5); } }
`);

export class CallerDialog {
  #sheet;
  #title;
  #text = h('p.quiet.text', { part: 'caller-text', role: 'status' });
  #face = h('div.pulse');
  #video;
  #audio;
  #cancel;
  #newTab = newTabSwitch('caller-new-tab');
  #shown = null;

  // `on`: choose(media, newTab), cancel().
  constructor(floor, on) {
    this.#sheet = new Sheet(floor, { part: 'caller', onclose: () => on.cancel() });
    this.#title = h('h2', { id: this.#sheet.titleId, part: 'caller-title' });
    this.#video = button(words.joinVideo, { kind: 'primary', part: 'join-video', iconName: 'camera', onclick: () => on.choose('video', this.#newTab.on) });
    this.#audio = button(words.joinAudio, { part: 'join-audio', iconName: 'mic', onclick: () => on.choose('audio', this.#newTab.on) });
    this.#cancel = button(words.cancelCall, { kind: 'plain', part: 'cancel-call', onclick: () => on.cancel() });
    this.#sheet.element.append(h('div.stack', {},
      h('div.head', {}, this.#face, this.#title, this.#text),
      h('div.actions', {}, this.#video, this.#audio, this.#cancel),
      this.#newTab.element));
  }

  get element() {
    return this.#sheet.element;
  }

  update(stage, { newTab }) {
    if (!stage) return this.#hide();
    const { person } = stage;
    if (this.#shown !== person.member) {
      this.#shown = person.member;
      this.#newTab.on = false;
      this.#face.replaceChildren(avatar(person, 88));
    }
    const starting = stage.step === 'starting';
    const answering = stage.you === 'callee' && !stage.accepted;   // taken back from another tab
    say(this.#cancel, answering ? words.decline : words.cancelCall);
    say(this.#title, answering ? words.incoming(person.name) : stage.accepted ? words.accepted(person.name) : stage.waiting ? words.theyWait(person.name) : words.calling(person.name));
    say(this.#text, this.#wordsFor(stage));
    this.#face.classList.toggle('still', stage.accepted);
    this.#video.disabled = this.#audio.disabled = starting;
    this.#newTab.element.hidden = !newTab;
    const wasOpen = this.#sheet.isOpen;
    this.#sheet.open();
    // The choice is the first thing that a keyboard meets, as soon as there is one.
    if (!starting && (!wasOpen || this.#waiting)) this.#video.focus({ focusVisible: false });
    this.#waiting = starting;
  }

  #waiting = false;

  #wordsFor({ step, you, person: { name }, failed, accepted, waiting, banner }) {
    if (step === 'starting') return words.starting(name);
    if (banner?.kind === 'could_not_connect') return words.couldNotConnect(name);
    if (accepted || waiting || you === 'callee') return words.acceptedJoin(name);
    return failed ? words.tryAgain : words.beingCalled(name);
  }

  #hide() {
    this.#shown = null;
    this.#waiting = false;
    this.#sheet.close();
  }
}
