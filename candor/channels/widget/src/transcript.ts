/** A conversation as it is shown, and what can happen to it. Pure: each function returns a new transcript. */

import type { Choice, Past, PastTurn, Reply, Speaker } from "./api";
import type { Trouble, TroubleKind } from "./trouble";

export interface Problem {
  readonly kind: TroubleKind;
  readonly detail: string;
  readonly until: number; // milliseconds since 1970 on this machine's clock; 0: no need to wait
}

export interface VisitorMessage {
  readonly who: "visitor";
  readonly key: string; // the message_id, the same for every attempt to send it
  readonly text: string; // as it is shown: a button's title
  readonly sends: string; // as it is sent: a button's payload
  readonly state: "queued" | "sending" | "sent" | "failed"; // queued: another message goes first
  readonly problem: Problem | null;
}

export interface Replied {
  readonly who: "candor";
  readonly key: string;
  readonly reply: Reply;
  readonly helpful: boolean | null;
}

export interface Notice {
  readonly who: "notice";
  readonly key: string;
  readonly problem: Problem;
}

export type Entry = VisitorMessage | Replied | Notice;

export interface Transcript {
  readonly company: string;
  readonly entries: readonly Entry[];
}

export interface Unsent {
  readonly key: string;
  readonly text: string;
  readonly sends: string;
}

export const GREETING = "greeting";
const BEGINNING = "beginning";

export const begun = (company: string, greeting: Reply | null): Transcript => ({
  company,
  entries: greeting ? [{ who: "candor", key: GREETING, reply: greeting, helpful: null }] : [],
});

/** Add a notice that the conversation could not begin; there is at most one. */
export const notBegun = (transcript: Transcript, problem: Problem): Transcript => ({ ...transcript, entries: [...settled(transcript).entries, { who: "notice", key: BEGINNING, problem }] });

export const settled = (transcript: Transcript): Transcript => ({ ...transcript, entries: transcript.entries.filter((entry) => entry.who !== "notice") });

/** Put the greeting before what was typed while the conversation began, and after the end of the one before. */
export function greeted(transcript: Transcript, greeting: Reply): Transcript {
  const { entries } = settled(transcript);
  const place = entries.findLastIndex(endsIt) + 1;
  return { ...transcript, entries: [...entries.slice(0, place), ...begun(transcript.company, greeting).entries, ...entries.slice(place)] };
}

const endsIt = (entry: Entry): boolean => entry.who === "candor" && entry.reply.ended === true;

/** After a conversation was forgotten, only the reply that says so stays, with the numbers to note down. */
export const ended = (company: string, replies: readonly Reply[]): Transcript => ({
  company,
  entries: replies.filter((reply) => reply.ended).map((reply, number): Replied => ({ who: "candor", key: `ended.${number}`, reply, helpful: null })),
});

export const hasEnded = (transcript: Transcript): boolean => transcript.entries.some(endsIt);

export const asked = (transcript: Transcript, { key, text, sends }: Unsent): Transcript => ({
  ...transcript,
  entries: [...transcript.entries, { who: "visitor", key, text, sends, state: "sending", problem: null }],
});

/** Add a message that is sent once those before it are answered. */
export const queued = (transcript: Transcript, { key, text, sends }: Unsent): Transcript => ({
  ...transcript,
  entries: [...transcript.entries, { who: "visitor", key, text, sends, state: "queued", problem: null }],
});

/** Put the replies after their message; they may have changed the company that the conversation is about. */
export function answered(transcript: Transcript, key: string, replies: readonly Reply[]): Transcript {
  const place = transcript.entries.findIndex((entry) => entry.who === "visitor" && entry.key === key);
  if (place < 0) return transcript;
  const message = { ...(transcript.entries[place] as VisitorMessage), state: "sent", problem: null } as const;
  const news = replies.map((reply, number): Replied => ({ who: "candor", key: `${key}.${number}`, reply, helpful: null }));
  const company = replies.reduce((now, reply) => (reply.kind !== "compare" && reply.company) || now, transcript.company);
  return { company, entries: [...transcript.entries.slice(0, place), message, ...news, ...transcript.entries.slice(place + 1)] };
}

