/**
 * The launcher's style sheet, adopted by its shadow root: the page's Content Security Policy does not apply to such a sheet.
 * :host needs `!important`, because there the page's own rules would win over ours. Sizes are in pixels, because rem is the page's.
 */

export const SMALL = "(max-width: 30rem), (max-height: 26rem)"; // the chat then fills the screen

export const LOOKS = `
:host { all: initial !important; display: block !important; position: static !important; color-scheme: light dark !important; }
/* Custom properties come through "all: initial": a page that has an --ink of its own would choose ours. */
.left, .right { --colour: #1b2a3a; --ink: #fff; }
* { box-sizing: border-box; }
button { font: 600 16px/1.2 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; cursor: pointer; }
.open {
  position: fixed; z-index: 2147483000; bottom: calc(20px + var(--place, 0) * 64px + env(safe-area-inset-bottom, 0px)); right: 20px;
  display: inline-flex; align-items: center; gap: 10px; min-height: 52px; max-width: calc(100vw - 40px); padding: 12px 20px 12px 16px;
  border: 1px solid #ffffff40; border-radius: 28px; background: var(--colour); color: var(--ink);
  box-shadow: 0 1px 2px #0003, 0 6px 20px #0003;
}
.left .open { right: auto; left: 20px; }
.open:hover { box-shadow: 0 1px 2px #0004, 0 8px 26px #0004; }
.open svg { flex: none; }
.badge { font-weight: 600; padding: 2px 10px; border-radius: 12px; background: var(--ink); color: var(--colour); white-space: nowrap; }
.badge:empty { display: none; }
button:focus-visible { outline: 3px solid #1d4ed8; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
dialog {
  position: fixed; z-index: 2147483001; inset: auto 20px calc(84px + var(--place, 0) * 64px) auto; margin: 0; padding: 0;
  width: min(424px, calc(100vw - 40px)); height: min(704px, calc(100vh - 112px - var(--place, 0) * 64px)); max-width: none; max-height: none;
  border: 1px solid #8886; border-radius: 18px; overflow: hidden; background: Canvas; color: CanvasText;
  box-shadow: 0 2px 6px #0002, 0 16px 48px #0003; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif;
}
.left dialog { right: auto; left: 20px; }
iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: light dark; }
.wait { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 16px; padding: 24px; text-align: center; background: Canvas; }
.wait p { margin: 0; }
.wait button { min-height: 44px; padding: 8px 20px; border: 1px solid GrayText; border-radius: 12px; background: Canvas; color: CanvasText; }
[hidden] { display: none !important; }
@media ${SMALL} {
  dialog, .left dialog { inset: 0; width: 100%; height: 100%; height: 100dvh; border: 0; border-radius: 0; }
}
@media (prefers-reduced-motion: no-preference) {
  .open { transition: box-shadow .15s; }
  dialog[open] { animation: rise .16s ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
}
@media (forced-colors: active) { .open, dialog { border: 2px solid ButtonText; } }
@media print { .open, dialog { display: none !important; } }
`;
