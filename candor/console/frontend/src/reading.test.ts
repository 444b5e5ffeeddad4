import { describe, expect, test } from "vitest";
import { read, told } from "./reading";

// happy-dom's sections of a table do not know their rows.
Object.defineProperty(HTMLTableSectionElement.prototype, "rows", {
  configurable: true, get(this: HTMLTableSectionElement) { return this.querySelectorAll("tr"); },
});

function table(rows: string, heads = '<th>Day</th><th data-plotted data-unit="%">Answered</th><th>Not drawn</th>'): HTMLTableElement {
  document.body.innerHTML = `<table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table>`;
  return document.querySelector("table") as HTMLTableElement;
}

describe("a table", () => {
  test("gives its labels and the columns that are marked", () => {
    expect(read(table('<tr><th> Monday </th><td data-value="12.5">12.5 %</td><td data-value="3">3</td></tr>'))).toEqual({
      labels: ["Monday"], series: [{ title: "Answered", unit: "%", values: [12.5] }],
    });
  });

  test("tells a dash from a nought", () => {
    const { series } = read(table('<tr><th>a</th><td data-value="0">0</td></tr><tr><th>b</th><td>–</td></tr><tr><th>c</th><td data-value="">–</td></tr>'));
    expect(series[0]?.values).toEqual([0, null, null]);
  });

  test("shortens long names, also those of columns", () => {
    const { labels, series } = read(table(`<tr><th>${"x".repeat(33)}</th></tr><tr><th>${"y".repeat(32)}</th></tr>`, `<th>Day</th><th data-plotted>${"z".repeat(40)}</th>`));
    expect(labels).toEqual([`${"x".repeat(31)}…`, "y".repeat(32)]);
    expect(series[0]).toMatchObject({ title: `${"z".repeat(31)}…`, unit: "" });
  });

  test("may be empty", () => {
    document.body.innerHTML = "<table></table>";
    expect(read(document.querySelector("table") as HTMLTableElement)).toEqual({ labels: [], series: [] });
  });
});

describe("a number", () => {
  test.each([
    [null, "", "–"], [Number.NaN, "%", "–"], [12.5, "%", "12.5%"], [0, "", "0"], [12345, "", "12,345"], [85.4, "ms", "85 ms"], [994, "ms", "994 ms"],
    [995, "ms", "1.0 s"], [1290, "ms", "1.3 s"],
  ] as const)("%s in %s is told as %s", (value, unit, text) => expect(told(value, unit)).toBe(text));
});

describe("a chart begins with its data", () => {
  const rows = '<tr><th>a</th><td data-value="0">0</td></tr><tr><th>b</th><td data-value="">–</td></tr><tr><th>c</th><td data-value="2">2</td></tr><tr><th>d</th><td data-value="0">0</td></tr>';

  test("what lies before it is left out, what comes after it stays", () => expect(read(table(rows)).labels).toEqual(["c", "d"]));
  test("of bars only rows without a value are left out", () => expect(read(table(rows), "bars").labels).toEqual(["a", "c", "d"]));
});
