import { describe, expect, test } from "vitest";
import type { Reply } from "./api";
import * as talks from "./talk";

const says = (text: string, more: Partial<Reply> = {}): Reply => ({ kind: "answer", text, ...more });
const hello = talks.begun("clevra", says("Ask me."));
const one = { key: "m1", text: "Do you sell data?", sends: "Do you sell data?" };
const told = { kind: "network", detail: "", until: 0 } as const;
const shown = (talk: talks.Talk) => talk.entries.map((entry) => (entry.who === "candor" ? entry.reply.text : entry.who === "visitor" ? `> ${entry.text}` : "!"));

describe("a talk", () => {
  test("shows replies after the message that they answer", () => {
    const talk = talks.answered(talks.asked(hello, one), "m1", [says("No."), says("Shall I?")]);

    expect(shown(talk)).toEqual(["Ask me.", "> Do you sell data?", "No.", "Shall I?"]);
    expect(talks.unsentOf(talk)).toBeNull();
  });

  test("keeps a message that could not be sent, and sends it again under the same key", () => {
    const failed = talks.failed(talks.asked(hello, one), "m1", told);
    const again = talks.again(failed, "m1");

    expect(talks.unsentOf(failed)).toMatchObject({ key: "m1", state: "failed" });
    expect(talks.unsentOf(again)).toMatchObject({ key: "m1", state: "sending", told: null });
    expect(shown(again)).toEqual(["Ask me.", "> Do you sell data?"]);
  });

  test("greets above what was typed while it was still beginning", () => {
    const talk = talks.greeted(talks.notBegun(talks.asked(talks.begun("clevra", null), one), told), says("Ask me."));

    expect(shown(talk)).toEqual(["Ask me.", "> Do you sell data?"]);
  });

  test("says once that it could not begin, however often that was tried", () => {
    expect(shown(talks.notBegun(talks.notBegun(talks.begun("clevra", null), told), told))).toEqual(["!"]);
  });

  test("is about the company that was switched to, but not about one it was compared with", () => {
    const switched = talks.answered(talks.asked(hello, one), "m1", [says("Clevio now.", { company: "clevio" })]);
    const compared = talks.answered(talks.asked(hello, one), "m1", [says("Both.", { kind: "compare", company: "clevio" })]);

    expect(switched.company).toBe("clevio");
    expect(compared.company).toBe("clevra");
  });

  test("lets only what came last be pressed, and knows what was pressed before", () => {
    const offer = says("Open it?", { buttons: [{ title: "Yes", payload: "yes" }, { title: "No", payload: "no" }] });
    const offered = talks.answered(talks.asked(hello, one), "m1", [offer]);
    const taken = talks.answered(talks.asked(offered, { key: "m2", text: "No", sends: "no" }), "m2", [says("All right.")]);

    expect(talks.livesFrom(offered)).toBe(2);
    expect(talks.livesFrom(taken)).toBe(4);
    expect(talks.pressedOf(taken, 2)).toBe(1);
    expect(talks.pressedOf(taken, 0)).toBe(-1);
  });

  test("remembers how an answer was rated", () => {
    const talk = talks.rated(talks.answered(talks.asked(hello, one), "m1", [says("No.", { answer_id: "a_1" })]), "a_1", false);

    expect(talk.entries.at(-1)).toMatchObject({ helpful: false });
  });
});

describe("what the server remembers", () => {
  const turn = (message_id: string, text: string, ...replies: Reply[]) => ({ message_id, text, replies, at: "2026-11-22T08:00:00Z" });

  test("comes back in order, with titles for pressed buttons and with ratings", () => {
    const offer = says("Open it?", { answer_id: "a_1", buttons: [{ title: "Yes, open it", payload: "yes" }] });
    const past = { company: "clevra", turns: [{ ...turn("m1", "delete my data", offer), feedback: { a_1: true } }, turn("m2", "yes", says("Done."))] };

    const talk = talks.remembered(past, says("Ask me."), null);

    expect(shown(talk)).toEqual(["Ask me.", "> delete my data", "Open it?", "> Yes, open it", "Done."]);
    expect(talk.entries[2]).toMatchObject({ helpful: true });
  });

  test("holds a message once, whether its answer came before the reload or not", () => {
    const answered = talks.remembered({ company: "clevra", turns: [turn("m1", "Do you sell data?", says("No."))] }, null, one);
    const lost = talks.remembered({ company: "clevra", turns: [turn("m1", "Do you sell data?")] }, null, one);
    const down = talks.remembered({ company: "clevra", turns: [turn("m1", "Do you sell data?", says("Down.", { kind: "error" }))] }, null, one);
    const never = talks.remembered({ company: "clevra", turns: [] }, null, one);

    expect(shown(answered)).toEqual(["> Do you sell data?", "No."]);
    expect(talks.unsentOf(answered)).toBeNull();
    for (const talk of [lost, down, never]) {
      expect(shown(talk)).toEqual(["> Do you sell data?"]);
      expect(talks.unsentOf(talk)?.key).toBe("m1");
    }
  });
});
