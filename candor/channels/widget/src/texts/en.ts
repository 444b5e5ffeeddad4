/** The surface's own words, in English. What Candor says in a conversation comes from the server. */

import type { ReplyKind } from "../api";

export const launcher = {
  open: "Privacy questions",
  openFor: (company: string) => `Privacy questions: ${company}`,
  close: "Close the privacy chat",
  loading: "The chat is loading …",
  failed: "The chat could not be loaded.",
  retry: "Try again",
  frame: (company: string) => `Privacy chat: ${company}`,
  unread: (count: number) => `${count} new ${count === 1 ? "message" : "messages"}`,
};

export const surface = {
  title: (company: string) => `Privacy at ${company}`,
  brand: "Answers in the policy's own words",
  log: "Conversation",
  you: "You:",
  candor: "Candor:",
  more: "More",
  menu: "What else you can do here",
  close: "Close the chat",
  otherCompany: "Ask about another company",
  ownPage: "Open on a page of its own",
  policy: "Read the whole policy",
  glance: "Privacy at a glance",
  download: "Download this conversation",
  downloadFailed: "The conversation could not be downloaded. Please try again.",
  fileName: "conversation.txt",
  newTab: "(opens in a new tab)",

  forget: "Forget this conversation",
  forgetTitle: "Forget this conversation?",
  forgetText: "It is deleted here and on the server and cannot be brought back. Requests that you opened stay open.",
  forgetYes: "Forget it",
  forgetNo: "Keep it",
  forgetting: "Forgetting …",
  forgotten: "The conversation is forgotten.",
  ended: "The conversation has ended. What you write next begins a new one.",
  forgetFailed: "It could not be forgotten just now. Please try again.",

  starters: "Questions to start with",
  input: "Your question or answer",
  placeholder: "Ask about your data",
  send: "Send",
  keys: "Enter sends, Shift + Enter starts a new line.",
  only: "", // the language to ask in, if it is not the surface's own
  count: (now: number, most: number) => `${now.toLocaleString("en")} of ${most.toLocaleString("en")} characters`,
  tooLong: (over: number) => `${over.toLocaleString("en")} ${over === 1 ? "character" : "characters"} too many: please shorten it. Nothing has been cut off.`,
  waiting: "Looking it up",
  stillWaiting: "Still waiting for the answer.",
  offline: "You are offline. What you write is kept, and is sent when you are back.",
  online: "You are online again.",

  network: "Candor could not be reached. Nothing is lost, and nothing is sent twice.",
  server: "Candor could not answer just now.",
  refused: "This message was not accepted.",
  notBegun: "The chat could not start just now. You can already write your question.",
  noSuch: "This company cannot be asked at the moment.",
  busy: (seconds: number) => `That was a lot at once. Your message is kept and goes out by itself in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`,
  retry: "Try again",
  gone: "The conversation has ended, as conversations do after some time. Your message is still here.",
  goneQuietly: "Your earlier conversation has ended. This is a new one.",
  startAgain: "Start a new one and send it",

  kinds: {
    answer: "", smalltalk: "", not_in_policy: "The policy does not say", unsure: "Not sure: the nearest passages", request: "Privacy request",
    compare: "Side by side", out_of_scope: "Not about the policy", handoff: "A person takes over", human: "A person answers", error: "Something went wrong",
  } satisfies Record<ReplyKind, string>,
  person: (name: string, company: string) => `${name} from ${company}, a person`,
  withYou: (name: string, company: string) => `${name} from ${company} is with you. What you write goes to them.`,
  handBack: "Let Candor answer again",
  handBackFailed: "That did not work just now. Please try again.",
  passage: "Passage",
  morePassages: (count: number) => `${count} more ${count === 1 ? "passage" : "passages"}`,
  versionOf: (date: string) => `version of ${date}`,
  undated: "undated version",
  readPolicy: "Read it in the policy",
  readWebsite: (site: string) => `On ${site}`,
  silent: "Nothing found that says it.",
  notInVersion: "Not in this version.",
  allChanges: "See all changes",

  choices: "Answers to choose from",
  helpful: "Helpful",
  notHelpful: "Not helpful",
  wasHelpful: "Was this answer helpful?",
  why: "What was wrong with it?",
  reasons: {
    wrong_passage: "It quotes the wrong passage", not_answered: "It does not answer my question", hard_to_understand: "It is hard to understand",
    out_of_date: "It is out of date", other: "Something else",
  },
  comment: "In your own words (optional)",
  sendFeedback: "Send feedback",
  cancel: "Cancel",
  thanks: "Thank you.",
  feedbackFailed: "That could not be sent. Please try again.",

  fields: { email: "Your e-mail address", residence: "Where you live", details: "What you want to add", code: "The six-digit code from the mail", agreed: "" },
  orType: "Or just write it below.",
  chooseOne: "Please choose",
  next: "Continue",
  missing: { email: "Please write an address such as name@example.org.", residence: "Please choose a place.", details: "Please write something, or leave it out.", code: "A code has six digits.", agreed: "" },

  ticket: "Your request",
  ticketNumber: "Your request number",
  copy: "Copy",
  copyNumber: "Copy the request number",
  copied: "Copied",
  selected: "Selected, ready to copy",
  due: "Answer due by",
  ticketCompany: "Company",
  ticketType: "Request",
  ticketStatus: "Status",
  requests: {
    access: "Access to my data", deletion: "Deletion", correction: "Correction", portability: "A copy to take along", restriction: "Restriction",
    objection: "Objection", withdraw_consent: "Withdrawal of consent", opt_out_of_sale: "No sale of my data", complaint: "Complaint",
  } as Record<string, string>,
  states: {
    received: "Received", awaiting_identity: "Waits for your code", open: "Open", waiting_for_requester: "Waits for you", extended: "Extended",
    completed: "Done", refused: "Refused", withdrawn: "Withdrawn", duplicate: "Kept with an earlier one",
  } as Record<string, string>,

  readAloud: (label: string, text: string, quotes: number) =>
    [label, text, quotes ? `${quotes} ${quotes === 1 ? "quote" : "quotes"}.` : ""].filter(Boolean).join(" "),
};

export type LauncherTexts = typeof launcher;
export type Texts = typeof surface;
