/** Tells this browser's other tabs, of the same site around them, that something was said in a conversation. */

import type { Tabs } from "./chat";

export function otherTabs(): Tabs {
  if (typeof BroadcastChannel === "undefined") return { tell: () => undefined, hear: () => undefined };
  const channel = new BroadcastChannel("candor");
  return {
    tell: (conversation) => channel.postMessage(conversation),
    hear: (heard) => channel.addEventListener("message", (event) => typeof event.data === "string" && heard(event.data)),
  };
}
