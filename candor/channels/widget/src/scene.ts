/** What every part of the chat is rendered with. */

import type { Company, Feedback } from "./api";
import type { Language } from "./texts";

export interface Scene {
  readonly language: Language;
  readonly ownGreeting: boolean; // the greeting is the company's own, in any language
  readonly companies: ReadonlyMap<string, Company>;
  readonly say: (text: string, sends?: string) => boolean; // for buttons and fields: refused while a message is being answered
  readonly write: (text: string) => boolean; // for what can wait: it is sent as soon as it can be
  readonly takeBack: (key: string) => void;
  readonly retry: () => void;
  readonly startAgain: () => void;
  readonly rate: (feedback: Feedback) => Promise<void>;
  readonly announce: (text: string) => void;
}

export const nameIn = (scene: Scene, company: string): string => scene.companies.get(company)?.name ?? company;
