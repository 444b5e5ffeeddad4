// The chat page: choose a company, ask, read quotes, open requests.
// All text reaches the page through textContent. The conversations of this tab live in sessionStorage.

const LONGEST_WAIT = 60_000; // milliseconds until a request counts as failed
const STILL_WAITING = 4_000;
const NEARLY_FULL = 3_500; // characters; from here on the count is shown
const STORE = "candor";
const LABELS = {
  not_in_policy: "The policy does not say",
  unsure: "Not sure: the nearest passages",
  request: "Privacy request",
  compare: "Compared",
  out_of_scope: "Outside the policy",
  handoff: "Who to contact",
  error: "Something went wrong",
};
const $ = (id) => document.getElementById(id);
const page = {
  main: $("main"), picker: $("picker"), note: $("picker-note"), chat: $("chat"), bar: $("bar"), name: $("company-name"),
  change: $("change"), forget: $("forget"), log: $("log"), typing: $("typing"), chips: $("chips"),
  composer: $("composer"), input: $("input"), send: $("send"), count: $("count"), status: $("status"),
};
const companies = new Map();
for (const button of page.picker.querySelectorAll("[data-company]")) {
  companies.set(button.dataset.company, { name: button.textContent, accent: button.dataset.accent });
}

// A conversation: {id, token, company, history, draft, waiting}. A history entry is one of
//   {who: "visitor", text, sends, id, state: "sending" | "sent" | "failed", trouble}
//   {who: "candor", reply, used, closed, helpful}
//   {who: "notice", trouble}   the start of the conversation failed
let conversations = [];
let current = null;
const nodes = new WeakMap(); // history entry → its element, of the conversation shown

// ---- Talking to the server

class Trouble extends Error {
  constructor(kind, detail, wait = 0) {
    super(detail);
    this.kind = kind; // network · server · busy · gone · refused
    this.wait = wait; // seconds
  }

  get told() {
    return { kind: this.kind, detail: this.message, until: this.wait ? Date.now() + this.wait * 1000 : 0 };
  }
}

async function call(method, path, { token, body } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LONGEST_WAIT);
  try {
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal: stop.signal, cache: "no-store" });
    if (response.status === 204) return null;
    const answer = await response.json().catch(() => null);
    if (response.ok && answer) return answer;
    throw troubleOf(response, answer);
  } catch (error) {
    if (error instanceof Trouble) throw error;
    const slow = stop.signal.aborted;
    throw new Trouble("network", slow ? "No answer came within a minute." : "Candor could not be reached. Is the network down?");
  } finally {
    clearTimeout(timer);
  }
}

function troubleOf(response, problem) {
  const detail = [problem?.detail, problem?.title].find((text) => typeof text === "string" && text);
  if (response.status === 401 || response.status === 404) return new Trouble("gone", detail ?? "");
  if (response.status === 429) {
    const wait = Math.min(3600, Math.max(1, Math.ceil(Number(response.headers.get("Retry-After")) || 5)));
    const unit = wait === 1 ? "second" : "seconds";
    return new Trouble("busy", `That was a lot at once. You can try again in ${wait} ${unit}.`, wait);
  }
  if (response.status >= 400 && response.status < 500) return new Trouble("refused", detail ?? "This message was not accepted.");
  return new Trouble("server", detail ?? "Candor could not answer just now.");
}

const pathOf = (conversation) => `/api/conversations/${encodeURIComponent(conversation.id)}`;

