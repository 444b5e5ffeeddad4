/** What the visitor does, and what follows from it: the one place with effects. Everything around it is handed in. */

import type { Company, Feedback, News, Reply, Ticket } from "./api";
import type { Pass, Server } from "./server";
import type { Shelf } from "./shelf";
import * as talks from "./talk";
import type { Texts } from "./texts/en";
import { asTrouble, Trouble } from "./trouble";

const STILL_WAITING = 4_000; // milliseconds
const SOON = 3_000; // milliseconds between two looks for news, which grow while there are none
const LATE = 15_000;

/** Other tabs of this browser; a duplicated tab goes on in the same conversation. */
export interface Tabs {
  tell(conversation: string): void;
  hear(heard: (conversation: string) => void): void;
}

export interface Parts {
  readonly company: string;
  readonly server: Server;
  readonly shelf: Shelf;
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
  readonly visible: () => boolean; // whether anybody can see this page
  readonly news: (count: number) => void; // so many messages of a person have come by themselves
}

export class Chat {
  talk: talks.Talk;
  info: Company | null = null; // of the company that the talk is about
  readonly others = new Map<string, Company>(); // every company asked for so far, by id
  waiting = false;
  draft: string;
  private pass: Pass | null;
  private recalled = false; // whether what the server remembers is shown
  private greeting: Reply | null;
  private beginning: Promise<void> | null = null;
  private delivering = ""; // the key of the message that is on its way
  private readonly queue: string[] = [];
  private timer = 0;
  private looks = 0; // the timer of the next look for news
  private looking = false;
  private pause = SOON;
  private tag = "";
  private over = false; // nobody is waited for any more, as the server says

  constructor(private readonly parts: Parts) {
    const kept = parts.shelf.load();
    this.pass = kept.pass;
    this.greeting = kept.greeting;
    this.draft = kept.draft;
    this.talk = talks.begun(parts.company, null);
    parts.tabs.hear((conversation) => void this.follow(conversation));
  }

  get begun(): boolean {
    return this.pass !== null;
  }

  /** Go on with this tab's conversation, or begin one. */
  async open(): Promise<void> {
    void this.learn(this.parts.company);
    const { unsent } = this.parts.shelf.load();
    if (unsent && !talks.unsentOf(this.talk)) this.talk = talks.asked(this.talk, unsent);
    try {
      if (this.pass) await this.recall();
      else await this.begin();
    } catch (error) {
      this.talk = talks.notBegun(this.talk, talks.toldOf(asTrouble(error), this.parts.now()));
      this.parts.changed();
    }
    const lost = talks.unsentOf(this.talk);
    if (lost) await this.deliver(lost);
    this.listen();
    this.next();
  }

  /** Look for news soon, where a person may have some; called again when the page comes into sight. */
  listen(soon = SOON): void {
    this.rest();
    if (this.looking || this.over || !this.pass || !talks.mayHear(this.talk) || !this.parts.visible()) return;
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

  /** Have Candor answer again, where a person has taken over. */
  async handBack(): Promise<void> {
    if (!this.pass) return;
    await this.parts.server.handBack(this.pass);
    await this.look();
  }

  /** Say something; `sends` is what a button stands for. False where it has to wait for an answer that is still to come. */
  say(text: string, sends = text): boolean {
    if (this.waiting || !text.trim() || talks.unsentOf(this.talk)) return false;
    const unsent = { key: this.parts.newId(), text, sends };
    this.talk = talks.asked(this.talk, unsent);
    void this.deliver(unsent).then(() => this.next());
    return true;
  }

  /** For the page around the chat: asked as soon as nothing else is under way. */
  ask(text: string): void {
    this.queue.push(text);
    this.next();
  }

  retry(): void {
    const unsent = talks.unsentOf(this.talk);
    if (this.waiting) return;
    if (unsent) void this.deliver(unsent).then(() => this.next());
    else if (!this.pass || !this.recalled) void this.open();
  }

  /** The conversation is gone on the server: what was to be said in it begins a new one. */
  startAgain(): void {
    const unsent = talks.unsentOf(this.talk);
    if (this.waiting) return;
    this.lose();
    if (unsent) this.talk = talks.asked(this.talk, { key: this.parts.newId(), text: unsent.text, sends: unsent.sends });
    this.retry();
  }

  async rate(feedback: Feedback): Promise<void> {
    if (!this.pass) throw new Trouble("gone");
    await this.parts.server.rate(this.pass, feedback);
    this.talk = talks.rated(this.talk, feedback.answer_id, feedback.helpful);
    this.parts.changed();
  }

  async transcript(): Promise<string> {
    if (!this.pass) throw new Trouble("gone");
    return this.parts.server.transcript(this.pass);
  }

  /** Delete it on the server, then here; raises Trouble where the server did not. */
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
    this.queue.length = 0;
    this.lose();
    await this.open();
  }

