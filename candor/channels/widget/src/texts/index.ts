/** The surface's texts. A language without texts of its own gets the English ones, in its own writing direction. */

import { surface as de } from "./de";
import { surface as en, type Texts } from "./en";

interface Catalogue {
  readonly words: Texts;
  readonly dates: string; // the form in which dates are written
}

const ENGLISH: Catalogue = { words: en, dates: "en-GB" };
/** The launcher has a table of its own, in launcher/registry.ts, because it loads without the chat. */
const CATALOGUES: Readonly<Record<string, Catalogue>> = { en: ENGLISH, de: { words: de, dates: "de-DE" } };

/** The codes of the languages that have texts. */
export const LANGUAGES: readonly string[] = Object.keys(CATALOGUES);

export interface Language {
  readonly code: string; // of the texts that are shown
  readonly words: Texts;
  /** 2026-01-15 as people write it; anything else is returned unchanged. */
  date(iso: string): string;
}

export function languageOf(tag: string): Language {
  const asked = tag.toLowerCase().split("-")[0] ?? "";
  const code = Object.hasOwn(CATALOGUES, asked) ? asked : "en";
  const { words, dates } = CATALOGUES[code] ?? ENGLISH;
  const form = new Intl.DateTimeFormat(dates, { dateStyle: "long", timeZone: "UTC" });
  const date = (iso: string) => {
    const day = /^\d{4}-\d{2}-\d{2}/.exec(iso)?.[0];
    const time = day ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
    return Number.isNaN(time) ? iso : form.format(time);
  };
  return { code, words, date };
}
