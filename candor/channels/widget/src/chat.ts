/** What the visitor does, and its effects: the only module with side effects. Everything it needs is passed in. */

import type { Company, Feedback, News, Reply, Shortcut, Ticket } from "./api";
import type { Pass, Server } from "./server";
import type { TabState } from "./tab-state";
import * as transcripts from "./transcript";
import type { Texts } from "./texts/en";
import { asTrouble, Trouble } from "./trouble";

const STILL_WAITING = 4_000; // milliseconds
const SOON = 3_000; // milliseconds between two checks for news; longer while there are none
const LATE = 15_000;

/** Other tabs of this browser: a duplicated tab continues the same conversation. */
export interface Tabs {
  tell(conversation: string): void;
  onChange(callback: (conversation: string) => void): void;
}

export interface Parts {
  readonly company: string;
  readonly server: Server;
  readonly saved: TabState;
  readonly tabs: Tabs;
  readonly words: Texts;
  readonly greeting: string; // the company's own, "" for Candor's
  readonly newId: () => string;
  readonly now: () => number;
  readonly later: (what: () => void, milliseconds: number) => number;
  readonly notYet: (timer: number) => void;
  readonly changed: () => void;
  readonly announce: (text: string) => void;
  readonly opened: (ticket: Ticket) => void;
  readonly gpc: boolean; // the browser says so to its pages: it asks not to sell or share this person's data
  readonly visible: () => boolean; // whether anybody can see this page
  readonly news: (count: number) => void; // how many messages of a person have arrived
}

export class Chat {
  transcript: transcripts.Transcript;
  info: Company | null = null; // of the company that the conversation is about now
  readonly others = new Map<string, Company>(); // every company asked for so far, by id
  waiting = false;
  draft: string;
  private pass: Pass | null;
  private recalled = false; // whether the transcript that the server stores is shown
  private greeting: Reply | null;
  private beginning: Promise<void> | null = null;
  private delivering = ""; // the key of the message that is on its way
  private timer = 0;
  private looks = 0; // the timer of the next check for news
  private looking = false;
  private pause = SOON;
  private tag = "";
  private over = false; // the server says that the visitor no longer waits for a person, or for a code

  constructor(private readonly parts: Parts) {
    const kept = parts.saved.load();
    this.pass = kept.pass;
    this.greeting = kept.greeting;
    this.draft = kept.draft;
    this.transcript = transcripts.begun(parts.company, null);
    parts.tabs.onChange((conversation) => void this.follow(conversation));
  }

  get begun(): boolean {
    return this.pass !== null;
  }

  /** The opt-out that the browser itself asks for; null where it asks for none, or no law of the company gives it. */
  get offered(): Shortcut | null {
    return this.parts.gpc || this.info?.gpc ? (this.info?.opt_out ?? null) : null;
  }

  /** Continue this tab's conversation, or begin one. */
  async open(): Promise<void> {
    void this.learn(this.parts.company);
    if (!transcripts.unsentOf(this.transcript)) this.transcript = this.parts.saved.load().pending.reduce(transcripts.queued, this.transcript);
    try {
      if (this.pass) await this.recall();
      else await this.begin();
    } catch (error) {
      this.transcript = transcripts.notBegun(this.transcript, transcripts.problemOf(asTrouble(error), this.parts.now()));
      this.parts.changed();
    }
    this.listen();
    await this.next();
  }

  /** Check for news soon, if a person may have some; called again when the page becomes visible. */
  listen(soon = SOON): void {
    this.rest();
    if (this.looking || this.over || !this.pass || !transcripts.mayGetNews(this.transcript) || !this.parts.visible()) return;
    this.pause = soon;
    this.looks = this.parts.later(() => {
      this.looks = 0;
      void this.look();
    }, soon);
  }

  private rest(): void {
    if (this.looks) this.parts.notYet(this.looks);
    this.looks = 0;
  }

