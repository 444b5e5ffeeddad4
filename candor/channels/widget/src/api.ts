/** What the chat API sends and takes; the OpenAPI document at /openapi.json is the source. */

/** The same list as in candor/transcripts/reply_kinds.py; a test compares the two. */
export type ReplyKind =
  | "answer" | "not_in_policy" | "unsure" | "request" | "compare" | "out_of_scope" | "smalltalk" | "handoff" | "human" | "error";

export interface Citation {
  readonly n: number;
  readonly company: string;
  readonly policy: string;
  readonly version: string;
  readonly section: string;
  readonly lead_in: string;
  readonly quote: string;
  readonly url: string;
}

export interface Choice {
  readonly title: string;
  readonly payload: string;
}

export interface AskedField {
  readonly field: "email" | "residence" | "details" | "code" | "agreed";
  readonly options: readonly Option[];
  readonly skippable: boolean;
}

/** Something to choose: `value` is sent for it. `code` is the ISO 3166 code of a place. */
export interface Option {
  readonly value: string;
  readonly label: string;
  readonly code?: string;
}

export interface CardRow {
  readonly field: "request" | "residence" | "email" | "details";
  readonly label: string;
  readonly value: string; // "": not known yet
  readonly left_out: boolean; // then the value says so
  readonly edit?: Choice | null;
  readonly options: readonly Option[]; // what it can be changed to at once
}

/** A request that is not opened yet. `lead` stands above it instead of the reply's text, which repeats the rows. */
export interface RequestCard {
  readonly title: string;
  readonly lead: string;
  readonly rows: readonly CardRow[];
  readonly cancel: Choice;
}

/** `lead` stands above it instead of the reply's text, which repeats what the ticket shows. */
export interface Ticket {
  readonly number: string;
  readonly lead?: string;
  readonly request_type: string;
  readonly status: string;
  readonly company: string;
  readonly due?: string | null;
  readonly due_article?: string | null;
  readonly due_note?: string; // what is unsure about that day
  readonly what_next?: string | null;
  readonly contact?: string;
  readonly add?: Choice | null; // its payload is the beginning of a message
  readonly withdraw?: Choice | null;
  readonly check?: Choice | null;
}

export interface ComparedSide {
  readonly company: string;
  readonly name: string;
  readonly version: string;
  readonly about: string;
  readonly silent: boolean;
  readonly citations: readonly number[];
}

/** The person of the company who speaks, comes or goes with a reply of kind human. */
export interface Speaker {
  readonly name: string;
  readonly company: string;
  readonly does: "says" | "joins" | "leaves" | "passes"; // passes: leaves, and a colleague follows
}

export interface Reply {
  readonly kind: ReplyKind;
  readonly text: string;
  readonly company?: string | null;
  readonly request_type?: string | null;
  readonly buttons?: readonly Choice[];
  readonly citations?: readonly Citation[];
  readonly citations_shown?: number; // so many are read at once; the others are folded away
  readonly comparison?: readonly ComparedSide[];
  readonly answer_id?: string | null;
  readonly ticket?: Ticket | null;
  readonly form?: AskedField | null;
  readonly card?: RequestCard | null;
  readonly ended?: boolean; // the conversation is forgotten with this reply
  readonly speaker?: Speaker | null;
  readonly unprompted?: boolean; // news of a request: it answers no message
}

/** What came back to a message; where a person has taken the conversation, nothing did: they answer when they do. */
export interface Replies {
  readonly replies: readonly Reply[];
  readonly person?: Speaker | null;
}

export interface Company {
  readonly id: string;
  readonly name: string;
  readonly accent: string;
  readonly contact: string;
  readonly website: string | null;
  readonly policy_url: string;
  readonly glance_url: string;
  readonly website_policy: string | null;
  readonly version: string;
  readonly suggestions: readonly string[];
  readonly shortcuts?: Shortcuts;
  readonly opt_out?: Shortcut | null; // of sale and sharing, where the company's laws give that right
  readonly gpc?: boolean; // the browser sent Sec-GPC
}

export interface Shortcut {
  readonly request_type: string;
  readonly title: string;
  readonly says: string;
}

/** What is said to make a request, to see one's own, and to reach a person. */
export interface Shortcuts {
  readonly requests: readonly Shortcut[];
  readonly own_requests: string;
  readonly person: string;
}

export interface Begun {
  readonly conversation: string;
  readonly token: string;
  readonly reply: Reply;
}

export interface PastTurn {
  readonly message_id: string;
  readonly text: string;
  readonly replies: readonly Reply[];
  readonly at: string;
  readonly feedback?: Readonly<Record<string, boolean>>;
}

/** What people of the company have said since, and news of requests; `n` such messages there are in all. */
export interface News {
  readonly turns: readonly PastTurn[];
  readonly n: number;
  readonly person?: Speaker | null;
  readonly waiting: boolean;
  readonly awaits_code?: boolean; // a request waits for its code, whose letter may still come back
}

export interface Past {
  readonly company: string;
  readonly turns: readonly PastTurn[];
}

export type Reason = "" | "wrong_passage" | "not_answered" | "hard_to_understand" | "out_of_date" | "other";

export interface Feedback {
  readonly answer_id: string;
  readonly helpful: boolean;
  readonly reason: Reason;
  readonly comment: string;
}
