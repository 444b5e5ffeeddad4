// What every page of the console loads: its styles, htmx, times in the reader's own zone, and drafts that outlive a sign-in.
import "./styles/base.css";
import "./styles/people.css";
import "./styles/conversations.css";
import "./styles/review.css";
import "./styles/requests.css";
import "./styles/charts.css";
import "htmx.org";
import { keepDrafts } from "./drafts";
import { filterPassages, listenToReviewKeys } from "./review";
import { listenForKeys } from "./keys";
import { showTimes } from "./times";

function prepare(root: ParentNode): void {
  showTimes(root);
  keepDrafts(root);
  filterPassages(root);
}

prepare(document);
listenToReviewKeys();
listenForKeys();
document.body.addEventListener("htmx:load", (event) => prepare(event.target as HTMLElement));
