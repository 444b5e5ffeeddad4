/** The surface's texts. A language without texts of its own gets the English ones, in its own writing direction. */

import { surface as de } from "./de";
import { surface as en, type Texts } from "./en";

const CATALOGUE: Readonly<Record<string, Texts>> = { de, en };
const DATES: Readonly<Record<string, string>> = { en: "en-GB", de: "de-DE" };

export interface Language {
  readonly code: string; // of the texts that are shown
  readonly words: Texts;
  /** 2026-01-15 as people write it; anything else is returned unchanged. */
  date(iso: string): string;
}

export function languageOf(tag: string): Language {
  const asked = tag.toLowerCase().split("-")[0] ?? "";
  const code = Object.hasOwn(CATALOGUE, asked) ? asked : "en";
  const form = new Intl.DateTimeFormat(DATES[code], { dateStyle: "long", timeZone: "UTC" });
  const date = (iso: string) => {
    const day = /^\d{4}-\d{2}-\d{2}/.exec(iso)?.[0];
    const time = day ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
    return Number.isNaN(time) ? iso : form.format(time);
  };
  return { code, words: CATALOGUE[code] ?? en, date };
}
