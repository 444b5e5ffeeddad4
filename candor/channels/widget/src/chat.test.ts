import { beforeEach, describe, expect, test } from "vitest";
import type { Company, Feedback, News, Past, Reply, Speaker } from "./api";
import { Chat } from "./chat";
import type { Pass, Server } from "./server";
import { TabState } from "./tab-state";
import { pendingOf, unsentOf } from "./transcript";
import { languageOf } from "./texts";
import { Trouble } from "./trouble";

const { words } = languageOf("en");
const CLEVRA = { id: "clevra", name: "Clevra", suggestions: [] } as unknown as Company;

/** A server that answers at once, or fails as it is told to. */
class FakeServer implements Server {
  readonly received: { id: string; text: string }[] = [];
  readonly begun: string[] = [];
  readonly forgotten: string[] = [];
  turns: Past["turns"] = [];
  faults: Record<string, Trouble[]> = {};
  replies: readonly Reply[] = [{ kind: "answer", text: "No." }];

  card = CLEVRA;
  signals: boolean[] = [];
  company = async () => this.do("company", this.card);
  begin = async (company: string, gpc: boolean) => {
    this.signals.push(gpc);
    const begun = await this.do("begin", { conversation: `c${this.begun.length}`, token: "t", reply: { kind: "smalltalk", text: "Ask me." } as Reply });
    this.begun.push(company);
    return begun;
  };
  say = async (pass: Pass, text: string, id: string) => {
    this.received.push({ id, text });
    return this.do("say", { replies: this.replies, person: this.person }, pass);
  };
  person: Speaker | null = null;
  fresh: (News | null)[] = [];
  readonly asked: { after: number; tag: string }[] = [];
  back = 0;
  news = async (_pass: Pass, after: number, tag: string) => {
    this.asked.push({ after, tag });
    return this.do("news", { news: this.fresh.shift() ?? null, tag: `"${this.asked.length}"` });
  };
  handBack = async () => {
    this.back += 1;
  };
  past = async () => this.do("past", { company: "clevra", turns: this.turns });
  rate = async (_pass: Pass, _feedback: Feedback) => this.do("rate", undefined);
  transcript = async () => this.do("transcript", "text");
  forget = async (pass: Pass) => {
    await this.do("forget", undefined);
    this.forgotten.push(pass.id);
  };

  private async do<T>(name: string, answer: T, _pass?: Pass): Promise<T> {
    const fault = this.faults[name]?.shift();
    if (fault) throw fault;
    return answer;
  }
}

class FakeStorage {
  readonly kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
  removeItem = (key: string) => void this.kept.delete(key);
}

let server: FakeServer;
let storage: FakeStorage;
let announced: string[];
let tickets: string[];
let timers: { what: () => void; after: number }[];
let visible: boolean;
let gpc: boolean;
let counted: number[];
let others: ((conversation: string) => void)[];

beforeEach(() => {
  server = new FakeServer();
  storage = new FakeStorage();
  [announced, tickets, timers, others] = [[], [], [], []];
  [visible, gpc, counted] = [true, false, []];
});

function aChat(): Chat {
  let ids = 0;
  return new Chat({
    company: "clevra", server, saved: new TabState("clevra", storage), words, greeting: "", newId: () => `m${storage.kept.size}-${ids++}`, now: () => 1_000,
    tabs: { tell: () => undefined, onChange: (listener) => void others.push(listener) },
    later: (what, after) => timers.push({ what, after }), notYet: (timer) => timers.splice(timer - 1, 1),
    changed: () => undefined, announce: (text) => void announced.push(text), opened: (ticket) => void tickets.push(ticket.number),
    gpc, visible: () => visible, news: (count) => void counted.push(count),
  });
}

const settled = () => new Promise((done) => setTimeout(done));
const shown = (chat: Chat) => chat.transcript.entries.map((entry) => (entry.who === "candor" ? entry.reply.text : entry.who === "visitor" ? `> ${entry.text}` : `! ${entry.problem.kind}`));

