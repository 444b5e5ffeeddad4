import { describe, expect, test } from "vitest";
import type { CardRow, Reply } from "./api";
import * as transcripts from "./transcript";

const says = (text: string, more: Partial<Reply> = {}): Reply => ({ kind: "answer", text, ...more });
const hello = transcripts.begun("clevra", says("Ask me."));
const one = { key: "m1", text: "Do you sell data?", sends: "Do you sell data?" };
const problem = { kind: "network", detail: "", until: 0 } as const;
const shown = (transcript: transcripts.Transcript) => transcript.entries.map((entry) => (entry.who === "candor" ? entry.reply.text : entry.who === "visitor" ? `> ${entry.text}` : "!"));

describe("a transcript", () => {
  test("shows replies after the message that they answer", () => {
    const transcript = transcripts.answered(transcripts.asked(hello, one), "m1", [says("No."), says("Shall I?")]);

    expect(shown(transcript)).toEqual(["Ask me.", "> Do you sell data?", "No.", "Shall I?"]);
    expect(transcripts.unsentOf(transcript)).toBeNull();
  });

  test("keeps a message that could not be sent, and sends it again under the same key", () => {
    const failed = transcripts.failed(transcripts.asked(hello, one), "m1", problem);
    const again = transcripts.again(failed, "m1");

    expect(transcripts.unsentOf(failed)).toMatchObject({ key: "m1", state: "failed" });
    expect(transcripts.unsentOf(again)).toMatchObject({ key: "m1", state: "sending", problem: null });
    expect(shown(again)).toEqual(["Ask me.", "> Do you sell data?"]);
  });

  test("greets above what was typed while it was still beginning", () => {
    const transcript = transcripts.greeted(transcripts.notBegun(transcripts.asked(transcripts.begun("clevra", null), one), problem), says("Ask me."));

    expect(shown(transcript)).toEqual(["Ask me.", "> Do you sell data?"]);
  });

  test("says once that it could not begin, however often that was tried", () => {
    expect(shown(transcripts.notBegun(transcripts.notBegun(transcripts.begun("clevra", null), problem), problem))).toEqual(["!"]);
  });

  test("is about the company that was switched to, but not about one it was compared with", () => {
    const switched = transcripts.answered(transcripts.asked(hello, one), "m1", [says("Clevio now.", { company: "clevio" })]);
    const compared = transcripts.answered(transcripts.asked(hello, one), "m1", [says("Both.", { kind: "compare", company: "clevio" })]);

    expect(switched.company).toBe("clevio");
    expect(compared.company).toBe("clevra");
  });

  test("lets only what came last be pressed, and knows what was pressed before", () => {
    const offer = says("Open it?", { buttons: [{ title: "Yes", payload: "yes" }, { title: "No", payload: "no" }] });
    const offered = transcripts.answered(transcripts.asked(hello, one), "m1", [offer]);
    const taken = transcripts.answered(transcripts.asked(offered, { key: "m2", text: "No", sends: "no" }), "m2", [says("All right.")]);

    expect(transcripts.livesFrom(offered)).toBe(2);
    expect(transcripts.livesFrom(taken)).toBe(4);
    expect(transcripts.pressedOf(taken, 2)).toBe(1);
    expect(transcripts.pressedOf(taken, 0)).toBe(-1);
  });

  test("remembers how an answer was rated", () => {
    const transcript = transcripts.rated(transcripts.answered(transcripts.asked(hello, one), "m1", [says("No.", { answer_id: "a_1" })]), "a_1", false);

    expect(transcript.entries.at(-1)).toMatchObject({ helpful: false });
  });
});

