/**
 * What a reload of this tab needs: the pass to the conversation, the greeting, the draft, and the messages that were not sent.
 * The conversation itself stays on the server. sessionStorage is deleted with the tab, as it should be on a shared computer.
 */

import type { Reply } from "./api";
import type { Pass } from "./server";
import type { Unsent } from "./transcript";

export interface Kept {
  readonly pass: Pass | null;
  readonly greeting: Reply | null;
  readonly draft: string;
  readonly pending: readonly Unsent[];
}

export const NOTHING: Kept = { pass: null, greeting: null, draft: "", pending: [] };

export class TabState {
  private readonly place: string;

  constructor(company: string, private readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null) {
    this.place = `candor:${company}`;
  }

  load(): Kept {
    try {
      const kept = JSON.parse(this.storage?.getItem(this.place) ?? "null") as Partial<Kept> | null;
      return {
        pass: isPass(kept?.pass) ? kept.pass : null,
        greeting: typeof kept?.greeting?.text === "string" ? kept.greeting : null,
        draft: typeof kept?.draft === "string" ? kept.draft : "",
        pending: Array.isArray(kept?.pending) ? kept.pending.filter(isUnsent) : [],
      };
    } catch {
      return NOTHING;
    }
  }

  save(kept: Kept): void {
    try {
      this.storage?.setItem(this.place, JSON.stringify(kept));
    } catch {
      // Storage is full or switched off: the conversation goes on, and only a reload loses it.
    }
  }

  clear(): void {
    try {
      this.storage?.removeItem(this.place);
    } catch {
      // Then nothing was stored.
    }
  }
}

/** This tab's storage; null if the browser denies it to frames. */
export function tabStorage(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isPass = (pass: Partial<Pass> | null | undefined): pass is Pass => isText(pass?.id) && isText(pass?.token);
const isUnsent = (one: Partial<Unsent> | null | undefined): one is Unsent => isText(one?.key) && isText(one?.text) && isText(one?.sends);
