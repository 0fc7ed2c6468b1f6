import type { ErrorBody, Me } from "./types";
import { connection } from "../state/connection";

const BASE = "/api/v1";

/** An answer of the server that is not a success, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly id: string | null;
  readonly line: number | null;
  /** The field of a form that is wrong. */
  readonly field: string | null;
  readonly retryAfter: number | null;

  constructor(status: number, code: string, message: string, more?: { id?: string; line?: number; field?: string; retryAfter?: number }) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.id = more?.id ?? null;
    this.line = more?.line ?? null;
    this.field = more?.field ?? null;
    this.retryAfter = more?.retryAfter ?? null;
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

let csrfToken: string | null = null;
/** The workspace that this page shows. Said with every call: what is switched in another tab does not change this one. */
let workspace: string | null = null;

/** Every answer with a `Me` in it renews the token that later writes must carry. */
export function rememberToken(me: Me | null): void {
  csrfToken = me?.csrf_token ?? null;
  workspace = me?.workspace.id ?? null;
}

/** The workspace that a page is about before anybody is signed in; null: the one that the browser was at. */
export function showWorkspace(id: string | null): void {
  workspace = id;
}

let onSignedOut: () => void = () => undefined;

/** What to do when the server says that nobody is signed in. Set once by the router. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

type Options = { method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"; body?: unknown; signal?: AbortSignal; door?: boolean };

/** One call. `door` marks the sign-in calls, for which a 401 is an answer and not a lost session. */
export async function call<T>(path: string, options: Options = {}): Promise<T> {
  const method = options.method ?? "GET";
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET" && csrfToken) headers["x-csrf-token"] = csrfToken;
  if (workspace) headers["x-parclose-workspace"] = workspace;

  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      credentials: "same-origin",
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal,
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    connection.report(false);
    throw new ApiError(0, "no_connection", "The server did not answer.");
  }
  connection.report(true);
  if (response.status === 204) return undefined as T;
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  const error = readError(response, body);
  if (error.status === 401 && !options.door) onSignedOut();
  throw error;
}

/** A file of the server, kept by the browser under a name. */
export async function download(path: string, name: string): Promise<void> {
  const response = await fetch(BASE + path, { credentials: "same-origin", headers: workspace ? { "x-parclose-workspace": workspace } : {} }).catch(() => {
    connection.report(false);
    throw new ApiError(0, "no_connection", "The server did not answer.");
  });
  connection.report(true);
  if (!response.ok) {
    const error = readError(response, await response.json().catch(() => null));
    if (error.status === 401) onSignedOut();
    throw error;
  }
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function readError(response: Response, body: unknown): ApiError {
  const found = (body as ErrorBody | null)?.error;
  const retry = Number(response.headers.get("retry-after"));
  return new ApiError(response.status, found?.code ?? `http_${response.status}`, found?.message ?? response.statusText, {
    id: found?.id,
    line: found?.line,
    field: found?.field,
    retryAfter: Number.isFinite(retry) && retry > 0 ? retry : undefined,
  });
}