describe("a chat", () => {
  test("announces a message's replies once, all together", async () => {
    const chat = aChat();
    await chat.open();
    server.replies = [{ kind: "answer", text: "No." }, { kind: "request", text: "Shall I?" }];

    chat.say("Do you sell data?");
    await settled();

    expect(shown(chat)).toEqual(["Ask me.", "> Do you sell data?", "No.", "Shall I?"]);
    expect(announced).toEqual(["No. Privacy request Shall I?"]);
  });

  test("sends a double click once", async () => {
    const chat = aChat();
    await chat.open();

    expect(chat.say("Yes", "yes")).toBe(true);
    expect(chat.say("Yes", "yes")).toBe(false);
    await settled();

    expect(server.received.map((one) => one.text)).toEqual(["yes"]);
  });

  test("tries again under the same id after a lost network", async () => {
    const chat = aChat();
    await chat.open();
    server.faults = { say: [new Trouble("network")] };
    chat.say("Do you sell data?");
    await settled();
    expect(unsentOf(chat.transcript)?.state).toBe("failed");

    chat.retry();
    await settled();

    expect(server.received).toHaveLength(2);
    expect(new Set(server.received.map((one) => one.id)).size).toBe(1);
    expect(unsentOf(chat.transcript)).toBeNull();
  });

  test("waits as long as it is told to, then goes on by itself", async () => {
    const chat = aChat();
    await chat.open();
    server.faults = { say: [new Trouble("busy", "", 12)] };
    chat.say("Do you sell data?");
    await settled();
    expect(announced).toEqual([words.busy(12)]);

    const waiting = timers.find((timer) => timer.after === 12_000);
    waiting?.what();
    await settled();

    expect(shown(chat).at(-1)).toBe("No.");
  });

  test("keeps what is written while it begins, and sends it then", async () => {
    const chat = aChat();
    const opening = chat.open();
    expect(chat.write("Do you sell data?")).toBe(true);
    expect(shown(chat)).toEqual(["> Do you sell data?"]);

    await opening;
    await settled();

    expect(shown(chat)).toEqual(["Ask me.", "> Do you sell data?", "No."]);
    expect(announced).toContain(words.queued);
  });

  test("sends what is written while an answer is awaited after that answer, in order", async () => {
    const chat = aChat();
    await chat.open();
    chat.write("One");
    chat.write("Two");
    chat.write("Three");
    await settled();
    await settled();

    expect(server.received.map((one) => one.text)).toEqual(["One", "Two", "Three"]);
    expect(shown(chat)).toEqual(["Ask me.", "> One", "No.", "> Two", "No.", "> Three", "No."]);
  });

  test("tries a failed message again before the next one, and sends both", async () => {
    const chat = aChat();
    await chat.open();
    server.faults = { say: [new Trouble("network"), new Trouble("network")] };
    chat.write("One");
    await settled();
    chat.write("Two");
    await settled();
    expect(shown(chat)).toEqual(["Ask me.", "> One", "> Two"]);
    expect(pendingOf(chat.transcript).map((one) => one.state)).toEqual(["failed", "queued"]);

    chat.retry();
    await settled();

    expect(server.received.map((one) => one.text)).toEqual(["One", "One", "One", "Two"]);
    expect(shown(chat)).toEqual(["Ask me.", "> One", "No.", "> Two", "No."]);
  });

  test("goes on after a message that the server refuses, and gives it back to be changed", async () => {
    const chat = aChat();
    await chat.open();
    server.faults = { say: [new Trouble("refused", "Nobody can read this.")] };
    chat.write("\u200b?");
    await settled();
    chat.write("Do you sell data?");
    await settled();
    expect(shown(chat)).toEqual(["Ask me.", "> \u200b?", "> Do you sell data?", "No."]);

    const refused = chat.transcript.entries.find((entry) => entry.who === "visitor" && entry.state === "failed");
    chat.takeBack(refused?.key ?? "");

    expect(chat.draft).toBe("\u200b?");
    expect(shown(chat)).toEqual(["Ask me.", "> Do you sell data?", "No."]);
  });

  test("begins anew by itself with the next message where the conversation has ended", async () => {
    const chat = aChat();
    await chat.open();
    server.faults = { say: [new Trouble("gone")] };
    chat.write("One");
    await settled();

    chat.write("Two");
    await settled();

    expect(server.begun).toHaveLength(2);
    expect(shown(chat)).toEqual(["Ask me.", "> One", "No.", "> Two", "No."]);
  });

  test("does not hurry a message that has to wait, nor the one behind it", async () => {
    const chat = aChat();
    await chat.open();
    server.faults = { say: [new Trouble("busy", "", 12)] };
    chat.write("One");
    await settled();
    chat.write("Two");
    await settled();
    expect(server.received).toHaveLength(1);

    timers.find((timer) => timer.after === 12_000)?.what();
    await settled();

    expect(shown(chat)).toEqual(["Ask me.", "> One", "No.", "> Two", "No."]);
  });

  test("loses none of several messages in a reload", async () => {
    const first = aChat();
    await first.open();
    server.faults = { say: [new Trouble("network"), new Trouble("network")] };
    first.write("One");
    await settled();
    first.write("Two");
    await settled();

    const second = aChat();
    await second.open();
    await settled();

    expect(shown(second)).toEqual(["Ask me.", "> One", "No.", "> Two", "No."]);
  });

  test("goes on after a reload, and sends what was on its way under its old id", async () => {
    const first = aChat();
    await first.open();
    server.faults = { say: [new Trouble("network")] };
    first.say("Do you sell data?");
    await settled();
    first.typed("and also");

    const second = aChat();
    await second.open();

    expect(server.begun).toHaveLength(1);
    expect(new Set(server.received.map((one) => one.id)).size).toBe(1);
    expect(shown(second)).toEqual(["Ask me.", "> Do you sell data?", "No."]);
    expect(second.draft).toBe("and also");
  });

  test("keeps what was typed when the conversation has ended, and says it in a new one", async () => {
    const chat = aChat();
    await chat.open();
    server.faults = { say: [new Trouble("gone")] };
    chat.say("Do you sell data?");
    await settled();
    expect(shown(chat).at(-1)).toBe("> Do you sell data?");

    chat.startAgain();
    await settled();

    expect(server.begun).toHaveLength(2);
    expect(server.received[1]?.id).not.toBe(server.received[0]?.id);
    expect(shown(chat)).toEqual(["Ask me.", "> Do you sell data?", "No."]);
  });

  test("begins anew where a reload finds that the conversation has ended", async () => {
    await aChat().open();
    server.faults = { past: [new Trouble("gone")] };

    const chat = aChat();
    await chat.open();

    expect(server.begun).toHaveLength(2);
    expect(announced).toEqual([words.goneQuietly]);
  });

  test("does not throw a conversation away because it could not be reached", async () => {
    await aChat().open();
    server.turns = [{ message_id: "m1", text: "Hello", replies: [{ kind: "smalltalk", text: "Hi." }], at: "" }];
    server.faults = { past: [new Trouble("network")] };
    const chat = aChat();
    await chat.open();
    expect(shown(chat)).toEqual(["! network"]);

    chat.retry();
    await settled();

    expect(server.begun).toHaveLength(1);
    expect(shown(chat)).toEqual(["Ask me.", "> Hello", "Hi."]);
  });

  test("takes a question while the server is down, and begins with it later", async () => {
    server.faults = { begin: [new Trouble("network"), new Trouble("network")] };
    const chat = aChat();
    await chat.open();
    chat.say("Do you sell data?");
    await settled();
    expect(shown(chat)).toEqual(["> Do you sell data?"]);

    chat.retry();
    await settled();

    expect(shown(chat)).toEqual(["Ask me.", "> Do you sell data?", "No."]);
  });

  test("forgets on the server first, and not here where the server did not", async () => {
    const chat = aChat();
    await chat.open();
    chat.say("My secret");
    await settled();
    server.faults = { forget: [new Trouble("server")] };
    await expect(chat.forget()).rejects.toBeInstanceOf(Trouble);
    expect(shown(chat)).toContain("> My secret");

    await chat.forget();

    expect(server.forgotten).toEqual(["c0"]);
    expect(shown(chat)).toEqual(["Ask me."]);
    expect([...storage.kept.values()].join()).not.toContain("My secret");
  });

  test("ends with the reply that says so, and begins anew with what is said next", async () => {
    const chat = aChat();
    await chat.open();
    chat.say("My secret");
    await settled();
    server.replies = [{ kind: "smalltalk", text: "Forgotten. R-1 stays open.", ended: true }];
    chat.say("Yes, forget it", "yes");
    await settled();

    expect(shown(chat)).toEqual(["Forgotten. R-1 stays open."]);
    expect([...storage.kept.values()].join()).not.toContain("My secret");
    expect(chat.begun).toBe(false);
    expect(server.forgotten).toEqual([]); // the server did it by itself

    server.replies = [{ kind: "answer", text: "No." }];
    chat.say("Do you sell data?");
    await settled();

    expect(server.begun).toHaveLength(2);
    expect(shown(chat)).toEqual(["Forgotten. R-1 stays open.", "Ask me.", "> Do you sell data?", "No."]);
  });

  test("begins anew where the reply that ended it was lost on its way", async () => {
    const chat = aChat();
    await chat.open();
    server.faults = { say: [new Trouble("network"), new Trouble("gone")] };
    chat.say("Yes, forget it", "yes");
    await settled();

    chat.retry();
    await settled();

    expect(unsentOf(chat.transcript)?.problem?.kind).toBe("gone");
  });

  test("keeps no word of a conversation in the browser once it is answered", async () => {
    const chat = aChat();
    await chat.open();
    chat.say("My secret");
    await settled();

    expect([...storage.kept.values()].join()).not.toContain("My secret");
  });

  test("tells the page of a ticket, and asks what the page asks one after the other", async () => {
    const chat = aChat();
    server.replies = [{ kind: "request", text: "Done.", ticket: { number: "R-1", request_type: "deletion", status: "open", company: "clevra" } }];
    chat.write("first");
    chat.write("second");
    await chat.open();
    await settled();
    await settled();

    expect(server.received.map((one) => one.text)).toEqual(["first", "second"]);
    expect(tickets).toEqual(["R-1", "R-1"]);
  });

  test("follows another tab that goes on in the same conversation", async () => {
    const chat = aChat();
    await chat.open();
    server.turns = [{ message_id: "m9", text: "From the other tab", replies: [{ kind: "smalltalk", text: "Hi." }], at: "" }];

    others[0]?.("c0");
    await settled();

    expect(shown(chat)).toEqual(["Ask me.", "> From the other tab", "Hi."]);
  });
});

