/** What every part of the chat is drawn with. */

import type { Company, Feedback } from "./api";
import type { Language } from "./texts";

export interface Scene {
  readonly language: Language;
  readonly ownGreeting: boolean; // the company's own first sentence, in whatever language that is
  readonly companies: ReadonlyMap<string, Company>;
  readonly say: (text: string, sends?: string) => boolean;
  readonly retry: () => void;
  readonly startAgain: () => void;
  readonly rate: (feedback: Feedback) => Promise<void>;
  readonly announce: (text: string) => void;
}

export const nameIn = (scene: Scene, company: string): string => scene.companies.get(company)?.name ?? company;
