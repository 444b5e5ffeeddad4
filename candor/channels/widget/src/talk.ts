/** A conversation as it is shown, and what can happen to it. Pure: each step returns a new talk, nothing is changed in place. */

import type { Choice, Past, PastTurn, Reply, Speaker } from "./api";
import type { Trouble, TroubleKind } from "./trouble";

export interface Told {
  readonly kind: TroubleKind;
  readonly detail: string;
  readonly until: number; // milliseconds since 1970 on this machine's clock; 0: no need to wait
}

export interface Said {
  readonly who: "visitor";
  readonly key: string; // the message_id under which it is sent, however often
  readonly text: string; // what is shown: a button's title
  readonly sends: string; // what is sent: a button's payload
  readonly state: "sending" | "sent" | "failed";
  readonly told: Told | null;
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
  readonly told: Told;
}

export type Entry = Said | Replied | Notice;

export interface Talk {
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

export const begun = (company: string, greeting: Reply | null): Talk => ({
  company,
  entries: greeting ? [{ who: "candor", key: GREETING, reply: greeting, helpful: null }] : [],
});

/** A notice at the end that the conversation could not begin; there is one at most. */
export const notBegun = (talk: Talk, told: Told): Talk => ({ ...talk, entries: [...settled(talk).entries, { who: "notice", key: BEGINNING, told }] });

export const settled = (talk: Talk): Talk => ({ ...talk, entries: talk.entries.filter((entry) => entry.who !== "notice") });

/** The greeting goes before what was typed while the conversation was still beginning, and after what ended the one before. */
export function greeted(talk: Talk, greeting: Reply): Talk {
  const { entries } = settled(talk);
  const place = entries.findLastIndex(endsIt) + 1;
  return { ...talk, entries: [...entries.slice(0, place), ...begun(talk.company, greeting).entries, ...entries.slice(place)] };
}

const endsIt = (entry: Entry): boolean => entry.who === "candor" && entry.reply.ended === true;

/** Of a conversation that was just forgotten only the reply that says so stays, with what has to be noted down. */
export const ended = (company: string, replies: readonly Reply[]): Talk => ({
  company,
  entries: replies.filter((reply) => reply.ended).map((reply, number): Replied => ({ who: "candor", key: `ended.${number}`, reply, helpful: null })),
});

export const hasEnded = (talk: Talk): boolean => talk.entries.some(endsIt);

export const asked = (talk: Talk, { key, text, sends }: Unsent): Talk => ({
  ...talk,
  entries: [...talk.entries, { who: "visitor", key, text, sends, state: "sending", told: null }],
});

/** The replies stand after their message, and the company that the talk is about may have changed with them. */
export function answered(talk: Talk, key: string, replies: readonly Reply[]): Talk {
  const place = talk.entries.findIndex((entry) => entry.who === "visitor" && entry.key === key);
  if (place < 0) return talk;
  const said = { ...(talk.entries[place] as Said), state: "sent", told: null } as const;
  const news = replies.map((reply, number): Replied => ({ who: "candor", key: `${key}.${number}`, reply, helpful: null }));
  const company = replies.reduce((now, reply) => (reply.kind !== "compare" && reply.company) || now, talk.company);
  return { company, entries: [...talk.entries.slice(0, place), said, ...news, ...talk.entries.slice(place + 1)] };
}

export const failed = (talk: Talk, key: string, told: Told): Talk => withSaid(talk, key, (said) => ({ ...said, state: "failed", told }));

/** Sent again under its key; it moves to the end, where its answer will stand. */
export function again(talk: Talk, key: string): Talk {
  const said = talk.entries.find((entry): entry is Said => entry.who === "visitor" && entry.key === key);
  if (!said) return talk;
  const others = talk.entries.filter((entry) => entry !== said);
  return { ...talk, entries: [...others, { ...said, state: "sending", told: null }] };
}

export const without = (talk: Talk, key: string): Talk => ({ ...talk, entries: talk.entries.filter((entry) => entry.key !== key) });

export const rated = (talk: Talk, answerId: string, helpful: boolean): Talk => ({
  ...talk,
  entries: talk.entries.map((entry) => (entry.who === "candor" && entry.reply.answer_id === answerId ? { ...entry, helpful } : entry)),
});

/** What people of the company have said, at the end; what stands there already is not added again. */
export function heard(talk: Talk, turns: readonly PastTurn[]): Talk {
  const known = new Set(talk.entries.map((entry) => entry.key));
  const said = turns.flatMap((turn) => turn.replies.map((reply, number): Replied => ({ who: "candor", key: `${turn.message_id}.${number}`, reply, helpful: null })));
  return { ...talk, entries: [...talk.entries, ...said.filter((entry) => !known.has(entry.key))] };
}

/** How many messages of people are shown: the news that are asked for come after them. */
export const heardSoFar = (talk: Talk): number => talk.entries.filter((entry) => entry.who === "candor" && entry.reply.kind === "human").length;

/** The person who talks with the visitor now. */
export function personOf(talk: Talk): Speaker | null {
  const last = talk.entries.findLast((entry): entry is Replied => entry.who === "candor" && !!entry.reply.speaker && entry.reply.speaker.does !== "says");
  return last?.reply.speaker?.does === "joins" ? last.reply.speaker : null;
}

/** Whether a person may say something at any moment: one was asked for, or is there. */
export function mayHear(talk: Talk): boolean {
  const last = talk.entries.findLast((entry): entry is Replied => entry.who === "candor" && (entry.reply.kind === "handoff" || (!!entry.reply.speaker && entry.reply.speaker.does !== "says")));
  return last !== undefined && last.reply.speaker?.does !== "leaves";
}

/** What the server remembers of a conversation, and what it has not answered yet. */
export function remembered(past: Past, greeting: Reply | null, unsent: Unsent | null): Talk {
  let talk = begun(past.company, greeting);
  let choices: readonly Choice[] = [];
  for (const turn of past.turns) {
    if (!turn.text) {
      talk = heard(talk, [turn]); // a person's word, which answers no message
      continue;
    }
    const chosen = choices.find((choice) => choice.payload === turn.text);
    talk = asked(talk, { key: turn.message_id, text: chosen?.title ?? turn.text, sends: turn.text });
    const lost = unsent?.key === turn.message_id && turn.replies.every((reply) => reply.kind === "error");
    if (lost) continue;
    talk = answered(talk, turn.message_id, turn.replies);
    for (const [answerId, helpful] of Object.entries(turn.feedback ?? {})) talk = rated(talk, answerId, helpful);
    choices = turn.replies.flatMap((reply) => reply.buttons ?? []);
  }
  const known = unsent && talk.entries.some((entry) => entry.key === unsent.key);
  talk = { ...talk, company: past.company };
  return unsent && !known ? asked(talk, unsent) : talk;
}

/** The message that is on its way, or could not be sent; at most one is. */
export const unsentOf = (talk: Talk): Said | null =>
  talk.entries.findLast((entry): entry is Said => entry.who === "visitor" && entry.state !== "sent") ?? null;

export const hasAsked = (talk: Talk): boolean => talk.entries.some((entry) => entry.who === "visitor");

/** From this place on, what replies offer may still be pressed; a button above would answer another question than its own. */
export const livesFrom = (talk: Talk): number => talk.entries.findLastIndex((entry) => entry.who === "visitor") + 1;

/** Which of a reply's buttons was pressed: what the visitor said next. */
export function pressedOf(talk: Talk, place: number): number {
  const next = talk.entries.slice(place + 1).find((entry): entry is Said => entry.who === "visitor");
  const entry = talk.entries[place];
  if (!next || entry?.who !== "candor") return -1;
  return (entry.reply.buttons ?? []).findIndex((choice) => choice.payload === next.sends);
}

export const toldOf = (trouble: Trouble, now: number): Told => ({
  kind: trouble.kind,
  detail: trouble.detail,
  until: trouble.wait ? now + trouble.wait * 1000 : 0,
});

function withSaid(talk: Talk, key: string, change: (said: Said) => Said): Talk {
  return { ...talk, entries: talk.entries.map((entry) => (entry.who === "visitor" && entry.key === key ? change(entry) : entry)) };
}
