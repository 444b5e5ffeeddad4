/** A numbered quote with its policy, section and version, and a link to read it in place. */

import { html, nothing, type TemplateResult } from "lit";
import { accent } from "../accent";
import type { Citation } from "../api";
import { icons } from "../icons";
import { ownPath, websiteLink } from "../passage-link";
import { nameIn, type Scene } from "../scene";
import { foldView } from "./fold";

const LONG = 700; // characters; a longer quote is folded unless it is the first
const WHOLE_LIST = 1500; // characters; of a longer quote only the beginning is shown at first, also where it is open
const OPEN_AT_MOST = 3;
const BULLETED = /^[^•·▪◦‣●\n]*[^:\s]\s*\n\s*([•·▪◦‣●])/u; // a quoted list starts after its first bullet

export function citationView(citation: Citation, scene: Scene): TemplateResult {
  const { words } = scene.language;
  const company = scene.companies.get(citation.company);
  const open = citation.n === 1 || (citation.n <= OPEN_AT_MOST && citation.quote.length <= LONG);
  const mark = BULLETED.exec(citation.quote)?.[1];
  return html`
    <details class="citation" data-testid="citation" ?open=${open} ${accent(company?.accent)}>
      <summary><span class="n">${citation.n}</span><bdi class="section" lang="en" title=${citation.section}>${lastOf(citation.section) || citation.policy || words.passage}</bdi></summary>
      <blockquote dir="auto" lang="en">
        ${citation.lead_in ? html`<p class="lead-in">${citation.lead_in}</p>` : nothing}
        <p class="quote" data-testid="quote" data-mark=${mark ?? nothing}>${foldView(citation.quote, scene, citation.quote.length > WHOLE_LIST)}</p>
      </blockquote>
      <p class="source"><bdi>${nameIn(scene, citation.company)}</bdi> · ${versionView(citation.version, scene)}</p>
      ${linksView(citation, scene)}
    </details>`;
}

/** The innermost heading; the whole path where that is only a number. */
function lastOf(section: string): string {
  const last = section.split(" › ").at(-1) ?? "";
  return /\p{L}/u.test(last) ? last : section;
}

export function versionView(version: string, { language }: Scene): TemplateResult | string {
  if (version.startsWith("undated")) return language.words.undated;
  return html`<time datetime=${version}>${language.words.versionOf(language.date(version))}</time>`;
}

function linksView(citation: Citation, scene: Scene): TemplateResult | typeof nothing {
  const { words } = scene.language;
  const path = ownPath(citation.url, location.origin);
  const website = websiteLink(scene.companies.get(citation.company)?.website_policy, citation.quote);
  if (!path && !website) return nothing;
  const where = html`<span class="unseen">, ${citation.section || words.passage} ${words.newTab}</span>${icons.out}`;
  return html`<p class="links">
    ${path ? html`<a href=${path} target="_blank" rel="noopener" data-testid="citation-link"><span>${words.readPolicy}${where}</span></a>` : nothing}
    ${website
      ? html`<a href=${website} target="_blank" rel="noopener noreferrer" data-testid="website-link"><span>${words.readWebsite(new URL(website).host.replace(/^www\./, ""))}${where}</span></a>`
      : nothing}
  </p>`;
}