/** crypto.randomUUID exists on https and localhost only; a company may host this on plain http inside its network. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// ---- What a reload restores

function save() {
  const kept = conversations.filter((one) => one.id).map(({ waiting, ...rest }) => rest);
  try {
    sessionStorage.setItem(STORE, JSON.stringify({ current: current?.id ?? null, conversations: kept }));
  } catch {
    // Storage is off or full: the conversation goes on, only a reload loses it.
  }
}

function load() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
    const kept = (stored?.conversations ?? []).filter((one) => one.id && one.token && companies.has(one.company) && Array.isArray(one.history));
    for (const entry of kept.flatMap((one) => one.history)) {
      delete entry.rating;
      // The page went away before the answer came; the same message_id makes sending again safe.
      if (entry.state !== "sending") continue;
      entry.state = "failed";
      entry.trouble = { kind: "network", detail: "The page was reloaded before the answer came.", until: 0 };
    }
    conversations = kept;
    return kept.find((one) => one.id === stored.current) ?? null;
  } catch {
    return null;
  }
}

// ---- Elements

function make(tag, { text, on, data, ...rest } = {}, ...children) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (data) Object.assign(element.dataset, data);
  if (on) element.addEventListener("click", on);
  for (const [name, value] of Object.entries(rest)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

const button = (text, on, rest = {}) => make("button", { type: "button", text, on, ...rest });
const nameOf = (company) => companies.get(company)?.name ?? company;
const versionText = (version) => (String(version).startsWith("undated") ? "undated version" : `version ${version}`);
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const inWords = (word) => String(word).replaceAll("_", " ");

function setAccent(element, accent) {
  if (/^#[0-9a-f]{6}$/i.test(accent ?? "")) element.style.setProperty("--company", accent);
  else element.style.removeProperty("--company");
}

function draw(entry) {
  if (entry.who === "visitor") return drawVisitor(entry);
  if (entry.who === "notice") return drawNotice(entry.trouble, () => restart(entry));
  return drawReply(entry);
}

function drawVisitor(entry) {
  const turn = make("div", { class: "turn visitor", data: { testid: "visitor" } },
    make("span", { class: "unseen", text: "You:" }), make("p", { class: "said", text: entry.text }));
  if (entry.state === "failed") {
    turn.classList.add("unsent");
    turn.append(drawNotice(entry.trouble, () => retry(entry), () => startAgain(entry)));
  }
  return turn;
}

function drawNotice(trouble, again, anew) {
  const notice = make("div", { class: "turn notice", data: { testid: "notice", kind: trouble.kind } });
  if (trouble.kind === "gone") {
    const lost = anew ? "This conversation is no longer there. Your message was not answered." : trouble.detail || "This company cannot be asked at the moment.";
    notice.append(make("p", { text: lost }));
    if (anew) notice.append(button("Start a new conversation", anew, { "data-testid": "start-again" }));
    return notice;
  }
  notice.append(make("p", { class: "said", text: trouble.detail }));
  if (trouble.kind === "refused") return notice;
  const retryButton = button("Retry", again, { "data-testid": "retry" });
  const left = trouble.until - Date.now();
  if (left > 0) {
    retryButton.disabled = true;
    setTimeout(() => (retryButton.disabled = false), left);
  }
  notice.append(retryButton);
  return notice;
}

function drawReply(entry) {
  const { reply } = entry;
  const turn = make("div", { class: "turn reply", data: { testid: "reply", kind: reply.kind } }, make("span", { class: "unseen", text: "Candor:" }));
  const label = LABELS[reply.kind];
  if (label) turn.append(make("p", { class: "label", text: reply.kind === "request" && reply.request_type ? `${label}: ${inWords(reply.request_type)}` : label }));
  if (reply.text) turn.append(make("p", { class: "said", text: reply.text }));
  if (reply.comparison?.length) turn.append(drawComparison(reply));
  else if (reply.citations?.length) turn.append(drawCitations(reply));
  if (reply.ticket) turn.append(drawTicket(reply.ticket));
  if (reply.buttons?.length) turn.append(drawChoices(entry));
  if (reply.answer_id) turn.append(drawFeedback(entry));
  return turn;
}

function drawCitations(reply) {
  const cited = make("div", { class: "cited" });
  let last = null;
  for (const citation of reply.citations) {
    if (reply.kind === "compare" && citation.company !== last) {
      const of = make("p", { class: "of", text: nameOf(citation.company) });
      setAccent(of, companies.get(citation.company)?.accent);
      cited.append(of);
    }
    last = citation.company;
    cited.append(drawCitation(citation));
  }
  return cited;
}

/** Companies, or two versions of a policy, side by side; who is silent has a place too. */
function drawComparison(reply) {
  const quoted = new Map((reply.citations ?? []).map((citation) => [citation.n, citation]));
  const sides = make("div", { class: "sides", data: { testid: "comparison" } });
  let last = "";
  for (const side of reply.comparison) {
    if (side.about && side.about !== last) sides.append(make("p", { class: "side-about", text: capital(side.about) }));
    last = side.about;
    const of = make("p", { class: "of", text: capital(side.name) });
    setAccent(of, companies.get(side.company)?.accent);
    const silence = side.about ? "Not in this version." : "Nothing found that says it.";
    sides.append(make("section", { class: "side", "aria-label": side.name, data: { testid: "side", company: side.company } }, of,
      ...(side.citations ?? []).map((n) => quoted.has(n) && drawCitation(quoted.get(n))),
      side.silent && make("p", { class: "side-silent", text: silence })));
  }
  const versions = [...new Set(reply.comparison.map((side) => side.version))];
  if (last && versions.length === 2) {
    const [old, now] = versions.map(encodeURIComponent);
    const href = `/policies/${encodeURIComponent(reply.comparison[0].company)}/changes?old=${old}&new=${now}`;
    sides.append(make("p", { class: "side-about" }, make("a", { href, target: "_blank", rel: "noopener", text: "See all changes" })));
  }
  return sides;
}

