import { expect, test } from "vitest";
import type { Ticket } from "./api";
import { languageOf } from "./texts";
import { ticketText } from "./ticket-text";

const ticket: Ticket = {
  number: "R-7KQ4-M2XD", request_type: "deletion", status: "open", company: "clevra", due: "2026-12-22", due_article: "POPIA, section 23", what_next: "Clevra is working on it.",
  contact: "privacy@clevra.example",
};

test("a saved ticket says number, date and contact, in words that stand alone", () => {
  expect(ticketText(ticket, "Clevra", languageOf("en"))).toBe(
    "Your request\n\nYour request number: R-7KQ4-M2XD\nCompany: Clevra\nRequest: Deletion\nStatus: Open\nAnswer due by: 22 December 2026 (POPIA, section 23)\nContact: privacy@clevra.example\n\nClevra is working on it.\n",
  );
});

test("what is not known is left out", () => {
  expect(ticketText({ number: "R-1", request_type: "deletion", status: "completed", company: "clevra", due: null }, "Clevra", languageOf("en"))).not.toMatch(/due|Contact|null|undefined/);
});
