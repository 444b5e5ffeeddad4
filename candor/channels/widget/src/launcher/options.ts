/** What a page asks for on its script tag: data-company, data-colour, data-position, data-lang, data-greeting, data-open. Pure. */

import { HEX_COLOUR } from "../bridge";

export interface Options {
  readonly company: string;
  readonly candor: string; // Candor's origin: where the script came from
  readonly colour: string; // "" for the default
  readonly side: "left" | "right";
  readonly lang: string;
  readonly greeting: string;
  readonly open: boolean;
}

export type Attributes = (name: string) => string | null;

const COMPANY = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const LONGEST_GREETING = 300; // characters

/** Raises TypeError, with a sentence for whoever builds the page, if the tag cannot be used. */
export function optionsOf(data: Attributes, source: string, pageLang: string): Options {
  const company = data("data-company") ?? "";
  if (!COMPANY.test(company)) throw new TypeError("Candor: the script tag needs data-company with a company's short name, such as data-company=\"clevra\"");
  const colour = data("data-colour") ?? data("data-color") ?? "";
  const lang = data("data-lang") ?? pageLang;
  const open = data("data-open");
  return {
    company,
    candor: new URL(source).origin,
    colour: HEX_COLOUR.test(colour) ? colour : "",
    side: /left/.test(data("data-position") ?? "") ? "left" : "right",
    lang: LANGUAGE.test(lang) ? lang : "",
    greeting: (data("data-greeting") ?? "").slice(0, LONGEST_GREETING),
    open: open !== null && open !== "false",
  };
}

/** Black or white, whichever reads better on a colour: the relative luminance of WCAG 2.2. */
export function inkOn(colour: string): "#000000" | "#ffffff" {
  const linear = (at: number) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * linear(1) + 0.7152 * linear(3) + 0.0722 * linear(5);
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? "#000000" : "#ffffff";
}

export const isRightToLeft = (lang: string): boolean => /^(ar|fa|he|ur)\b/.test(lang);