  /** Let Candor answer again after a person has taken over. */
  async handBack(): Promise<void> {
    if (!this.pass) return;
    await this.parts.server.handBack(this.pass);
    await this.look();
  }

  /** Press a button, whose payload is `sends`. False while a message is being answered: a double click counts once. */
  say(text: string, sends = text): boolean {
    return !this.waiting && this.write(text, sends);
  }

  /** Send a message as soon as those before it are answered; until then it is shown as waiting. False if it is empty. */
  write(text: string, sends = text): boolean {
    if (!text.trim()) return false;
    const before = transcripts.unsentOf(this.transcript);
    this.transcript = transcripts.queued(this.transcript, { key: this.parts.newId(), text, sends });
    this.save();
    this.parts.changed();
    if (this.waiting) this.parts.announce(this.parts.words.queued);
    else if (!before) void this.next();
    else if (before.problem?.kind === "gone") this.startAgain();
    else if (before.problem?.kind !== "busy") this.retry(); // one that is too much at once goes out by itself
    return true;
  }

  retry(): void {
    const unsent = transcripts.unsentOf(this.transcript);
    if (this.waiting) return;
    if (unsent) void this.deliver(unsent).then(() => this.next());
    else if (!this.pass || !this.recalled) void this.open();
  }

  /** The server no longer has the conversation: begin a new one with the messages that were not sent. */
  startAgain(): void {
    const pending = transcripts.pendingOf(this.transcript);
    if (this.waiting) return;
    this.lose();
    this.keep(pending.map(({ text, sends }) => ({ key: this.parts.newId(), text, sends })));
    void this.next();
  }

  /** Take a message out of the conversation that the server refused, to be written again. */
  takeBack(key: string): void {
    const refused = this.transcript.entries.find((entry) => entry.key === key);
    if (refused?.who !== "visitor") return;
    this.transcript = transcripts.without(this.transcript, key);
    this.typed([refused.text, this.draft].filter(Boolean).join("\n"));
    this.parts.changed();
  }

  async rate(feedback: Feedback): Promise<void> {
    if (!this.pass) throw new Trouble("gone");
    await this.parts.server.rate(this.pass, feedback);
    this.transcript = transcripts.rated(this.transcript, feedback.answer_id, feedback.helpful);
    this.parts.changed();
  }

  async asText(): Promise<string> {
    if (!this.pass) throw new Trouble("gone");
    return this.parts.server.transcript(this.pass);
  }

  /** Delete it on the server, then here; throws Trouble if the server did not delete it. */
  async forget(): Promise<void> {
    await this.beginning;
    const pass = this.pass;
    if (pass) {
      await this.parts.server.forget(pass).catch((error: unknown) => {
        if (asTrouble(error).kind !== "gone") throw error;
      });
      this.parts.tabs.tell(pass.id);
    }
    this.draft = "";
    this.lose();
    await this.open();
  }

  typed(draft: string): void {
    this.draft = draft;
    this.save();
  }

  save(): void {
    const { saved } = this.parts;
    const pending = transcripts.pendingOf(this.transcript).map(({ key, text, sends }) => ({ key, text, sends }));
    saved.save({ pass: this.pass, greeting: this.greeting, draft: this.draft, pending });
  }

  /** Load what is known about a company, once; it is not retried if that fails. */
  async learn(id: string): Promise<void> {
    if (this.others.has(id)) return;
    try {
      this.others.set(id, await this.parts.server.company(id));
    } catch {
      return; // then ids stand in for names, and links to the company's own page are left out
    }
    this.info = this.others.get(this.transcript.company) ?? this.info;
    this.parts.changed();
  }

  private begin(): Promise<void> {
    this.beginning ??= this.reallyBegin().finally(() => (this.beginning = null));
    return this.beginning;
  }