describe("what the server remembers", () => {
  const turn = (message_id: string, text: string, ...replies: Reply[]) => ({ message_id, text, replies, at: "2026-11-22T08:00:00Z" });

  test("comes back in order, with titles for pressed buttons and with ratings", () => {
    const offer = says("Open it?", { answer_id: "a_1", buttons: [{ title: "Yes, open it", payload: "yes" }] });
    const past = { company: "clevra", turns: [{ ...turn("m1", "delete my data", offer), feedback: { a_1: true } }, turn("m2", "yes", says("Done."))] };

    const transcript = transcripts.remembered(past, says("Ask me."), []);

    expect(shown(transcript)).toEqual(["Ask me.", "> delete my data", "Open it?", "> Yes, open it", "Done."]);
    expect(transcript.entries[2]).toMatchObject({ helpful: true });
  });

  test("holds a message once, whether its answer came before the reload or not", () => {
    const answered = transcripts.remembered({ company: "clevra", turns: [turn("m1", "Do you sell data?", says("No."))] }, null, [one]);
    const lost = transcripts.remembered({ company: "clevra", turns: [turn("m1", "Do you sell data?")] }, null, [one]);
    const down = transcripts.remembered({ company: "clevra", turns: [turn("m1", "Do you sell data?", says("Down.", { kind: "error" }))] }, null, [one]);
    const never = transcripts.remembered({ company: "clevra", turns: [] }, null, [one]);

    expect(shown(answered)).toEqual(["> Do you sell data?", "No."]);
    expect(transcripts.unsentOf(answered)).toBeNull();
    for (const transcript of [lost, down, never]) {
      expect(shown(transcript)).toEqual(["> Do you sell data?"]);
      expect(transcripts.unsentOf(transcript)?.key).toBe("m1");
    }
  });
});

describe("a request's card", () => {
  const row = (field: CardRow["field"], value: string, left_out = false): CardRow => ({ field, label: field, value, left_out, options: [] });
  const step = (...rows: CardRow[]) => says("Go on.", { card: { title: "Your request", lead: "", rows, cancel: { title: "Cancel", payload: "cancel the request" } } });
  const told = (...replies: Reply[]) =>
    replies.reduce((transcript, reply, number) => transcripts.answered(transcripts.asked(transcript, { ...one, key: `k${number}` }), `k${number}`, [reply]), transcripts.begun("clevra", null));

  test("gives back what is to be changed, but not that it was left out", () => {
    const transcript = told(step(row("email", "ada@example.org"), row("details", "none", true)), step(row("email", ""), row("details", "")));

    expect(transcripts.givenBefore(transcript, 3, "email")).toBe("ada@example.org");
    expect(transcripts.givenBefore(transcript, 3, "details")).toBe("");
    expect(transcripts.givenBefore(transcript, 0, "email")).toBe("");
  });

  test("of one ticket only the newest card can be acted on", () => {
    const ticket = (number: string, status: string) => says("Done.", { ticket: { number, status, request_type: "deletion", company: "clevra" } });

    const transcript = told(ticket("R-1", "open"), ticket("R-2", "open"), ticket("R-1", "withdrawn"));

    expect([...transcripts.newestTickets(transcript)].sort()).toEqual([3, 5]);
  });
});

test("a heading is not said twice in a row, unless a person or another right stands between", () => {
  const request = (request_type: string, more: Partial<Reply> = {}) => says("Go on.", { kind: "request", request_type, ...more } as Partial<Reply>);
  const person = { speaker: { name: "Bea", company: "Acme", does: "says" } } as Partial<Reply>;
  const transcript = transcripts.answered(transcripts.asked(transcripts.begun("clevra", null), one), "m1", [
    request("deletion"), request("deletion"), request("access"), says("No."), says("No."), request("access", person),
  ]);

  expect(transcript.entries.map((_, place) => transcripts.goesOn(transcript, place))).toEqual([false, false, true, false, false, false, false]);
});

test("a message that was refused leaves the buttons before it alive", () => {
  const transcript = transcripts.answered(transcripts.asked(transcripts.begun("clevra", null), one), "m1", [says("Open it?")]);
  const refused = transcripts.failed(transcripts.asked(transcript, { ...one, key: "m2" }), "m2", { kind: "refused", detail: "", until: 0 });

  expect(transcripts.livesFrom(refused)).toBe(1);
  expect(transcripts.unsentOf(refused)).toBeNull();
});
