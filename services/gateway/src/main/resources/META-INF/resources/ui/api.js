// Everything that is asked of the server, and what it tells by itself.
import { parse } from "./json.js";

/**
 * A request that failed.
 * status is 0 if there was no answer; field is the one that is wrong, as the API names it, and retryAfter seconds.
 */
export class ApiError extends Error {
  constructor(status, problem, retryAfter) {
    super(problem?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.code = problem?.code;
    this.field = problem?.error?.param ?? null;
    this.retryAfter = Number(retryAfter) || null;
  }
}

async function call(path, options = {}) {
  let answer;
  let text;
  try {
    answer = await fetch(path, options);
    text = await answer.text();
  } catch {
    throw new ApiError(0, null);
  }
  let body = null;
  try {
    body = parse(text);
  } catch {
    if (answer.ok) throw new ApiError(answer.status, { detail: "The server's answer can't be read." });
  }
  if (!answer.ok) throw new ApiError(answer.status, body, answer.headers.get("Retry-After"));
  return body;
}

const post = (path, body, headers = {}) => call(path, {
  method: "POST",
  headers: { "Content-Type": "application/json", ...headers },
  body: body === undefined ? undefined : JSON.stringify(body),
});

const at = id => `/v1/videos/${encodeURIComponent(id)}`;

export const capabilities = () => call("/v1/capabilities");
export const models = () => call("/v1/models");
export const pipeline = () => call("/v1/pipeline");
export const video = id => call(at(id));
export const previews = id => call(`${at(id)}/previews`);
/** A page of videos; what is undefined or empty is left to the server. */
export const list = query => call(`/v1/videos?${new URLSearchParams(
  Object.entries({ limit: 24, ...query }).filter(([, value]) => value !== undefined && value !== null && value !== ""))}`);
export const cancel = id => post(`${at(id)}/cancel`);
export const remove = id => call(at(id), { method: "DELETE" });

export const clipOf = video => `${at(video.id)}/content`;
export const sheetOf = video => `${at(video.id)}/content?variant=spritesheet`;
export const stillOf = video => `${at(video.id)}/content?variant=thumbnail`;
export const documentOf = video => at(video.id);
export const previewAt = (id, step) => `${at(id)}/previews/${encodeURIComponent(step)}`;
export const eventsOf = id => `${at(id)}/events`;

const PATHS = { create: "/v1/videos", edit: "/v1/videos/edits", extend: "/v1/videos/extensions" };

/**
 * Orders a video; pressing the button twice, or a retry after a lost answer, orders it once.
 * @param how "create", or "edit" or "extend" a video
 * @param order only what somebody chose: the rest is the server's to fill in
 * @param files by the name of their field
 */
export function submit(how, order, key, files = {}) {
  const headers = { "Idempotency-Key": key };
  if (Object.keys(files).length === 0) return post(PATHS[how], order, headers);
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...order, ...files })) body.append(name, value);
  return call(PATHS[how], { method: "POST", headers, body });
}

/** crypto.randomUUID is only there on pages that came over TLS or from this machine. */
export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/**
 * Follows events until the returned function is called. A browser connects anew by itself after a connection broke, but
 * not after an answer that is no stream, such as that of a server that starts.
 */
export function follow(path, handlers) {
  let source;
  let timer;
  let pause = FIRST_PAUSE;
  const connect = () => {
    source = new EventSource(path);
    source.addEventListener("open", () => { pause = FIRST_PAUSE; });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(connect, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    });
    for (const [name, handler] of Object.entries(handlers)) {
      if (name === "open" || name === "error") source.addEventListener(name, handler);
      else source.addEventListener(name, event => handler(parse(event.data)));
    }
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
