// A live chat with a visitor: Enter sends, only what was sent leaves the box, and new messages scroll into view.

const NEAR = 120; // pixels from the end within which a reader follows along
let title = "";

export function watchLiveChats(): void {
  document.addEventListener("keydown", sendByEnter);
  document.addEventListener("visibilitychange", () => !document.hidden && title && ([document.title, title] = [title, ""]));
  document.body.addEventListener("htmx:afterRequest", sent);
  document.body.addEventListener("htmx:oobBeforeSwap", withoutKnown);
  document.body.addEventListener("htmx:oobAfterSwap", came);
}

/** Scrolls to the newest message. */
export function showLiveChat(root: ParentNode): void {
  const log = root.querySelector<HTMLElement>("#log");
  if (log) log.scrollTop = log.scrollHeight;
}

function sendByEnter(event: KeyboardEvent): void {
  const box = event.target;
  if (!(box instanceof HTMLTextAreaElement) || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  const form = box.closest<HTMLFormElement>("form[data-talk]");
  if (!form) return;
  event.preventDefault();
  if (box.value.trim() && !form.querySelector("button:disabled")) form.requestSubmit();
}

interface Answered extends Event {
  readonly detail: { readonly elt: HTMLElement; readonly successful: boolean; readonly xhr: XMLHttpRequest; readonly requestConfig: { readonly parameters: FormData | Record<string, string> } };
}

function sent(event: Event): void {
  const { elt, successful, xhr, requestConfig } = (event as Answered).detail;
  if (!(elt instanceof HTMLFormElement) || !elt.matches("form[data-talk]")) return;
  const box = elt.querySelector("textarea");
  const error = elt.querySelector<HTMLElement>("[data-talk-error]");
  if (!box || !error) return;
  error.hidden = successful;
  if (!successful) {
    error.textContent = reasonOf(xhr);
    return;
  }
  if (xhr.status === 204) return; // signed out: the page is left, and the draft is kept
  const said = (requestConfig.parameters as Record<string, string>)["text"] ?? "";
  if (box.value.startsWith(said)) box.value = box.value.slice(said.length).trimStart();
  const id = elt.querySelector<HTMLInputElement>("[name=message_id]");
  if (id) id.value = newId();
  box.focus();
}

/** The sentence of the server's error page. */
function reasonOf(xhr: XMLHttpRequest): string {
  if (!xhr.status) return "Candor could not be reached. Your message is still here: please send it again.";
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  return page.querySelector("main > p")?.textContent?.trim() || "That could not be sent. Please try again.";
}

function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

interface Swap extends Event {
  readonly detail: { readonly target: HTMLElement; readonly fragment: DocumentFragment | HTMLElement };
}

/** Two polls at the same time may bring the same message. */
function withoutKnown(event: Event): void {
  const { target, fragment } = (event as Swap).detail;
  if (target.id !== "log") return;
  for (const line of fragment.querySelectorAll(".said-turn[id]")) if (document.getElementById(line.id)) line.remove();
}

function came(event: Event): void {
  const { target } = (event as Swap).detail;
  if (target.id !== "log") return;
  const last = target.lastElementChild;
  if (target.scrollHeight - target.scrollTop - target.clientHeight < NEAR + (last instanceof HTMLElement ? last.offsetHeight : 0)) showLiveChat(document);
  if (document.hidden && !title) [title, document.title] = [document.title, `● ${document.title}`];
}
