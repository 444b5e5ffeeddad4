// Marks the passage that a link such as #c2011-2094 points at. Offsets count Unicode code points of the
// policy's text; every element with data-start holds the text from that offset on, and nothing else.

const SPAN = /^#c(\d{1,9})-(\d{1,9})$/;
const WIDE = "(min-width: 64rem)";

function clearMarks() {
  for (const mark of document.querySelectorAll("mark.found")) {
    const holder = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    holder.normalize();
  }
}

/** The index in a JavaScript string at which its code point number `points` begins. */
function unitsAt(text, points) {
  let units = 0;
  for (const character of text) {
    if (points-- <= 0) break;
    units += character.length;
  }
  return units;
}

/** Wrap the part of one element that lies within [start, end); returns the mark, or null if none does. */
function markWithin(element, start, end) {
  element.normalize();
  const node = element.firstChild;
  if (!node || node.nodeType !== Node.TEXT_NODE) return null;
  const text = node.data;
  const offset = Number(element.dataset.start);
  if (offset >= end || offset + text.length <= start) return null;
  const from = unitsAt(text, Math.max(0, start - offset));
  const to = unitsAt(text, end - offset);
  if (!text.slice(from, to).trim()) return null;
  const passage = from ? node.splitText(from) : node;
  if (to < text.length) passage.splitText(to - from);
  const mark = document.createElement("mark");
  mark.className = "found";
  passage.replaceWith(mark);
  mark.append(passage);
  return mark;
}

function showSpan() {
  clearMarks();
  const span = SPAN.exec(location.hash);
  if (!span) return;
  const [start, end] = [Number(span[1]), Number(span[2])];
  const marks = [];
  for (const element of document.querySelectorAll("[data-start]")) {
    const mark = markWithin(element, start, end);
    if (mark) marks.push(mark);
  }
  if (!marks.length) return;
  const [first] = marks;
  first.id = "found";
  first.tabIndex = -1;
  first.scrollIntoView({ block: "center" });
  first.focus({ preventScroll: true });
}

function setAccent() {
  const sheet = document.getElementById("sheet");
  const accent = sheet?.dataset.accent ?? "";
  if (/^#[0-9a-f]{6}$/i.test(accent)) sheet.style.setProperty("--company", accent);
}

/** The contents are open beside the text, and closed above it. */
function fitContents(wide) {
  const contents = document.getElementById("contents");
  if (contents) contents.open = wide.matches;
}

const wide = matchMedia(WIDE);
wide.addEventListener("change", () => fitContents(wide));
fitContents(wide);
setAccent();
showSpan();
window.addEventListener("hashchange", showSpan);