export const failed = (transcript: Transcript, key: string, problem: Problem): Transcript => withMessage(transcript, key, (message) => ({ ...message, state: "failed", problem }));

/** Send a message under its key, perhaps once more; it moves to where its answer will follow: before those that wait for it. */
export function again(transcript: Transcript, key: string): Transcript {
  const message = transcript.entries.find((entry): entry is VisitorMessage => entry.who === "visitor" && entry.key === key);
  if (!message) return transcript;
  const others = transcript.entries.filter((entry) => entry !== message);
  const behind = others.findIndex((entry) => entry.who === "visitor" && entry.state === "queued");
  const place = behind < 0 ? others.length : behind;
  return { ...transcript, entries: [...others.slice(0, place), { ...message, state: "sending", problem: null }, ...others.slice(place)] };
}

export const without = (transcript: Transcript, key: string): Transcript => ({ ...transcript, entries: transcript.entries.filter((entry) => entry.key !== key) });

export const rated = (transcript: Transcript, answerId: string, helpful: boolean): Transcript => ({
  ...transcript,
  entries: transcript.entries.map((entry) => (entry.who === "candor" && entry.reply.answer_id === answerId ? { ...entry, helpful } : entry)),
});

/** Add messages of people of the company at the end, except those that are shown already. */
export function withNews(transcript: Transcript, turns: readonly PastTurn[]): Transcript {
  const known = new Set(transcript.entries.map((entry) => entry.key));
  const news = turns.flatMap((turn) => turn.replies.map((reply, number): Replied => ({ who: "candor", key: `${turn.message_id}.${number}`, reply, helpful: null })));
  return { ...transcript, entries: [...transcript.entries, ...news.filter((entry) => !known.has(entry.key))] };
}

/** How many messages that came by themselves are shown, of people or about requests; the next check for news begins after them. */
export const countUnprompted = (transcript: Transcript): number =>
  transcript.entries.filter((entry) => entry.who === "candor" && (entry.reply.kind === "human" || entry.reply.unprompted)).length;

/** Whether the last that was shown of a request is that it waits for its code: the code's letter may come back. */
export const awaitsCode = (transcript: Transcript): boolean =>
  transcript.entries.findLast((entry): entry is Replied => entry.who === "candor" && !!entry.reply.ticket)?.reply.ticket?.status === "awaiting_identity";

/** The person who transcripts with the visitor now. */
export function personOf(transcript: Transcript): Speaker | null {
  const last = transcript.entries.findLast((entry): entry is Replied => entry.who === "candor" && !!entry.reply.speaker && entry.reply.speaker.does !== "says");
  return last?.reply.speaker?.does === "joins" ? last.reply.speaker : null;
}

/** Whether there may be news at any moment: a person was asked for or is there, or a request waits for its code. */
export function mayGetNews(transcript: Transcript): boolean {
  const last = transcript.entries.findLast((entry): entry is Replied => entry.who === "candor" && (entry.reply.kind === "handoff" || (!!entry.reply.speaker && entry.reply.speaker.does !== "says")));
  return (last !== undefined && last.reply.speaker?.does !== "leaves") || awaitsCode(transcript);
}

