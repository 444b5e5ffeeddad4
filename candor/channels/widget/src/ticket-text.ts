/** A ticket as a text to keep: what a visitor needs when this chat is long gone. Pure. */

import type { Ticket } from "./api";
import type { Language } from "./texts";

export function ticketText(ticket: Ticket, company: string, language: Language): string {
  const { words, date } = language;
  const facts: [string, string][] = [
    [words.ticketNumber, ticket.number],
    [words.ticketCompany, company],
    [words.ticketType, words.requests[ticket.request_type] ?? ticket.request_type],
    [words.ticketStatus, words.states[ticket.status] ?? ticket.status],
    [words.due, ticket.due ? [date(ticket.due), ticket.due_article && `(${ticket.due_article})`, ticket.due_note].filter(Boolean).join(" ") : ""],
    [words.contact, ticket.contact ?? ""],
  ];
  return [words.ticket, "", ...facts.filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`), ...(ticket.what_next ? ["", ticket.what_next] : []), ""].join("\n");
}
