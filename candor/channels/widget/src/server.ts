/** The chat API. Every call throws Trouble if it fails. */

import type { Begun, Company, Feedback, News, Past, Replies } from "./api";
import { Trouble, troubleOf } from "./trouble";

const LONGEST_WAIT = 60_000; // milliseconds until a call counts as failed

export interface Pass {
  readonly id: string;
  readonly token: string;
}

export interface Server {
  company(id: string): Promise<Company>;
  begin(company: string, gpc: boolean): Promise<Begun>; // gpc: Global Privacy Control, which not every browser sends as a header
  say(pass: Pass, text: string, messageId: string): Promise<Replies>;
  news(pass: Pass, after: number, tag: string): Promise<{ readonly news: News | null; readonly tag: string }>; // null: nothing new
  handBack(pass: Pass): Promise<void>;
  past(pass: Pass): Promise<Past>;
  rate(pass: Pass, feedback: Feedback): Promise<void>;
  transcript(pass: Pass): Promise<string>;
  forget(pass: Pass): Promise<void>;
}

export class HttpServer implements Server {
  constructor(private readonly send: typeof fetch = (...given) => fetch(...given)) {}

  async company(id: string): Promise<Company> {
    return (await this.json("GET", `/api/companies/${encodeURIComponent(id)}`)) as Company;
  }

  async begin(company: string, gpc: boolean): Promise<Begun> {
    const begun = (await this.json("POST", "/api/conversations", null, gpc ? { company, gpc } : { company })) as Begun;
    if (!begun.conversation || !begun.token) throw new Trouble("server");
    return begun;
  }

  async say(pass: Pass, text: string, messageId: string): Promise<Replies> {
    const body = { text, message_id: messageId };
    const answer = (await this.json("POST", `${at(pass)}/messages`, pass, body)) as Partial<Replies>;
    if (!Array.isArray(answer.replies) || (!answer.replies.length && !answer.person)) throw new Trouble("server");
    return { replies: answer.replies, person: answer.person ?? null };
  }

  async news(pass: Pass, after: number, tag: string): Promise<{ news: News | null; tag: string }> {
    const response = await this.call("GET", `${at(pass)}/news?after=${after}`, pass, null, "application/json", tag ? { "If-None-Match": tag } : {});
    if (response.status === 304) return { news: null, tag };
    const news = (await response.json().catch(() => null)) as News | null;
    if (!Array.isArray(news?.turns)) throw new Trouble("server");
    return { news, tag: response.headers.get("ETag") ?? "" };
  }

  async handBack(pass: Pass): Promise<void> {
    await this.call("POST", `${at(pass)}/hand-back`, pass, {});
  }

  async past(pass: Pass): Promise<Past> {
    const past = (await this.json("GET", at(pass), pass)) as Past;
    if (!Array.isArray(past.turns)) throw new Trouble("server");
    return past;
  }

  async rate(pass: Pass, feedback: Feedback): Promise<void> {
    await this.call("POST", `${at(pass)}/feedback`, pass, feedback);
  }

  async transcript(pass: Pass): Promise<string> {
    return (await this.call("GET", `${at(pass)}/transcript`, pass, null, "text/plain")).text();
  }

  async forget(pass: Pass): Promise<void> {
    await this.call("DELETE", at(pass), pass);
  }

  private async json(method: string, path: string, pass: Pass | null = null, body: unknown = null): Promise<unknown> {
    const answer: unknown = await (await this.call(method, path, pass, body)).json().catch(() => null);
    if (typeof answer !== "object" || answer === null) throw new Trouble("server");
    return answer;
  }

  private async call(method: string, path: string, pass: Pass | null = null, body: unknown = null, accept = "application/json", more: Record<string, string> = {}): Promise<Response> {
    const headers: Record<string, string> = { Accept: accept, ...more };
    if (pass) headers["Authorization"] = `Bearer ${pass.token}`;
    if (body !== null) headers["Content-Type"] = "application/json";
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), LONGEST_WAIT);
    try {
      const response = await this.send(path, {
        method, headers, body: body === null ? null : JSON.stringify(body), signal: stop.signal, cache: "no-store", credentials: "omit",
      });
      if (!response.ok && response.status !== 304) throw troubleOf(response.status, await response.json().catch(() => null), response.headers);
      return response;
    } catch (error) {
      throw error instanceof Trouble ? error : new Trouble("network");
    } finally {
      clearTimeout(timer);
    }
  }
}

const at = (pass: Pass) => `/api/conversations/${encodeURIComponent(pass.id)}`;