/** The conversation as the server stores it, with the messages that it has not answered yet. */
export function remembered(past: Past, greeting: Reply | null, pending: readonly Unsent[]): Transcript {
  let transcript = begun(past.company, greeting);
  let choices: readonly Choice[] = [];
  for (const turn of past.turns) {
    if (!turn.text) {
      transcript = withNews(transcript, [turn]); // a person's message, which answers none of the visitor's
      continue;
    }
    const chosen = choices.find((choice) => choice.payload === turn.text);
    transcript = asked(transcript, { key: turn.message_id, text: chosen?.title ?? turn.text, sends: turn.text });
    const lost = pending.some((unsent) => unsent.key === turn.message_id) && turn.replies.every((reply) => reply.kind === "error");
    if (lost) continue;
    transcript = answered(transcript, turn.message_id, turn.replies);
    for (const [answerId, helpful] of Object.entries(turn.feedback ?? {})) transcript = rated(transcript, answerId, helpful);
    choices = turn.replies.flatMap((reply) => reply.buttons ?? []);
  }
  const known = new Set(transcript.entries.map((entry) => entry.key));
  return pending.filter((unsent) => !known.has(unsent.key)).reduce(queued, { ...transcript, company: past.company });
}

/** The messages that are being sent, could not be sent, or wait for one that could not. One that was refused is none of them. */
export const pendingOf = (transcript: Transcript): readonly VisitorMessage[] =>
  transcript.entries.filter((entry): entry is VisitorMessage => entry.who === "visitor" && entry.state !== "sent" && !isRefused(entry));

/** The first of them, which has to be answered before the others are sent. */
export const unsentOf = (transcript: Transcript): VisitorMessage | null => pendingOf(transcript)[0] ?? null;

/** Whether the server will never take the message as it is. */
export const isRefused = (entry: Entry): boolean => entry.who === "visitor" && entry.problem?.kind === "refused";

export const hasAsked = (transcript: Transcript): boolean => transcript.entries.some((entry) => entry.who === "visitor");

/** The first entry whose buttons may still be pressed; a button above would answer another question than its own. */
export const livesFrom = (transcript: Transcript): number => transcript.entries.findLastIndex((entry) => entry.who === "visitor" && !isRefused(entry)) + 1;

/** What the visitor gave for a field of the request before they wanted to change it; "" if nothing. */
export function givenBefore(transcript: Transcript, place: number, field: string): string {
  const rows = transcript.entries.slice(0, place).flatMap((entry) => (entry.who === "candor" ? (entry.reply.card?.rows ?? []) : []));
  const row = rows.findLast((one) => one.field === field && one.value);
  return row && !row.left_out ? row.value : "";
}

/** Whether a reply goes on with the request of the one before it, so that its heading would only be said again. */
export function goesOn(transcript: Transcript, place: number): boolean {
  const [before, now] = [transcript.entries[place - 1], transcript.entries[place]];
  return before?.who === "candor" && now?.who === "candor" && !before.reply.speaker && !now.reply.speaker
    && before.reply.kind === "request" && now.reply.kind === "request" && before.reply.request_type === now.reply.request_type;
}

/** The places of the tickets that no later one of the same number replaces: only these can be acted on. */
export function newestTickets(transcript: Transcript): ReadonlySet<number> {
  const places = new Map<string, number>();
  transcript.entries.forEach((entry, place) => entry.who === "candor" && entry.reply.ticket && places.set(entry.reply.ticket.number, place));
  return new Set(places.values());
}

/** Which of a reply's buttons was pressed, by what the visitor said next. */
export function pressedOf(transcript: Transcript, place: number): number {
  const next = transcript.entries.slice(place + 1).find((entry): entry is VisitorMessage => entry.who === "visitor");
  const entry = transcript.entries[place];
  if (!next || entry?.who !== "candor") return -1;
  return (entry.reply.buttons ?? []).findIndex((choice) => choice.payload === next.sends);
}

export const problemOf = (trouble: Trouble, now: number): Problem => ({
  kind: trouble.kind,
  detail: trouble.detail,
  until: trouble.wait ? now + trouble.wait * 1000 : 0,
});

function withMessage(transcript: Transcript, key: string, change: (message: VisitorMessage) => VisitorMessage): Transcript {
  return { ...transcript, entries: transcript.entries.map((entry) => (entry.who === "visitor" && entry.key === key ? change(entry) : entry)) };
}
