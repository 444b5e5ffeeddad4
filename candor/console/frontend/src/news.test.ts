import { beforeEach, expect, test, vi } from "vitest";
import { heard } from "./news";

const told = vi.fn();

beforeEach(() => {
  localStorage.clear();
  told.mockClear();
  document.body.innerHTML = '<p id="said"></p>';
  document.body.dataset["notification"] = "";
  vi.stubGlobal("Notification", Object.assign(function Fake(title: string) { told(title); }, { permission: "granted" }));
});

test("what waits already is no news; a newer visitor is told once, whichever page hears of it first", () => {
  heard({ visitor: 4, due: 0 });
  heard({ visitor: 5, due: 0 });
  heard({ visitor: 5, due: 0 });
  heard({ visitor: 0, due: 0 }); // nobody waits any more
  heard({ visitor: 5, due: 0 }); // came back by mail: the same visitor
  expect(told.mock.calls).toEqual([["Somebody waits"]]);
});

test("a request that comes due is told, one that is done is not", () => {
  for (const due of [1, 2, 1]) heard({ visitor: 0, due });
  expect(told.mock.calls).toEqual([["A request has come due"]]);
  expect(document.getElementById("said")?.textContent).toContain("due today");
});

test("nothing appears where it was not wished", () => {
  delete document.body.dataset["notification"];
  heard({ visitor: 0, due: 0 });
  heard({ visitor: 1, due: 0 });
  expect(told).not.toHaveBeenCalled();
});
