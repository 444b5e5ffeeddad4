// Reads a table for its chart. Pure, apart from the table itself.
export type Unit = "" | "%" | "ms" | "points";

export interface Plotted {
  labels: string[];
  series: { title: string; unit: Unit; values: (number | null)[] }[];
}

/** The columns that are marked for drawing; null where the table has a dash.
 *
 * A chart begins with its data: what lies before the first row that has any is left out, and of bars each row that has none. */
export function read(table: HTMLTableElement, kind = "lines"): Plotted {
  const all = [...(table.tBodies[0]?.rows ?? [])];
  const plotted = [...(table.tHead?.rows[0]?.cells ?? [])].flatMap((head, place) => head.dataset["plotted"] === undefined ? [] : [place]);
  const values = (row: HTMLTableRowElement): string[] => plotted.map((place) => row.cells[place]?.dataset["value"] ?? "");
  const first = Math.max(0, all.findIndex((row) => values(row).some((value) => Number(value) !== 0)));
  const rows = kind === "bars" ? all.filter((row) => values(row).some((value) => value !== "")) : all.slice(first);
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  const text = (cell: Element | undefined): string => cell?.textContent?.trim() ?? "";
  return {
    labels: rows.map((row) => shortened(text(row.cells[0]))),
    series: heads.flatMap((head, place) => {
      if (head.dataset["plotted"] === undefined) return [];
      const values = rows.map((row) => row.cells[place]?.dataset["value"]).map((value) => (value ? Number(value) : null));
      return [{ title: shortened(text(head)), unit: (head.dataset["unit"] ?? "") as Unit, values }];
    }),
  };
}

/** A number as the tables write it. */
export function told(value: number | null, unit: Unit): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (unit === "%") return `${value}%`;
  if (unit === "ms") return value < 995 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
  return value.toLocaleString("en");
}

const LONGEST = 32; // characters; the table has the whole name

function shortened(label: string): string {
  return label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
}
