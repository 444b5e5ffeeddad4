/** Companies, or two versions of a policy, side by side; a side that is silent is shown too. */

import { html, nothing, type TemplateResult } from "lit";
import { accent } from "../accent";
import type { ComparedSide, Reply } from "../api";
import type { Scene } from "../scene";
import { citationView } from "./citation";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export function comparisonView(reply: Reply, scene: Scene): TemplateResult {
  const sides = reply.comparison ?? [];
  const abouts = [...new Set(sides.map((side) => side.about))];
  return html`<div class="comparison" data-testid="comparison">
    ${abouts.map((about) => html`
      ${about ? html`<p class="about" lang="en" dir="auto">${capital(about)}</p>` : nothing}
      <div class="sides">${sides.filter((side) => side.about === about).map((side) => sideView(side, reply, scene))}</div>`)}
    ${changesView(sides, scene)}
  </div>`;
}

function sideView(side: ComparedSide, reply: Reply, scene: Scene): TemplateResult {
  const { words } = scene.language;
  const cited = (reply.citations ?? []).filter((citation) => side.citations.includes(citation.n));
  return html`<section class="side" aria-label=${side.name} data-testid="side" data-company=${side.company} ${accent(scene.companies.get(side.company)?.accent)}>
    <p class="of"><bdi>${capital(side.name)}</bdi></p>
    ${cited.map((citation) => citationView(citation, scene))}
    ${side.silent ? html`<p class="silent">${side.about ? words.notInVersion : words.silent}</p>` : nothing}
  </section>`;
}

/** The page that shows all changes, if versions of one policy are compared. */
function changesView(sides: readonly ComparedSide[], scene: Scene): TemplateResult | typeof nothing {
  const versions = [...new Set(sides.map((side) => side.version))];
  const [old, now] = versions;
  const first = sides[0];
  if (!first?.about || versions.length !== 2 || !old || !now) return nothing;
  const href = `/policies/${encodeURIComponent(first.company)}/changes?old=${encodeURIComponent(old)}&new=${encodeURIComponent(now)}`;
  return html`<p class="links"><a href=${href} target="_blank" rel="noopener">${scene.language.words.allChanges}<span class="unseen"> ${scene.language.words.newTab}</span></a></p>`;
}
