/** The chat's side of the messages that it exchanges with the page around it (bridge.ts). On a page of its own there is nobody to talk to. */

import type { Ticket } from "./api";
import { HEX_COLOUR, isFrom, type ToChat, type ToPage } from "./bridge";

export interface Chosen {
  readonly host: string; // the origin of the page around us; "" if there is none
  readonly greeting: string;
  readonly colour: string;
}

const LONGEST_GREETING = 300; // characters
const NOTHING: Chosen = { host: "", greeting: "", colour: "" };

/**
 * What the launcher wrote into our address. The greeting is trusted only inside a frame, because frame-ancestors admits only
 * pages that the company has allowed; to a page of its own, anybody could have written the link.
 */
export function chosenBy(fragment: string, framed: boolean, ancestor: string | undefined): Chosen {
  if (!framed) return NOTHING;
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const host = fields.get("host") ?? "";
  if (!isOrigin(host) || (ancestor !== undefined && ancestor !== host)) return NOTHING;
  const colour = fields.get("colour") ?? "";
  return { host, greeting: (fields.get("greeting") ?? "").slice(0, LONGEST_GREETING), colour: HEX_COLOUR.test(colour) ? colour : "" };
}

export class PageLink {
  constructor(private readonly host: string, private readonly around: Window | null) {}

  /** Listen to what the page asks for; messages from elsewhere are ignored. */
  hear(shown: () => void, ask: (text: string) => void): void {
    if (!this.host) return;
    window.addEventListener("message", (event: MessageEvent<ToChat>) => {
      if (!isFrom(event, this.around, this.host)) return;
      if (event.data.type === "shown") shown();
      else if (event.data.type === "ask" && typeof event.data.text === "string") ask(event.data.text);
    });
    this.tell({ candor: 1, type: "ready" });
  }

  close(): void {
    this.tell({ candor: 1, type: "close" });
  }

  news(count: number): void {
    this.tell({ candor: 1, type: "news", count });
  }

  opened(ticket: Ticket): void {
    this.tell({ candor: 1, type: "ticket", ticket: { number: ticket.number, type: ticket.request_type, company: ticket.company, due: ticket.due ?? null } });
  }

  private tell(message: ToPage): void {
    if (this.host) this.around?.postMessage(message, this.host);
  }
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}
