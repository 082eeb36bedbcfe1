// Everything that is asked of the server, and what it tells by itself.

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.code = problem?.code;
  }
}

async function call(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new ApiError(0, { detail: "The server can't be reached." });
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new ApiError(answer.status, body);
  return body;
}

const post = (path, body, headers = {}) => call(path, {
  method: "POST",
  headers: { "Content-Type": "application/json", ...headers },
  body: body === undefined ? undefined : JSON.stringify(body),
});

export const capabilities = () => call("/v1/capabilities");
export const models = () => call("/v1/models");
export const pipeline = () => call("/v1/pipeline");
export const video = id => call(`/v1/videos/${encodeURIComponent(id)}`);
export const previews = id => call(`/v1/videos/${encodeURIComponent(id)}/previews`);
export const list = (status, after) => call(`/v1/videos?${new URLSearchParams({
  limit: "24", ...(status ? { status } : {}), ...(after ? { after } : {}) })}`);
export const cancel = id => post(`/v1/videos/${encodeURIComponent(id)}/cancel`);
export const remove = id => call(`/v1/videos/${encodeURIComponent(id)}`, { method: "DELETE" });

/**
 * Orders a video; pressing the button twice, or a retry after a lost answer, orders it once.
 * @param files pictures by the name of their field
 */
export function create(order, key, files = {}) {
  const headers = { "Idempotency-Key": key };
  if (Object.keys(files).length === 0) return post("/v1/videos", order, headers);
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...order, ...files })) body.append(name, value);
  return call("/v1/videos", { method: "POST", headers, body });
}

/** Orders a variation of a video that was made here. */
export const edit = (order, id, strength, key) =>
  post("/v1/videos/edits", { ...order, video: { id }, strength }, { "Idempotency-Key": key });

/** Orders what comes after a video that was made here. */
export const extend = (order, id, key) =>
  post("/v1/videos/extensions", { ...order, video: { id } }, { "Idempotency-Key": key });

export const randomSeed = () => crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;

/** crypto.randomUUID is only there on pages that came over TLS or from this machine. */
export const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");

/** Follows events until the returned function is called. */
export function follow(path, handlers) {
  const source = new EventSource(path);
  for (const [name, handler] of Object.entries(handlers)) {
    if (name === "open" || name === "error") source.addEventListener(name, handler);
    else source.addEventListener(name, event => handler(JSON.parse(event.data)));
  }
  return () => source.close();
}
