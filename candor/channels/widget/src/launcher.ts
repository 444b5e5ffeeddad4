/** widget.js: `<script src="https://candor.example/widget.js" data-company="clevra" async></script>` and nothing else. */

import { optionsOf } from "./launcher/options";
import { plain } from "./launcher/plain";
import { Registry } from "./launcher/registry";

const PLACE = Symbol.for("candor.widget");

function start(): void {
  const tag = ownTag();
  if (!tag?.src) {
    console.error("Candor: widget.js could not find its own script tag; include it as a classic script with data-company");
    return;
  }
  const options = optionsOf((name) => tag.getAttribute(name), tag.src, document.documentElement.lang);
  const begin = () => registry().add(options);
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
}

/** The running script tag, by the getter of Document itself: a form or image named currentScript would hide the document's. */
function ownTag(): HTMLScriptElement | null {
  const own = Object.getOwnPropertyDescriptor(Document.prototype, "currentScript")?.get?.call(document) as HTMLScriptElement | null;
  return own ?? document.querySelector<HTMLScriptElement>('script[data-company][src*="/widget.js"]');
}

/** One registry for the page, however often the script runs. */
function registry(): Registry {
  const known = Object.getOwnPropertyDescriptor(window, PLACE)?.value as Registry | undefined;
  if (known) return known;
  const made = new Registry();
  Object.defineProperty(window, PLACE, plain({ value: made }));
  Object.defineProperty(window, "Candor", plain({ value: made.api, configurable: true, writable: true, enumerable: true }));
  window.dispatchEvent(new Event("candor:ready"));
  return made;
}

try {
  start();
} catch (error) {
  console.error(error instanceof TypeError ? error.message : "Candor: the widget could not start");
}
