/** `${accent(colour)}` on an element sets --company through the CSSOM: our own Content Security Policy forbids style attributes. */

import { noChange, type ElementPart } from "lit";
import { Directive, directive, PartType, type PartInfo } from "lit/directive.js";
import { HEX_COLOUR } from "./bridge";

class Accent extends Directive {
  private shown: string | null = null;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error("accent() stands on an element, not in an attribute");
  }

  render(_colour: string | undefined): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [colour]: [string | undefined]): typeof noChange {
    const wanted = colour && HEX_COLOUR.test(colour) ? colour : "";
    if (wanted !== this.shown) {
      if (wanted) (part.element as HTMLElement).style.setProperty("--company", wanted);
      else (part.element as HTMLElement).style.removeProperty("--company");
      this.shown = wanted;
    }
    return noChange;
  }
}

export const accent = directive(Accent);
