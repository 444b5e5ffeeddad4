/** What can go wrong between the chat and the server, by what the visitor can do about it. */

export type TroubleKind =
  | "network" // no response: try again; nothing is sent twice
  | "server" // it cannot answer at the moment
  | "busy" // too much at once: wait
  | "gone" // the conversation, or its token, is no longer there
  | "refused"; // this message will never be accepted

export class Trouble extends Error {
  /** `detail` is the server's own sentence, "" if there is none; `wait` is in seconds. */
  constructor(readonly kind: TroubleKind, readonly detail = "", readonly wait = 0) {
    super(kind);
  }
}

const LONGEST_WAIT = 3600; // seconds
const SHORTEST_WAIT = 1;
const USUAL_WAIT = 5;

/** The trouble that a response with this status means. `problem` is the parsed body, of any shape. */
export function troubleOf(status: number, problem: unknown, headers: { get(name: string): string | null }): Trouble {
  const detail = textOf(problem, "detail");
  if (status === 401 || status === 404) return new Trouble("gone", detail);
  if (status === 429) return new Trouble("busy", detail, waitOf(headers));
  if (status >= 400 && status < 500) return new Trouble("refused", detail);
  return new Trouble("server", detail);
}

/** Seconds to wait. A date in Retry-After is compared with the server's own clock, because the visitor's may be wrong. */
export function waitOf(headers: { get(name: string): string | null }): number {
  const header = headers.get("Retry-After");
  let seconds = Number(header);
  if (header !== null && Number.isNaN(seconds)) seconds = (Date.parse(header) - Date.parse(headers.get("Date") ?? "")) / 1000;
  if (header === null || !Number.isFinite(seconds)) seconds = USUAL_WAIT;
  return Math.min(LONGEST_WAIT, Math.max(SHORTEST_WAIT, Math.ceil(seconds)));
}

export function asTrouble(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  console.error(error instanceof Error ? error.name : "unknown fault"); // never its text, which may contain what a person wrote
  return new Trouble("server");
}

function textOf(problem: unknown, name: string): string {
  if (typeof problem !== "object" || problem === null) return "";
  const text = (problem as Record<string, unknown>)[name];
  return typeof text === "string" ? text : "";
}