const ADA = { name: "Ada", company: "Clevra" };
const human = (id: string, text: string, does: Speaker["does"] = "says"): Past["turns"][number] => ({
  message_id: id, text: "", at: "2026-01-15T12:00:00Z", replies: [{ kind: "human", text, speaker: { ...ADA, does } }],
});
const joined = human("j", "Ada is here.", "joins");
const nextLook = async () => {
  const timer = timers.findLast((one) => one.after <= 15_000 && one.after !== 4_000);
  timers = [];
  timer?.what();
  await settled();
  return timer?.after;
};

describe("a live chat with a person", () => {
  async function aTalk(): Promise<Chat> {
    const chat = aChat();
    await chat.open();
    server.replies = [{ kind: "handoff", text: "Somebody answers." }];
    chat.say("A person, please");
    await settled();
    return chat;
  }

  test("is not looked for as long as nobody was asked for", async () => {
    const chat = aChat();
    await chat.open();
    chat.say("Do you sell data?");
    await settled();
    await nextLook();

    expect(server.asked).toEqual([]);
  });

  test("begins without a reload, marked as a person's, and is announced", async () => {
    const chat = await aTalk();
    server.fresh = [{ turns: [joined, human("p1", "Hello!")], n: 2, person: { ...ADA, does: "says" }, waiting: false }];

    await nextLook();

    expect(shown(chat).slice(-2)).toEqual(["Ada is here.", "Hello!"]);
    expect(announced.at(-1)).toBe("Ada is here. Ada from Clevra, a person: Hello!");
    expect(counted).toEqual([2]);
  });

  test("also brings news of a request that waits for its code, until it waits no longer", async () => {
    const ticket = { number: "R-7KQ4-M2XD", request_type: "deletion", status: "awaiting_identity", company: "clevra" };
    server.replies = [{ kind: "request", text: "A code is on its way.", ticket }];
    const chat = aChat();
    await chat.open();
    chat.say("yes");
    await settled();
    const refused = { message_id: "address_refused-7", text: "", at: "", replies: [{ kind: "request", text: "What is the right address?", unprompted: true, ticket } as const] };
    server.fresh = [{ turns: [refused], n: 1, person: null, waiting: false, awaits_code: true }];

    await nextLook();
    const told = shown(chat).at(-1);
    server.fresh = [{ turns: [], n: 1, person: null, waiting: false, awaits_code: false }];
    await nextLook();
    const looks = server.asked.length;
    await nextLook();

    expect(told).toBe("What is the right address?");
    expect(server.asked.at(-1)?.after).toBe(1);
    expect(server.asked).toHaveLength(looks);
  });

  test("looks less often while there is nothing, asks only for what it has not, and soon again after news", async () => {
    await aTalk();
    const waits = [await nextLook(), await nextLook(), await nextLook()];
    server.fresh = [{ turns: [joined], n: 1, person: { ...ADA, does: "says" }, waiting: true }];
    await nextLook();
    waits.push(await nextLook());

    expect(waits).toEqual([3_000, 3_750, 4_687.5, 3_000]);
    expect(server.asked.at(-1)).toEqual({ after: 1, tag: '"4"' });
  });

  test("is not looked for while nobody sees the page", async () => {
    const chat = await aTalk();
    visible = false;
    await nextLook();
    const looks = server.asked.length;
    await nextLook();
    visible = true;
    chat.listen(0);
    await nextLook();

    expect([looks, server.asked.length]).toEqual([1, 2]);
  });

  test("takes what the visitor writes, which Candor does not answer", async () => {
    const chat = await aTalk();
    server.fresh = [{ turns: [joined], n: 1, person: { ...ADA, does: "says" }, waiting: false }];
    server.replies = [];
    server.person = { ...ADA, does: "says" };

    chat.say("Are you there?");
    await settled();

    expect(shown(chat).slice(-2)).toEqual(["> Are you there?", "Ada is here."]);
    expect(unsentOf(chat.transcript)).toBeNull();
  });

  test("ends when Candor answers again, and nothing more is looked for", async () => {
    const chat = await aTalk();
    server.fresh = [{ turns: [joined, human("l", "Ada has left.", "leaves")], n: 2, person: null, waiting: false }];
    await nextLook();
    const looks = server.asked.length;
    await nextLook();

    expect(shown(chat).at(-1)).toBe("Ada has left.");
    expect(server.asked).toHaveLength(looks);
  });

  test("is all there after a reload, once, and goes on", async () => {
    await aTalk();
    server.turns = [
      { message_id: "m", text: "A person, please", at: "", replies: [{ kind: "handoff", text: "Somebody answers." }] }, joined, human("p1", "Hello!"),
      { message_id: "m2", text: "Hi Ada", at: "", replies: [] },
    ];
    const chat = aChat();
    await chat.open();
    server.fresh = [{ turns: [human("p1", "Hello!"), human("p2", "More.")], n: 3, person: { ...ADA, does: "says" }, waiting: false }];
    await nextLook();

    expect(shown(chat)).toEqual(["Ask me.", "> A person, please", "Somebody answers.", "Ada is here.", "Hello!", "> Hi Ada", "More."]);
    expect(server.asked.at(-1)?.after).toBe(2);
  });

  test("is handed back by the visitor", async () => {
    const chat = await aTalk();
    server.fresh = [{ turns: [joined, human("l", "Ada has left.", "leaves")], n: 2, person: null, waiting: true }];
    await chat.handBack();

    expect(server.back).toBe(1);
    expect(shown(chat).at(-1)).toBe("Ada has left.");
  });

  test("waits as long as the server asks it to", async () => {
    await aTalk();
    server.faults = { news: [new Trouble("busy", "", 40)] };
    await nextLook();

    expect(timers.at(-1)?.after).toBe(40_000);
  });
});

describe("Global Privacy Control", () => {
  const opt_out = { request_type: "opt_out_of_sale", title: "Opt out", says: "do not sell my data" };

  test.each([
    [true, false],
    [false, true],
  ])("has the opt-out offered, whether the browser tells the page (%s) or the server (%s), and sends nothing by itself", async (page, header) => {
    gpc = page;
    server.card = { ...CLEVRA, opt_out, gpc: header };
    const chat = aChat();
    await chat.open();
    await settled();

    expect(chat.offered).toEqual(opt_out);
    expect(server.signals).toEqual([page]);
    expect(server.received).toEqual([]);
  });

  test("offers nothing without the signal, nor where no law of the company gives that right", async () => {
    server.card = { ...CLEVRA, opt_out };
    const without = aChat();
    await without.open();
    await settled();
    gpc = true;
    server.card = { ...CLEVRA, opt_out: null };
    const elsewhere = aChat();
    await elsewhere.open();
    await settled();

    expect([without.offered, elsewhere.offered]).toEqual([null, null]);
  });
});
