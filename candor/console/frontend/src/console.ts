// What every page of the console loads: its styles, htmx, times in the reader's own zone, and drafts that survive a sign-in.
import "./styles/base.css";
import "./styles/home.css";
import "./styles/integrations.css";
import "./styles/people.css";
import "./styles/conversations.css";
import "./styles/review.css";
import "./styles/requests.css";
import "./styles/handoff.css";
import "./styles/reports.css";
import "./styles/retention.css";
import "./styles/replies.css";
import "htmx.org";
import { drawCharts, offerOwnZone, showOwnDates } from "./charts";
import { asksAgain, heardBack, keepDrafts } from "./drafts";
import { listenForKeys } from "./keys";
import { offerSavedReplies, showFind } from "./replies";
import { askWhetherSure, showsRefusal, takeFiles, tickAll } from "./requests";
import { filterPassages, listenToReviewKeys } from "./review";
import { showLiveChat, watchLiveChats } from "./liveChat";
import { offerColleagues } from "./notes";
import { offerPalette } from "./palette";
import { openMenus, showWhereOneIs } from "./navigation";
import { tellNews } from "./news";
import { keepUnfolded } from "./stays";
import { keepTimesTrue, showTimes } from "./times";

function prepare(root: ParentNode): void {
  showTimes(root);
  keepUnfolded(root);
  keepDrafts(root);
  tickAll(root);
  offerColleagues(root);
  takeFiles(root);
  showFind(root);
  filterPassages(root);
  drawCharts(root);
  showOwnDates(root);
  offerOwnZone(root);
}

prepare(document);
listenToReviewKeys();
watchLiveChats();
askWhetherSure();
offerSavedReplies();
showLiveChat(document);
listenForKeys();
keepTimesTrue();
tellNews();
showWhereOneIs();
openMenus();
offerPalette();
document.body.addEventListener("htmx:load", (event) => prepare(event.target as HTMLElement));
document.body.addEventListener("htmx:beforeOnLoad", heardBack);
// An ended session, or a form of an earlier one, is answered with a whole page (401, 409), which is shown in spite of its status.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event as CustomEvent<{ xhr: XMLHttpRequest; target: EventTarget | null; shouldSwap: boolean; isError: boolean }>;
  if (asksAgain(detail.xhr) || showsRefusal(detail.target, detail.xhr.status)) Object.assign(detail, { shouldSwap: true, isError: false });
});
