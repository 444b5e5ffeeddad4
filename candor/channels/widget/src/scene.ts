/** What every part of the chat is rendered with. */

import type { Company, Feedback } from "./api";
import type { Language } from "./texts";

export interface Scene {
  readonly language: Language;
  readonly ownGreeting: boolean; // the greeting is the company's own, in any language
  readonly companies: ReadonlyMap<string, Company>;
  readonly say: (text: string, sends?: string) => boolean;
  readonly retry: () => void;
  readonly startAgain: () => void;
  readonly rate: (feedback: Feedback) => Promise<void>;
  readonly announce: (text: string) => void;
}

export const nameIn = (scene: Scene, company: string): string => scene.companies.get(company)?.name ?? company;
