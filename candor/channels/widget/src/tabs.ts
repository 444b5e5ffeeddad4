/** Tell other tabs of this browser, on the same site, that a conversation has changed. */

import type { Tabs } from "./chat";

export function otherTabs(): Tabs {
  if (typeof BroadcastChannel === "undefined") return { tell: () => undefined, onChange: () => undefined };
  const channel = new BroadcastChannel("candor");
  return {
    tell: (conversation) => channel.postMessage(conversation),
    onChange: (callback) => channel.addEventListener("message", (event) => typeof event.data === "string" && callback(event.data)),
  };
}