  typed(draft: string): void {
    this.draft = draft;
    this.save();
  }

  save(): void {
    const { shelf } = this.parts;
    const unsent = talks.unsentOf(this.talk);
    shelf.save({ pass: this.pass, greeting: this.greeting, draft: this.draft, unsent: unsent && { key: unsent.key, text: unsent.text, sends: unsent.sends } });
  }

  /** What is known of a company; asked for once, and not asked again where that fails. */
  async learn(id: string): Promise<void> {
    if (this.others.has(id)) return;
    try {
      this.others.set(id, await this.parts.server.company(id));
    } catch {
      return; // names then fall back to ids, and links to the company's own page are left out
    }
    this.info = this.others.get(this.talk.company) ?? this.info;
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
      const { conversation, token, reply } = await server.begin(company);
      this.pass = { id: conversation, token };
      this.recalled = true;
      this.greeting = this.parts.greeting ? { ...reply, text: this.parts.greeting } : reply;
      this.talk = talks.greeted(this.talk, this.greeting);
    } catch (error) {
      const trouble = asTrouble(error);
      throw trouble.kind === "gone" ? new Trouble("refused", words.noSuch) : trouble; // no such company: a new start would not help
    } finally {
      this.wait(waited);
      this.save();
    }
  }

  private async recall(): Promise<void> {
    if (!this.pass) return;
    const unsent = talks.unsentOf(this.talk);
    this.wait(true);
    try {
      this.talk = talks.remembered(await this.parts.server.past(this.pass), this.greeting, unsent);
      this.recalled = true;
    } catch (error) {
      const trouble = asTrouble(error);
      if (trouble.kind !== "gone") throw trouble;
      this.lose();
      if (unsent) this.talk = talks.asked(this.talk, unsent);
      await this.begin();
      this.parts.announce(this.parts.words.goneQuietly);
    } finally {
      this.wait(false);
    }
    this.learnAll();
    this.save();
  }

  private async deliver(unsent: talks.Unsent): Promise<void> {
    if (this.delivering === unsent.key) return; // it is on its way already
    this.delivering = unsent.key;
    this.talk = talks.again(this.talk, unsent.key);
    this.wait(true);
    this.save();
    try {
      if (!this.pass) await this.begin();
      if (!this.pass) throw new Trouble("network");
      const { replies, person } = await this.parts.server.say(this.pass, unsent.sends, unsent.key);
      this.talk = talks.answered(this.talk, unsent.key, replies);
      this.came(replies);
      if (replies.some((reply) => reply.kind === "handoff")) this.over = false;
      if (person && !talks.personOf(this.talk)) await this.look();
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

  private stumbled(unsent: talks.Unsent, trouble: Trouble): void {
    const told = talks.toldOf(trouble, this.parts.now());
    this.talk = talks.failed(talks.settled(this.talk), unsent.key, told);
    this.parts.announce(inWords(told, this.parts.words, this.parts.now()));
    if (trouble.kind === "busy") {
      this.parts.later(() => talks.unsentOf(this.talk)?.key === unsent.key && this.retry(), trouble.wait * 1000);
    }
  }

  /** Ask once whether a person has said something. Nothing new: the next look is later; nobody to wait for: there is none. */
  private async look(): Promise<void> {
    const { pass } = this;
    if (!pass || this.looking) return;
    this.looking = true;
    let pause = Math.min(LATE, this.pause * 1.25);
    try {
      const { news, tag } = await this.parts.server.news(pass, talks.heardSoFar(this.talk), this.tag);
      if (this.pass !== pass) return;
      this.tag = tag;
      if (news) {
        pause = SOON;
        this.over = !news.waiting && !news.person;
        this.heardNews(news);
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

  private heardNews(news: News): void {
    const before = this.talk.entries.length;
    this.talk = talks.heard(this.talk, news.turns);
    const fresh = this.talk.entries.slice(before).flatMap((entry) => (entry.who === "candor" ? [entry.reply] : []));
    if (!fresh.length) return;
    const { words } = this.parts;
    this.parts.announce(fresh.map((reply) => (reply.speaker?.does === "says" ? words.heard(`${words.person(reply.speaker.name, reply.speaker.company)}:`, reply.text, 0) : reply.text)).join(" "));
    this.parts.news(fresh.length);
    this.parts.changed();
  }

  private came(replies: readonly Reply[]): void {
    if (!replies.length) return; // it went to a person, who answers when they do
    const { words } = this.parts;
    this.learnAll();
    // One announcement a message, however many replies it has.
    this.parts.announce(replies.map((reply) => words.heard(words.kinds[reply.kind] ?? "", reply.text, reply.citations?.length ?? 0)).join(" "));
    for (const reply of replies) if (reply.ticket) this.parts.opened(reply.ticket);
  }

  /** Another tab said something in this conversation, or forgot it. */
  private async follow(conversation: string): Promise<void> {
    if (this.pass?.id !== conversation || this.waiting || talks.unsentOf(this.talk)) return;
    try {
      this.talk = talks.remembered(await this.parts.server.past(this.pass), this.greeting, null);
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
    for (const company of companiesIn(this.talk)) void this.learn(company);
    this.info = this.others.get(this.talk.company) ?? this.info;
  }

  private next(): void {
    if (this.waiting || talks.unsentOf(this.talk)) return;
    const text = this.queue.shift();
    if (text !== undefined) this.say(text);
  }

  /** The visitor had the conversation forgotten: nothing of it stays here either, and what they say next begins anew. */
  private end(replies: readonly Reply[]): void {
    this.draft = "";
    this.lose();
    this.talk = talks.ended(this.parts.company, replies);
  }

  private lose(): void {
    this.pass = null;
    this.rest();
    [this.tag, this.over] = ["", false];
    this.recalled = false;
    this.greeting = null;
    this.talk = talks.begun(this.parts.company, null);
    this.info = this.others.get(this.parts.company) ?? null;
    this.parts.shelf.clear();
    this.save();
  }

  private wait(waiting: boolean): void {
    this.waiting = waiting;
    this.parts.notYet(this.timer);
    if (waiting && talks.unsentOf(this.talk)) this.timer = this.parts.later(() => this.parts.announce(this.parts.words.stillWaiting), STILL_WAITING);
    this.parts.changed();
  }
}

/** A trouble in the surface's words; the server's own sentence where it has one that helps. */
export function inWords(told: talks.Told, words: Texts, now: number): string {
  switch (told.kind) {
    case "network": return words.network;
    case "busy": return words.busy(Math.max(1, Math.ceil((told.until - now) / 1000)));
    case "gone": return words.gone;
    case "refused": return told.detail || words.refused;
    default: return told.detail || words.server;
  }
}

/** Every company whose words or silence are shown. */
function companiesIn(talk: talks.Talk): ReadonlySet<string> {
  const replies = talk.entries.flatMap((entry) => (entry.who === "candor" ? [entry.reply] : []));
  const shown = replies.flatMap((reply) => [...(reply.citations ?? []), ...(reply.comparison ?? [])].map((one) => one.company));
  return new Set([talk.company, ...shown]);
}
