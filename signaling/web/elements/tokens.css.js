// What all surfaces share: the tokens, buttons, dialogs, avatars. Each public token is `--parley-…`, set by the platform on its page or on
// an element; the private names stay on the surfaces themselves, so that nothing leaks into what the platform slots in.
import { sheet } from './dom.js';

export const tokens = sheet(`
  :host { color-scheme: var(--parley-color-scheme, light dark); }
  .surface {
    --space-1: var(--parley-space-1, 4px); --space-2: var(--parley-space-2, 8px); --space-3: var(--parley-space-3, 12px);
    --space-4: var(--parley-space-4, 16px); --space-5: var(--parley-space-5, 24px); --space-6: var(--parley-space-6, 32px);
    --space-7: var(--parley-space-7, 48px);
    --radius-control: var(--parley-radius-control, 8px); --radius-surface: var(--parley-radius-surface, 16px); --radius-full: var(--parley-radius-full, 999px);
    --neutral-0: var(--parley-neutral-0, light-dark(#ffffff, #1b1e24));
    --neutral-1: var(--parley-neutral-1, light-dark(#f5f6f8, #121419));
    --neutral-2: var(--parley-neutral-2, light-dark(#eceef2, #262a32));
    --neutral-3: var(--parley-neutral-3, light-dark(#dfe2e8, #323742));
    --neutral-4: var(--parley-neutral-4, light-dark(#c5cad4, #434956));
    --neutral-5: var(--parley-neutral-5, light-dark(#767d8c, #767d8c));
    --neutral-6: var(--parley-neutral-6, light-dark(#6a7180, #959ba9));
    --neutral-7: var(--parley-neutral-7, light-dark(#565d6b, #b0b6c3));
    --neutral-8: var(--parley-neutral-8, light-dark(#3a404c, #d0d4dd));
    --neutral-9: var(--parley-neutral-9, light-dark(#16191f, #f2f4f7));
    --accent: var(--parley-accent, light-dark(#3552d4, #9db0ff));
    --on-accent: var(--parley-on-accent, light-dark(#ffffff, #0f1430));
    --green: var(--parley-green, light-dark(#18794e, #2fb170));
    --on-green: var(--parley-on-green, light-dark(#ffffff, #06170e));
    --red: var(--parley-red, light-dark(#c62f35, #cf3a41));
    --on-red: var(--parley-on-red, #ffffff);
    --red-text: var(--parley-red-text, light-dark(#b4232a, #ff9a9e));
    --amber-surface: var(--parley-amber-surface, light-dark(#fff4da, #3a2e12));
    --amber-text: var(--parley-amber-text, light-dark(#6b4800, #f5d38a));
    --shadow: var(--parley-shadow, light-dark(0 12px 40px rgb(20 25 40 / 16%), 0 0 0 1px rgb(255 255 255 / 6%)));
    --scrim: var(--parley-scrim, light-dark(rgb(20 24 34 / 42%), rgb(0 0 0 / 60%)));
    --font: var(--parley-font, system-ui, sans-serif);
    --motion: var(--parley-motion, 160ms) ease-out;
    color: var(--neutral-9); font: 400 16px/1.45 var(--font); text-align: start; letter-spacing: normal; text-transform: none; white-space: normal;
    -webkit-tap-highlight-color: transparent;
  }
  *, *::before, *::after { box-sizing: border-box; }
  [hidden] { display: none !important; }
  h2, p, dl, dd, ul, ol, figure { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  h2 { font-size: 20px; font-weight: 600; line-height: 1.3; }
  bdi { overflow-wrap: anywhere; }
  button, input, select, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
  button { cursor: pointer; }
  button:disabled { cursor: default; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  :focus:not(:focus-visible) { outline: none; }
  .quiet { color: var(--neutral-7); }
  .small { font-size: 14px; }
  .hidden-visually { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .icon { display: block; flex: none; width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
  .solid { fill: currentColor; stroke: none; }

  .button { display: inline-flex; align-items: center; justify-content: center; gap: var(--space-2); min-height: 48px; padding: var(--space-2) var(--space-4);
    border: 1px solid var(--neutral-4); border-radius: var(--radius-control); background: transparent; font-weight: 600; line-height: 1.2; text-align: center;
    text-decoration: none; color: inherit; transition: opacity var(--motion); }
  .button:hover:not(:disabled) { opacity: .88; }
  .button.primary { background: var(--accent); color: var(--on-accent); border-color: transparent; }
  .button.plain { border-color: transparent; color: var(--neutral-7); }
  .button:disabled { background: var(--neutral-2); border-color: transparent; color: var(--neutral-7); }
  .button .icon { width: 20px; height: 20px; }
  .link { color: var(--accent); text-decoration: underline; text-underline-offset: 3px; }

  .bare { display: grid; place-items: center; flex: none; width: 44px; height: 44px; padding: 0; border: 0; border-radius: var(--radius-full); background: transparent; color: var(--neutral-7);
    transition: opacity var(--motion); }
  .bare:hover { background: var(--neutral-2); }

  .round { display: flex; flex-direction: column; align-items: center; gap: var(--space-1); min-width: 64px; padding: 0; border: 0; background: none; font-size: 14px; color: inherit; }
  .round > .disc { display: grid; place-items: center; width: 56px; height: 56px; border-radius: var(--radius-full); transition: opacity var(--motion); }
  .round:hover > .disc { opacity: .88; }
  .round:focus-visible { outline: none; }
  .round:focus-visible > .disc { outline: 3px solid var(--accent); outline-offset: 2px; }
  .round.accept > .disc { background: var(--green); color: var(--on-green); }
  .round.refuse > .disc { background: var(--red); color: var(--on-red); }

  .switch { display: flex; align-items: center; justify-content: space-between; gap: var(--space-3); width: 100%; min-height: 44px; padding: 0 var(--space-1); border: 0; background: none; text-align: start; font-size: 14px; color: var(--neutral-8); }
  .switch > .track { flex: none; position: relative; width: 40px; height: 24px; border-radius: var(--radius-full); background: var(--neutral-5); }
  .switch > .track::after { content: ''; position: absolute; top: 3px; left: 3px; width: 18px; height: 18px; border-radius: 50%; background: #fff; transition: transform var(--motion); }
  .switch[aria-checked="true"] > .track { background: var(--accent); }
  .switch[aria-checked="true"] > .track::after { transform: translateX(16px); background: var(--on-accent); }

  .avatar { position: relative; display: grid; place-items: center; flex: none; width: var(--size, 40px); height: var(--size, 40px); border-radius: var(--radius-full, 999px);
    background: hsl(var(--hue, 220) 45% 34%); color: #fff; font: 600 calc(var(--size, 40px) * .36)/1 var(--font, system-ui, sans-serif); user-select: none; }
  .avatar img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; border-radius: inherit; }
  .dot { flex: none; display: inline-block; width: 10px; height: 10px; border-radius: 50%; border: 2px solid var(--neutral-6); }
  .dot.active { background: var(--green); border-color: var(--green); }
  .presence { display: inline-flex; align-items: center; gap: var(--space-2); min-height: 22px; font-size: 14px; color: var(--neutral-7); }

  .notice { display: flex; flex-direction: column; gap: var(--space-2); padding: var(--space-3) var(--space-4); border-radius: var(--radius-control); background: var(--amber-surface); color: var(--amber-text); font-size: 14px; text-align: start; }
  .notice strong { font-size: 16px; font-weight: 600; }
  .notice .link { color: inherit; font-weight: 600; display: inline-flex; align-items: center; min-height: 44px; }

  dialog.sheet { position: fixed; inset: 0; margin: auto; width: min(440px, calc(100vw - 2 * var(--space-4))); max-width: none; max-height: min(720px, calc(100dvh - 2 * var(--space-4))); height: fit-content; overflow: auto;
    padding: var(--space-6) var(--space-5) var(--space-5); border: 1px solid var(--neutral-3); border-radius: var(--radius-surface); background: var(--neutral-0); box-shadow: var(--shadow);
    overscroll-behavior: contain; }
  dialog.sheet[open] { animation: appear var(--motion); }
  dialog.sheet::backdrop { background: light-dark(rgb(20 24 34 / 42%), rgb(0 0 0 / 60%)); }
  .stack { display: flex; flex-direction: column; gap: var(--space-4); align-items: stretch; }
  .head { display: flex; flex-direction: column; align-items: center; gap: var(--space-3); text-align: center; }
  .head h2, .head p { max-width: 100%; overflow-wrap: anywhere; }
  .actions { display: flex; flex-direction: column; gap: var(--space-2); }
  .pair { display: grid; grid-template-columns: 1fr 1fr; gap: var(--space-2); }

  .spinner { flex: none; display: inline-block; width: 20px; height: 20px; border: 3px solid color-mix(in srgb, currentColor 25%, transparent); border-top-color: currentColor; border-radius: 50%; animation: turn 1s linear infinite; }
  @keyframes appear { from { opacity: 0; } }
  @keyframes rise { from { opacity: 0; transform: translateY(16px); } }
  @keyframes turn { to { transform: rotate(1turn); } }

  @media (max-width: 480px) {
    dialog.sheet { inset: auto 0 0 0; margin: 0; width: 100%; max-height: 92dvh; border-radius: var(--radius-surface) var(--radius-surface) 0 0; border-width: 1px 0 0;
      padding: var(--space-5) var(--space-4) calc(var(--space-4) + env(safe-area-inset-bottom)); }
    dialog.sheet[open] { animation-name: rise; }
  }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after, ::backdrop { animation-duration: 1ms !important; animation-delay: 0s !important; transition-duration: 1ms !important; }
    .spinner { animation: none !important; }
  }
  @media (forced-colors: active) {
    .button, .disc, .switch > .track, dialog.sheet { border: 1px solid ButtonText; }
    .dot.active { background: Highlight; }
  }
`);
