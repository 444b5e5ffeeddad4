/** Which words the surface speaks. A language that has no catalogue is spoken in English, in its own direction all the same. */

import { surface as de } from "./de";
import { surface as en, type Texts } from "./en";

const CATALOGUE: Readonly<Record<string, Texts>> = { de, en };
const DATES: Readonly<Record<string, string>> = { en: "en-GB", de: "de-DE" };

export interface Language {
  readonly code: string; // of the words that are really spoken
  readonly words: Texts;
  /** 2026-01-15 as people write it; anything else comes back as it is. */
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