  private async reallyBegin(): Promise<void> {
    const { server, company, words } = this.parts;
    const waited = this.waiting;
    this.wait(true);
    try {
      const { conversation, token, reply } = await server.begin(company, this.parts.gpc);
      this.pass = { id: conversation, token };
      this.recalled = true;
      this.greeting = this.parts.greeting ? { ...reply, text: this.parts.greeting } : reply;
      this.transcript = transcripts.greeted(this.transcript, this.greeting);
    } catch (error) {
      const trouble = asTrouble(error);
      throw trouble.kind === "gone" ? new Trouble("refused", words.noSuch) : trouble; // there is no such company, so starting again would not help
    } finally {
      this.wait(waited);
      this.save();
    }
  }

  private async recall(): Promise<void> {
    if (!this.pass) return;
    this.wait(true);
    try {
      const past = await this.parts.server.past(this.pass);
      this.transcript = transcripts.remembered(past, this.greeting, transcripts.pendingOf(this.transcript));
      this.recalled = true;
    } catch (error) {
      const trouble = asTrouble(error);
      if (trouble.kind !== "gone") throw trouble;
      const pending = transcripts.pendingOf(this.transcript);
      this.lose();
      this.keep(pending);
      await this.begin();
      this.parts.announce(this.parts.words.goneQuietly);
    } finally {
      this.wait(false);
    }
    this.learnAll();
    this.save();
  }

  private async deliver(unsent: transcripts.Unsent): Promise<void> {
    if (this.delivering === unsent.key) return; // it is being sent already
    this.delivering = unsent.key;
    this.transcript = transcripts.again(this.transcript, unsent.key);
    this.wait(true);
    this.save();
    try {
      if (!this.pass) await this.begin();
      if (!this.pass) throw new Trouble("network");
      const { replies, person } = await this.parts.server.say(this.pass, unsent.sends, unsent.key);
      this.transcript = transcripts.answered(this.transcript, unsent.key, replies);
      this.came(replies);
      if (replies.some((reply) => reply.kind === "handoff" || reply.ticket)) this.over = false;
      if (person && !transcripts.personOf(this.transcript)) await this.look();
      this.parts.tabs.tell(this.pass.id);
      if (replies.some((reply) => reply.ended)) this.end(replies);
      else if (!this.recalled) await this.recall();
    } catch (error) {
      this.stumbled(unsent, asTrouble(error));
    }
    this.delivering = "";
    this.wait(false);
    this.save();
    this.listen();
  }

  private stumbled(unsent: transcripts.Unsent, trouble: Trouble): void {
    const problem = transcripts.problemOf(trouble, this.parts.now());
    this.transcript = transcripts.failed(transcripts.settled(this.transcript), unsent.key, problem);
    this.parts.announce(inWords(problem, this.parts.words, this.parts.now()));
    if (trouble.kind === "busy") {
      this.parts.later(() => transcripts.unsentOf(this.transcript)?.key === unsent.key && this.retry(), trouble.wait * 1000);
    }
  }

  /** Check once for messages of a person. If there are none, check again later; if nobody is waited for, do not check again. */
  private async look(): Promise<void> {
    const { pass } = this;
    if (!pass || this.looking) return;
    this.looking = true;
    let pause = Math.min(LATE, this.pause * 1.25);
    try {
      const { news, tag } = await this.parts.server.news(pass, transcripts.countUnprompted(this.transcript), this.tag);
      if (this.pass !== pass) return;
      this.tag = tag;
      if (news) {
        pause = SOON;
        this.over = !news.waiting && !news.person && !news.awaits_code;
        this.showNews(news);
      }
    } catch (error) {
      const trouble = asTrouble(error);
      if (trouble.kind === "gone" || trouble.kind === "refused") this.over = true; // the next message will tell
      pause = Math.max(LATE, (trouble.wait ?? 0) * 1000);
    } finally {
      this.looking = false;
    }
    this.listen(pause);
  }

