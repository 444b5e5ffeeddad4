/**
 * The messages between the launcher on a company's page and the chat in its frame. Both sides check sender and origin of every
 * message (`isFrom`), name the origin they send to, and accept only these shapes. No text of a conversation crosses over, only
 * that a request was opened, under which number, and how many messages of a person have arrived.
 */

export interface OpenedTicket {
  readonly number: string;
  readonly type: string;
  readonly company: string;
  readonly due: string | null;
}

export type ToChat =
  | { readonly candor: 1; readonly type: "shown" }
  | { readonly candor: 1; readonly type: "ask"; readonly text: string };

export type ToPage =
  | { readonly candor: 1; readonly type: "ready" }
  | { readonly candor: 1; readonly type: "close" }
  | { readonly candor: 1; readonly type: "news"; readonly count: number }
  | { readonly candor: 1; readonly type: "ticket"; readonly ticket: OpenedTicket };

/** The address of the chat. The page's choices are in the fragment, so that they reach no server and no log. */
export function chatAddress(candor: string, company: string, chosen: { lang: string; greeting: string; colour: string; host: string }): string {
  const asked = chosen.lang ? `?lang=${encodeURIComponent(chosen.lang)}` : "";
  const kept = `host=${encodeURIComponent(chosen.host)}&greeting=${encodeURIComponent(chosen.greeting)}&colour=${encodeURIComponent(chosen.colour)}`;
  return `${candor}/embed/${encodeURIComponent(company)}${asked}#${kept}`;
}

/** Whether a message comes from the expected window and origin, and has one of our shapes. */
export function isFrom(event: { source: unknown; origin: string; data: unknown }, source: unknown, origin: string): boolean {
  const { data } = event;
  return source !== null && event.source === source && event.origin === origin && typeof data === "object" && data !== null
    && Object.hasOwn(data, "candor") && (data as { candor: unknown }).candor === 1
    && Object.hasOwn(data, "type") && typeof (data as { type: unknown }).type === "string";
}

export const HEX_COLOUR = /^#[0-9a-f]{6}$/i;
