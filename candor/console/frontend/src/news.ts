// Tells of new visitors and of requests that come due, with a sound or a notification where the person wished it.
// What somebody wrote is never in them: a notification may be read by whoever passes the screen.
const SEEN = "candor news seen"; // in localStorage, so that of several open pages one tells
type Seen = { visitor: number; due: number };

export function tellNews(): void {
  const live = document.getElementById("live");
  if (!live) return;
  const now = numbers(live);
  if (stored() === null) store(now); // what waited before the console was opened is on the page
  else store({ visitor: Math.max(stored()?.visitor ?? 0, now.visitor), due: now.due });
  document.body.addEventListener("htmx:afterSettle", () => {
    const again = document.getElementById("live");
    if (again) heard(numbers(again));
  });
  offerToTry();
}

/** Says once for all open pages of this browser what is new. */
export function heard(now: Seen): void {
  const before = stored() ?? now;
  store({ visitor: Math.max(before.visitor, now.visitor), due: now.due });
  if (now.visitor > before.visitor) tell("Somebody waits", "A visitor asks for a person.", "/console/waiting");
  else if (now.due > before.due) tell("A request has come due", "Its answer is due today, or late.", "/console/requests?due=today");
}

function tell(title: string, body: string, url: string): void {
  const said = document.getElementById("said");
  if (said) said.textContent = `${title}. ${body}`;
  if (document.body.dataset["sound"] !== undefined) play();
  if (document.body.dataset["notification"] === undefined || !("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification(title, { body, tag: "candor" });
  shown.onclick = () => { window.focus(); location.assign(url); };
}

/** Two soft notes; silent where the browser has not let the page make a sound yet. */
function play(): void {
  const audio = new AudioContext();
  for (const [place, pitch] of [660, 880].entries()) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + place * 0.16;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.15, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.32);
    if (place === 1) tone.onended = () => { void audio.close(); };
  }
}

/** On one's own page: asks the browser when the box is ticked, says where it refuses, and lets it be heard. */
function offerToTry(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-news-form]");
  if (!form) return;
  const box = (name: string) => form.querySelector<HTMLInputElement>(`input[name=${name}]`);
  const refused = form.querySelector<HTMLElement>("[data-news-refused]");
  const update = (): void => {
    const denied = !("Notification" in window) || Notification.permission === "denied";
    if (refused) refused.hidden = !(denied && box("notification")?.checked);
  };
  box("notification")?.addEventListener("change", () => {
    if (box("notification")?.checked && "Notification" in window) void Notification.requestPermission().then(update);
    update();
  });
  update();
  const button = form.querySelector<HTMLButtonElement>("[data-news-try]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (box("sound")?.checked) play();
    if (box("notification")?.checked && "Notification" in window && Notification.permission === "granted") {
      new Notification("Somebody waits", { body: "This is how it looks.", tag: "candor" });
    }
  });
}

function numbers(live: HTMLElement): Seen {
  return { visitor: Number(live.dataset["newestVisitor"] ?? 0), due: Number(live.dataset["due"] ?? 0) };
}

function stored(): Seen | null {
  const kept = localStorage.getItem(key());
  return kept ? (JSON.parse(kept) as Seen) : null;
}

function store(seen: Seen): void {
  localStorage.setItem(key(), JSON.stringify(seen));
}

function key(): string {
  return `${SEEN} ${document.body.dataset["person"] ?? ""}`;
}