  private showNews(news: News): void {
    const before = this.transcript.entries.length;
    this.transcript = transcripts.withNews(this.transcript, news.turns);
    const fresh = this.transcript.entries.slice(before).flatMap((entry) => (entry.who === "candor" ? [entry.reply] : []));
    if (!fresh.length) return;
    const { words } = this.parts;
    this.parts.announce(fresh.map((reply) => (reply.speaker?.does === "says" ? words.readAloud(`${words.person(reply.speaker.name, reply.speaker.company)}:`, reply.text, 0) : reply.text)).join(" "));
    this.parts.news(fresh.length);
    this.parts.changed();
  }

  private came(replies: readonly Reply[]): void {
    if (!replies.length) return; // a person of the company will answer
    const { words } = this.parts;
    this.learnAll();
    // One announcement for each message, however many replies it has.
    this.parts.announce(replies.map((reply) => words.readAloud(words.kinds[reply.kind] ?? "", reply.text, reply.citations?.length ?? 0)).join(" "));
    for (const reply of replies) if (reply.ticket) this.parts.opened(reply.ticket);
  }

  /** Another tab has sent a message in this conversation, or had it forgotten. */
  private async follow(conversation: string): Promise<void> {
    if (this.pass?.id !== conversation || this.waiting || transcripts.unsentOf(this.transcript)) return;
    try {
      this.transcript = transcripts.remembered(await this.parts.server.past(this.pass), this.greeting, []);
      this.over = false;
      this.parts.changed();
      this.listen();
    } catch (error) {
      if (asTrouble(error).kind !== "gone") return; // the next message will tell
      this.lose();
      await this.open();
      this.parts.announce(this.parts.words.goneQuietly);
    }
  }

  private learnAll(): void {
    for (const company of companiesIn(this.transcript)) void this.learn(company);
    this.info = this.others.get(this.transcript.company) ?? this.info;
  }

  /** Send what waits, one message after the other, until one cannot be sent. */
  private async next(): Promise<void> {
    const unsent = transcripts.unsentOf(this.transcript);
    if (this.waiting || !unsent || unsent.state === "failed") return;
    await this.deliver(unsent);
    await this.next();
  }

  /** Let messages wait in a transcript that has begun anew. */
  private keep(pending: readonly transcripts.Unsent[]): void {
    this.transcript = pending.reduce(transcripts.queued, this.transcript);
    this.save();
  }

  /** The visitor had the conversation forgotten: remove it here too; the next message begins a new one. */
  private end(replies: readonly Reply[]): void {
    const pending = transcripts.pendingOf(this.transcript);
    this.draft = "";
    this.lose();
    this.transcript = transcripts.ended(this.parts.company, replies);
    this.keep(pending);
  }

  private lose(): void {
    this.pass = null;
    this.rest();
    [this.tag, this.over] = ["", false];
    this.recalled = false;
    this.greeting = null;
    this.transcript = transcripts.begun(this.parts.company, null);
    this.info = this.others.get(this.parts.company) ?? null;
    this.parts.saved.clear();
    this.save();
  }

  private wait(waiting: boolean): void {
    this.waiting = waiting;
    this.parts.notYet(this.timer);
    if (waiting && transcripts.unsentOf(this.transcript)) this.timer = this.parts.later(() => this.parts.announce(this.parts.words.stillWaiting), STILL_WAITING);
    this.parts.changed();
  }
}

/** A problem in the surface's words, or the server's own sentence if that helps more. */
export function inWords(problem: transcripts.Problem, words: Texts, now: number): string {
  switch (problem.kind) {
    case "network": return words.network;
    case "busy": return words.busy(Math.max(1, Math.ceil((problem.until - now) / 1000)));
    case "gone": return words.gone;
    case "refused": return problem.detail || words.refused;
    default: return problem.detail || words.server;
  }
}

/** Every company that a shown quote or comparison is about. */
function companiesIn(transcript: transcripts.Transcript): ReadonlySet<string> {
  const replies = transcript.entries.flatMap((entry) => (entry.who === "candor" ? [entry.reply] : []));
  const shown = replies.flatMap((reply) => [...(reply.citations ?? []), ...(reply.comparison ?? [])].map((one) => one.company));
  return new Set([transcript.company, ...shown]);
}
