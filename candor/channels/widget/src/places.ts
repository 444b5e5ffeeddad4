/** Find a place in the list while it is typed, and guess one from the browser's languages. Pure. */

import type { Option } from "./api";

export const MOST_SHOWN = 40; // more would only be scrolled through; typing another letter is quicker
// Languages that so many countries speak that one alone says nothing about the country.
const SPOKEN_IN_MANY = new Set(["ar", "en", "es", "fr", "pt", "zh"]);

/** Another name of a place, such as in the visitor's own language; "" if there is none. */
export type NameOf = (code: string) => string;

/** The place that the browser's languages speak for, by their regions first; undefined if they leave it open. */
export function guessed(languages: readonly string[], options: readonly Option[]): Option | undefined {
  const tags = languages.flatMap((tag) => localeOf(tag) ?? []);
  const regions = [...tags.map((tag) => tag.region), ...tags.filter((tag) => !SPOKEN_IN_MANY.has(tag.language)).map((tag) => tag.maximize().region)];
  for (const region of regions) {
    const found = region && options.find((option) => option.code === region);
    if (found) return found;
  }
  return undefined;
}

/** The places that fit what is typed: those that begin with it, then those with a word that does, then those that contain it. */
export function matching(typed: string, options: readonly Option[], nameOf: NameOf): readonly Option[] {
  const wanted = plain(typed);
  if (!wanted) return options;
  const ranked = options.map((option) => ({ option, rank: Math.min(rankOf(plain(option.label), wanted), rankOf(plain(nameOf(option.code ?? "")), wanted)) }));
  return [0, 1, 2].flatMap((rank) => ranked.filter((one) => one.rank === rank).map((one) => one.option));
}

function rankOf(name: string, wanted: string): number {
  if (!name.includes(wanted)) return 3;
  if (name.startsWith(wanted)) return 0;
  return name.includes(` ${wanted}`) ? 1 : 2;
}

/** Lower case, without accents and punctuation: "Côte d'Ivoire" is found as "cote d ivoire". */
export const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/** Names of places in a language. */
export function namesIn(languages: readonly string[]): NameOf {
  const known = Intl.DisplayNames ? new Intl.DisplayNames([...languages, "en"], { type: "region", fallback: "none" }) : null;
  return (code) => (/^[A-Z]{2}$/.test(code) ? (known?.of(code) ?? "") : "");
}

function localeOf(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag);
  } catch {
    return null;
  }
}
