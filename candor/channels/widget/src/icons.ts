/** Small drawings beside words; they say nothing that the words do not, so screen readers skip them. */

import { svg, type SVGTemplateResult } from "lit";
import type { ReplyKind } from "./api";

const drawn = (path: string) => svg`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"><path d=${path} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"></path></svg>`;

export const icons = {
  close: drawn("M5 5l10 10M15 5L5 15"),
  more: drawn("M3.7 10a.8.8 0 101.6 0 .8.8 0 10-1.6 0M9.2 10a.8.8 0 101.6 0 .8.8 0 10-1.6 0M14.7 10a.8.8 0 101.6 0 .8.8 0 10-1.6 0"),
  send: drawn("M10 16V4.5M5 9l5-4.5L15 9"),
  out: drawn("M8 5H5v10h10v-3M11 5h4v4M15 5l-6 6"),
} as const;

const person = drawn("M10 9.5a3 3 0 100-6 3 3 0 000 6zM4 17c.6-3.4 3-5 6-5s5.4 1.6 6 5");
const kinds = {
  not_in_policy: drawn("M5 3h7l3 3v11H5zM8 10h4"),
  unsure: drawn("M10 17.5a7.5 7.5 0 100-15 7.5 7.5 0 000 15zM7.9 7.9a2.1 2.1 0 114 .7c0 1.4-1.9 1.7-1.9 2.9M10 14h.01"),
  request: drawn("M5 3h10v14H5zM8 7h4M8 10h4M8 13h2"),
  compare: drawn("M3 4h5.5v12H3zM11.5 4H17v12h-5.5z"),
  out_of_scope: drawn("M10 17.5a7.5 7.5 0 100-15 7.5 7.5 0 000 15zM4.8 4.8l10.4 10.4"),
  error: drawn("M10 3l7.5 13.500H2.500zM10 8v3.500M10 14h.01"),
} as const;

/** The icon beside a reply's label; null where the reply has no label. */
export function iconOf(kind: ReplyKind): SVGTemplateResult | null {
  switch (kind) {
    case "answer":
    case "smalltalk":
      return null;
    case "handoff":
    case "human":
      return person;
    case "not_in_policy":
    case "unsure":
    case "request":
    case "compare":
    case "out_of_scope":
    case "error":
      return kinds[kind];
    default:
      return unhandled(kind);
  }
}

/** A new kind of reply fails to compile here until it has a case; one from a newer server is shown without an icon. */
function unhandled(_: never): null {
  return null;
}
