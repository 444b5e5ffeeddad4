// Draws a chart of the table in the same figure, so that both show the same.
import {
  BarController, BarElement, CategoryScale, Chart, type ChartDataset, Legend, type LegendItem, LineController, LineElement, LinearScale,
  PointElement, Tooltip,
} from "chart.js";
import { drawPoint } from "chart.js/helpers";
import { type Plotted, read, told } from "./reading";

Chart.register(BarController, BarElement, CategoryScale, Legend, LineController, LineElement, LinearScale, PointElement, Tooltip);

// Lines also differ in dash and marker, areas in hatching, so that nobody has to tell colours apart.
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 2], [1, 5]];
const MARKS = ["circle", "rect", "triangle", "rectRot", "cross", "star"] as const;
const MOST_MARKS = 45;
const drawn = new Map<HTMLElement, Chart>();

export function draw(figure: HTMLElement): void {
  const table = figure.querySelector("table");
  const plot = figure.querySelector<HTMLElement>(".plot");
  if (!table || !plot) return;
  const found = read(table, figure.dataset["chart"]);
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `Chart: ${table.caption?.textContent ?? ""}. The table below has the same numbers.`);
  canvas.setAttribute("aria-describedby", `${figure.id}-about`);
  canvas.setAttribute("aria-details", table.id);
  plot.replaceChildren(canvas);
  if (figure.dataset["chart"] === "bars") plot.dataset["rows"] = String(Math.min(found.labels.length, 12));
  drawn.get(figure)?.destroy();
  const made = chart(canvas, found, figure.dataset["chart"] ?? "lines");
  drawn.set(figure, made);
  figure.dataset["shown"] = JSON.stringify(made.data.datasets.map((set) => set.data)); // a gap is written as null
}

function chart(canvas: HTMLCanvasElement, found: Plotted, kind: string): Chart {
  const look = Look.of(canvas);
  const flat = kind === "bars"; // bars that lie, so that their names can be read
  const unit = found.series[0]?.unit ?? "";
  const number = {
    beginAtZero: true, stacked: kind === "stack", border: { display: false }, grid: { color: look.line }, title: { display: false },
    ...(unit === "%" && !flat ? { suggestedMax: 100 } : {}),
    ticks: { color: look.quiet, maxTicksLimit: 6, precision: 0, callback: (value: number | string) => told(Number(value), unit) },
  };
  const name = {
    stacked: kind === "stack", border: { color: look.line }, grid: { display: false },
    ticks: { color: flat ? look.ink : look.quiet, autoSkip: !flat, maxRotation: 0, autoSkipPadding: 16 },
  };
  return new Chart(canvas, {
    type: kind === "lines" ? "line" : "bar",
    data: { labels: found.labels, datasets: found.series.map((series, place) => dataset(series, place, kind, look, found.labels.length)) },
    options: {
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 200 },
      responsive: true, maintainAspectRatio: false, indexAxis: flat ? "y" : "x", interaction: { mode: "index", axis: flat ? "y" : "x", intersect: false },
      font: { family: look.font }, color: look.ink,
      scales: flat ? { x: number, y: name } : { x: name, y: number },
      plugins: {
        legend: {
          display: found.series.length > 1, position: "bottom", align: "start",
          labels: {
            color: look.ink, usePointStyle: kind === "lines", ...(kind === "lines" ? { pointStyleWidth: 38 } : {}), boxWidth: 16, boxHeight: 12, padding: 14,
            ...(kind === "lines" ? { generateLabels: (on: Chart) => samples(on, look) } : {}),
          },
        },
        tooltip: { callbacks: { label: (item) => ` ${item.dataset.label ?? ""}: ${told(flat ? item.parsed.x : item.parsed.y, unit)}` } },
      },
    },
  }) as Chart;
}

function dataset(series: Plotted["series"][number], place: number, kind: string, look: Look, points: number): ChartDataset<"line" | "bar"> {
  const colour = look.colours[place % look.colours.length] ?? look.ink;
  const shared = { label: series.title, data: series.values.map((value) => value ?? Number.NaN) };
  if (kind === "lines") {
    return {
      ...shared, type: "line", borderColor: colour, backgroundColor: look.paper, pointBorderColor: colour, borderWidth: 2, pointBorderWidth: 1.5,
      borderDash: DASHES[place % DASHES.length] ?? [], pointStyle: MARKS[place % MARKS.length] ?? "circle",
      pointRadius: points > MOST_MARKS ? 0 : 3, pointHoverRadius: 5, pointHitRadius: 12, tension: 0, spanGaps: false,
    };
  }
  const filled = place % 2 === 0 ? colour : hatched(colour, look.paper, place);
  return {
    ...shared, type: "bar", backgroundColor: filled, borderColor: kind === "stack" ? look.paper : colour, borderWidth: 1, borderRadius: 2,
    maxBarThickness: kind === "stack" ? 44 : 18, categoryPercentage: 0.78, barPercentage: 0.92,
  };
}

/** The legend of lines: a piece of each with its dash and its mark. */
function samples(on: Chart, look: Look): LegendItem[] {
  return Chart.defaults.plugins.legend.labels.generateLabels(on).map((item, place) => {
    const sample = document.createElement("canvas");
    [sample.width, sample.height] = [34, 14];
    const pen = sample.getContext("2d");
    if (pen) {
      pen.strokeStyle = look.colours[place % look.colours.length] ?? look.ink;
      pen.fillStyle = look.paper;
      pen.lineWidth = 2;
      pen.setLineDash(DASHES[place % DASHES.length] ?? []);
      pen.beginPath();
      pen.moveTo(0, 7);
      pen.lineTo(34, 7);
      pen.stroke();
      pen.setLineDash([]);
      drawPoint(pen, { pointStyle: MARKS[place % MARKS.length] ?? "circle", radius: 4, rotation: 0, borderWidth: 1.5 }, 17, 7);
    }
    return { ...item, pointStyle: sample, fontColor: look.ink };
  });
}

/** Stripes of a colour on paper; every other series is striped, each pair in another direction. */
function hatched(colour: string, paper: string, place: number): CanvasPattern | string {
  const tile = document.createElement("canvas");
  const size = (tile.width = tile.height = 8);
  const pen = tile.getContext("2d");
  if (!pen) return colour;
  pen.fillStyle = paper;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = colour;
  pen.lineWidth = 3.2;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    if (place % 4 === 1) { pen.moveTo(shift, size); pen.lineTo(shift + size, 0); }
    else { pen.moveTo(shift, 0); pen.lineTo(shift + size, size); }
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? colour;
}

/** The page's own colours, as they are now: light or dark. */
class Look {
  private constructor(
    readonly ink: string, readonly quiet: string, readonly line: string, readonly paper: string, readonly font: string,
    readonly colours: string[],
  ) {}

  static of(element: HTMLElement): Look {
    const style = getComputedStyle(element);
    const value = (name: string): string => style.getPropertyValue(name).trim();
    const colours = ["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((number) => value(`--chart-${number}`));
    return new Look(value("--ink"), value("--quiet"), value("--line"), value("--raised"), style.fontFamily, colours);
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { for (const figure of drawn.keys()) draw(figure); });
