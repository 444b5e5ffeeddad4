/** Where a quote can be read: on Candor's policy page, and on the company's own page with a text fragment. Pure. */

const WORDS = 6; // at each end of a fragment: enough to be unique, few enough to survive small edits in between
const BULLET = /^[\s•·▪◦‣●–-]+/u;

/** An address on this very host, as a path; null for any other. */
export function ownPath(address: string, origin: string): string | null {
  try {
    const url = new URL(address, origin);
    return url.origin === origin && /^https?:$/.test(url.protocol) ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}

/** The company's own policy page, scrolled to the quote by browsers that know text fragments; null unless it is https. */
export function websiteLink(page: string | null | undefined, quote: string): string | null {
  let url: URL;
  try {
    url = new URL(page ?? "");
  } catch {
    return null;
  }
  if (url.protocol !== "https:") return null;
  const fragment = textFragment(quote);
  return fragment ? `${url.href.split("#")[0]}#${fragment}` : url.href;
}

/**
 * `:~:text=first words,last words`. Each end is taken from one line of the quote: a browser matches an end only within one block,
 * and a list's bullets are no part of the page's text.
 */
export function textFragment(quote: string): string {
  const lines = quote.split("\n").map((line) => line.replace(BULLET, "").trim()).filter(Boolean);
  const first = (lines[0] ?? "").split(/\s+/).filter(Boolean);
  const last = (lines.at(-1) ?? "").split(/\s+/).filter(Boolean);
  if (!first.length) return "";
  if (lines.length === 1 && first.length <= 2 * WORDS) return `:~:text=${encoded(first)}`;
  return `:~:text=${encoded(first.slice(0, WORDS))},${encoded(last.slice(-WORDS))}`;
}

// "-" has a meaning of its own in a fragment, beside what encodeURIComponent takes care of.
const encoded = (words: readonly string[]) => encodeURIComponent(words.join(" ")).replaceAll("-", "%2D");