function drawCitation(citation) {
  const quote = make("blockquote");
  if (citation.lead_in) quote.append(make("p", { class: "lead-in", text: citation.lead_in }));
  const mark = /^[^•·▪◦‣●\n]*[^:\s]\s*\n\s*([•·▪◦‣●])/.exec(citation.quote)?.[1]; // not before a lead-in
  quote.append(make("p", { class: "quote", text: citation.quote, "data-testid": "quote", "data-mark": mark }));
  const source = [nameOf(citation.company), citation.section, versionText(citation.version)].filter(Boolean).join(" · ");
  const caption = make("figcaption", {}, make("span", { class: "n", text: String(citation.n) }), make("span", { text: source }));
  const url = ownAddress(citation.url);
  if (url) {
    caption.append(make("br"), make("a", { href: url, target: "_blank", rel: "noopener", data: { testid: "citation-link" } },
      make("span", { text: "Read it in the policy" }), make("span", { class: "unseen", text: `: ${citation.section || "passage"} (opens in a new tab)` })));
  }
  const figure = make("figure", { class: "citation", data: { testid: "citation" } }, quote, caption);
  setAccent(figure, companies.get(citation.company)?.accent);
  return figure;
}

/** Only addresses on this very host become links. */
function ownAddress(address) {
  try {
    const url = new URL(address, location.origin);
    return url.origin === location.origin ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}

function drawTicket(ticket) {
  const number = make("span", { class: "ticket-number", text: ticket.number, data: { testid: "ticket-number" } });
  const copy = button("Copy", () => copyText(number, copy), { "aria-label": "Copy the request number" });
  const fact = (name, value) => value && make("div", {}, make("dt", { text: name }), make("dd", { text: inWords(value) }));
  return make("div", { class: "ticket", role: "group", "aria-label": "Your request", data: { testid: "ticket" } },
    make("p", { class: "ticket-of", text: "Your request number" }),
    make("div", { class: "ticket-top" }, number, copy),
    make("dl", {}, fact("Company", nameOf(ticket.company)), fact("Request", ticket.request_type), fact("Status", ticket.status)));
}

async function copyText(source, copy) {
  let copied = false;
  try {
    await navigator.clipboard.writeText(source.textContent);
    copied = true;
  } catch {
    // No clipboard on plain http: select the text, and copy the old way.
    getSelection().selectAllChildren(source);
    copied = document.execCommand("copy");
  }
  copy.textContent = copied ? "Copied" : "Selected";
  say(copied ? "Copied" : "Selected, ready to copy");
  setTimeout(() => (copy.textContent = "Copy"), 2500);
}

function drawChoices(entry) {
  const choices = make("div", { class: "choices", role: "group", "aria-label": "Answers to choose from" });
  entry.reply.buttons.forEach((choice, place) => {
    const used = entry.used === place;
    choices.append(button(choice.title, () => choose(entry, place), { class: used && "used", disabled: entry.closed }));
  });
  return choices;
}

function drawFeedback(entry) {
  const feedback = make("div", { class: "feedback", role: "group", "aria-label": "Was this answer helpful?" });
  const thanks = make("span", { class: "thanks", text: typeof entry.helpful === "boolean" ? "Thank you." : "" });
  for (const [title, helpful] of [["Helpful", true], ["Not helpful", false]]) {
    feedback.append(button(title, () => rate(entry, helpful, feedback), {
      class: "plain", "aria-pressed": String(entry.helpful === helpful), "aria-disabled": typeof entry.helpful === "boolean" && "true",
      "data-helpful": String(helpful),
    }));
  }
  feedback.append(thanks);
  return feedback;
}

// ---- The page as a whole

function say(text) {
  page.status.textContent = "";
  setTimeout(() => (page.status.textContent = text), 50);
}

function add(conversation, entry) {
  conversation.history.push(entry);
  if (conversation !== current) return null;
  const node = draw(entry);
  nodes.set(entry, node);
  page.log.append(node);
  return node;
}

function redraw(entry) {
  const old = nodes.get(entry);
  if (!old) return;
  const node = draw(entry);
  nodes.set(entry, node);
  old.replaceWith(node);
}

function remove(conversation, entry) {
  conversation.history = conversation.history.filter((one) => one !== entry);
  nodes.get(entry)?.remove();
}

/** Show what came last; of a reply that is higher than the window, its beginning. */
function showEnd(first) {
  const kept = [page.bar, page.composer].filter((part) => getComputedStyle(part).position === "sticky");
  const room = innerHeight - kept.reduce((sum, part) => sum + part.offsetHeight, 0);
  const last = page.log.lastElementChild;
  if (first && last.getBoundingClientRect().bottom - first.getBoundingClientRect().top > room) first.scrollIntoView({ block: "start" });
  else window.scrollTo({ top: document.documentElement.scrollHeight });
}

function refresh() {
  const waiting = Boolean(current?.waiting);
  page.typing.hidden = !waiting;
  page.send.disabled = waiting || !current?.id;
  const asked = current?.history.some((entry) => entry.who === "visitor");
  page.chips.hidden = !current?.id || waiting || Boolean(asked);
}

function setWaiting(conversation, waiting) {
  clearTimeout(conversation.waiting);
  conversation.waiting = waiting && setTimeout(() => conversation === current && say("Still waiting for the answer."), STILL_WAITING);
  if (conversation === current) refresh();
}

function showName(company) {
  page.name.textContent = nameOf(company);
  setAccent(document.documentElement, companies.get(company)?.accent);
}

function open(conversation) {
  current = conversation;
  page.picker.hidden = true;
  page.chat.hidden = false;
  page.note.textContent = "";
  showName(conversation.company);
  // What was said before is shown, not read out again.
  page.log.setAttribute("aria-live", "off");
  page.log.replaceChildren();
  for (const entry of conversation.history) {
    const node = draw(entry);
    nodes.set(entry, node);
    page.log.append(node);
  }
  setTimeout(() => page.log.setAttribute("aria-live", "polite"), conversation.history.length ? 300 : 0);
  page.input.value = conversation.draft ?? "";
  fitInput();
  refresh();
  document.documentElement.classList.remove("smooth");
  if (conversation.history.length > 1) showEnd(null);
  document.documentElement.classList.add("smooth");
  page.input.focus({ preventScroll: true });
  save();
}

function showPicker(note = "") {
  current = null;
  calmForget();
  page.log.replaceChildren();
  page.chat.hidden = true;
  page.picker.hidden = false;
  document.documentElement.classList.remove("smooth");
  window.scrollTo({ top: 0 });
  history.replaceState(null, "", location.pathname); // "?company=" would choose for the visitor again
  setAccent(document.documentElement, "");
  page.note.textContent = note;
  save();
}

// ---- What the visitor does

function pick(company) {
  const known = conversations.findLast((one) => one.company === company);
  if (known) open(known);
  else start(company);
}

async function start(company, draft = "") {
  const conversation = { id: null, token: null, company, history: [], draft, waiting: false };
  conversations.push(conversation);
  open(conversation);
  await begin(conversation);
}

async function begin(conversation) {
  setWaiting(conversation, true);
  try {
    const { conversation: id, token, reply } = await call("POST", "/api/conversations", { body: { company: conversation.company } });
    if (!id || !token) throw new Trouble("server", "Candor could not answer just now.");
    Object.assign(conversation, { id, token });
    if (conversation.forgotten) {
      await call("DELETE", pathOf(conversation), { token });
      return;
    }
    if (reply) add(conversation, { who: "candor", reply });
  } catch (error) {
    if (conversation.forgotten) return;
    add(conversation, { who: "notice", trouble: asTrouble(error).told });
  }
  setWaiting(conversation, false);
  if (!conversation.id && conversation !== current) conversations = conversations.filter((one) => one !== conversation);
  save();
}

function restart(entry) {
  const conversation = current;
  if (!conversation || conversation.waiting) return;
  remove(conversation, entry);
  page.input.focus();
  begin(conversation);
}

/** The old conversation is gone on the server; the message that found out waits in the input. */
function startAgain(entry) {
  const { company, draft } = current;
  conversations = conversations.filter((one) => one !== current);
  const typed = entry.sends === entry.text ? entry.text : ""; // a button's title means nothing elsewhere
  start(company, [typed, draft].filter(Boolean).join("\n"));
}

function asTrouble(error) {
  if (error instanceof Trouble) return error;
  console.error(error);
  return new Trouble("server", "Candor could not answer just now.");
}

function choose(entry, place) {
  if (!current?.id || current.waiting || entry.closed) return;
  entry.used = place;
  const { title, payload } = entry.reply.buttons[place];
  sendText(title, payload);
}

function sendText(text, sends = text) {
  const conversation = current;
  if (!conversation?.id || conversation.waiting || !text.trim()) return;
  // Buttons of earlier replies would now answer another question than the one they stand under.
  for (const entry of conversation.history) {
    if (entry.who !== "candor" || entry.closed || !entry.reply.buttons?.length) continue;
    entry.closed = true;
    redrawChoices(entry);
  }
  const entry = { who: "visitor", text, sends, id: newId(), state: "sending" };
  add(conversation, entry);
  // On a phone the keyboard would cover the answer to a tapped button; whoever types has the focus there already.
  if (!matchMedia("(pointer: coarse)").matches) page.input.focus({ preventScroll: true });
  deliver(conversation, entry);
}

function redrawChoices(entry) {
  nodes.get(entry)?.querySelector(".choices")?.replaceWith(drawChoices(entry));
}

function retry(entry) {
  const conversation = current;
  if (!conversation?.id || conversation.waiting || entry.state !== "failed") return;
  remove(conversation, entry);
  entry.state = "sending";
  entry.trouble = undefined;
  add(conversation, entry);
  page.input.focus({ preventScroll: true });
  deliver(conversation, entry);
}

async function deliver(conversation, entry) {
  setWaiting(conversation, true);
  showEnd(null);
  save();
  let first = null;
  try {
    const { replies } = await call("POST", `${pathOf(conversation)}/messages`, { token: conversation.token, body: { text: entry.sends, message_id: entry.id } });
    if (!Array.isArray(replies) || !replies.length) throw new Trouble("server", "No answer came back.");
    entry.state = "sent";
    for (const reply of replies) {
      const node = add(conversation, { who: "candor", reply });
      first ??= node;
      if (reply.kind !== "compare" && companies.has(reply.company)) conversation.company = reply.company;
    }
    if (conversation === current) showName(conversation.company);
  } catch (error) {
    entry.state = "failed";
    entry.trouble = asTrouble(error).told;
    if (conversation === current) redraw(entry);
  }
  setWaiting(conversation, false);
  if (conversation === current) showEnd(first);
  save();
}

async function rate(entry, helpful, feedback) {
  const conversation = current;
  if (typeof entry.helpful === "boolean" || entry.rating) return;
  entry.rating = true;
  const thanks = feedback.querySelector(".thanks");
  try {
    await call("POST", `${pathOf(conversation)}/feedback`, { token: conversation.token, body: { answer_id: entry.reply.answer_id, helpful, comment: "" } });
    entry.helpful = helpful;
    thanks.textContent = "Thank you.";
    for (const one of feedback.querySelectorAll("button")) {
      one.setAttribute("aria-pressed", String(one.dataset.helpful === String(helpful)));
      one.setAttribute("aria-disabled", "true");
    }
  } catch (error) {
    thanks.textContent = error.kind === "gone" ? "This conversation is no longer there." : "That could not be sent. Please try again.";
  }
  delete entry.rating;
  save();
}

function calmForget() {
  page.forget.classList.remove("asking");
  page.forget.textContent = "Forget this conversation";
}

async function forget() {
  const conversation = current;
  if (!page.forget.classList.contains("asking")) {
    page.forget.classList.add("asking");
    page.forget.textContent = "Really forget?";
    say("Really forget? Press once more.");
    return;
  }
  calmForget();
  page.forget.disabled = true;
  try {
    if (conversation.id) await call("DELETE", pathOf(conversation), { token: conversation.token });
  } catch (error) {
    if (error.kind !== "gone") {
      page.forget.disabled = false;
      page.forget.textContent = "Not forgotten: try again";
      say("The conversation could not be forgotten.");
      if (conversation === current) page.forget.focus();
      return;
    }
  }
  page.forget.disabled = false;
  conversation.forgotten = true; // one that is only just starting is deleted when its id comes
  conversations = conversations.filter((one) => one !== conversation);
  save();
  if (conversation !== current) return;
  showPicker("The conversation is forgotten.");
  page.picker.querySelector(`[data-company="${CSS.escape(conversation.company)}"]`)?.focus({ preventScroll: true });
}

function fitInput() {
  const { input } = page;
  input.style.height = "auto";
  if (input.scrollHeight) input.style.height = `${input.scrollHeight}px`;
  const { length } = input.value;
  page.count.textContent = length >= NEARLY_FULL ? `${length} of ${input.maxLength}` : "";
}

function submit() {
  if (!current?.id || current.waiting) return;
  const text = page.input.value.trim();
  page.input.focus();
  if (!text) return;
  page.input.value = "";
  current.draft = "";
  fitInput();
  sendText(text);
}

for (const choice of page.picker.querySelectorAll("[data-company]")) {
  setAccent(choice, choice.dataset.accent);
  choice.addEventListener("click", () => pick(choice.dataset.company));
}
for (const chip of page.chips.querySelectorAll("button")) chip.addEventListener("click", () => sendText(chip.textContent));
page.composer.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
page.input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  if (!event.repeat) submit();
});
page.input.addEventListener("input", () => {
  if (current) current.draft = page.input.value;
  fitInput();
});
window.addEventListener("pagehide", save);
window.addEventListener("resize", fitInput);
page.change.addEventListener("click", () => {
  const company = current?.company;
  if (!current?.id) conversations = conversations.filter((one) => one !== current || one.waiting);
  showPicker();
  page.picker.querySelector(`[data-company="${CSS.escape(company ?? "")}"]`)?.focus({ preventScroll: true });
});
page.forget.addEventListener("click", forget);
page.forget.addEventListener("blur", calmForget);
page.forget.addEventListener("keydown", (event) => event.key === "Escape" && calmForget());
document.addEventListener("pointerdown", (event) => event.target !== page.forget && calmForget());

const restored = load();
const { chosen } = page.main.dataset;
if (companies.has(chosen)) {
  if (restored?.company === chosen) open(restored);
  else pick(chosen);
  history.replaceState(null, "", location.pathname); // a reload goes on with what is open then
} else if (restored) {
  open(restored);
}
