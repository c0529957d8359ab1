import type { z } from "zod";
import { token } from "../session/token";
import { problem } from "./shapes";

/** A refusal or a failure of a request. `status` 0: the server could not be reached; 422 is never sent, so it tells of an answer that is not what it should be. */
export class RequestFailed extends Error {
  constructor(
    readonly status: number,
    readonly detail: string | null,
    /** One word that the texts have in every language; null where the server gave none. */
    readonly reason: string | null = null,
    /** Each mistake by itself, where the server lists them. */
    readonly errors: readonly string[] = [],
  ) {
    super(detail ?? `request failed with ${status}`);
  }
}

/** True when the server understood and will not: the state of things does not allow it. */
export function isRefusal(error: unknown): boolean {
  return error instanceof RequestFailed && error.status === 409;
}

export const UNREADABLE = 422;
const DEADLINE_MS = 15_000;

let way = new AbortController();

/** The link is lost, or back: what is under way goes by a dead connection. It fails at once, as when the server cannot be reached. */
export function giveUpRequests(): void {
  way.abort();
  way = new AbortController();
}

async function send(method: string, path: string, body: unknown, accept: string): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  const bearer = token.get();
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.any([AbortSignal.timeout(DEADLINE_MS), way.signal]),
    });
  } catch {
    throw new RequestFailed(0, null);
  }
  if (response.ok) return response;
  if (response.status === 401 && bearer) token.ended();
  const told = problem.safeParse(await response.json().catch(() => null));
  throw told.success
    ? new RequestFailed(response.status, told.data.detail ?? null, told.data.reason ?? null, told.data.errors ?? [])
    : new RequestFailed(response.status, null);
}

/** What is no JSON is null; an answer whose rest did not come is none. */
async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw new RequestFailed(0, null);
  }
}

function read<T>(shape: z.ZodType<T>, value: unknown, path: string): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  console.error(`The answer of ${path} has another form:`, parsed.error.issues);
  throw new RequestFailed(UNREADABLE, null);
}

export async function get<T>(path: string, shape: z.ZodType<T>): Promise<T> {
  const response = await send("GET", path, undefined, "application/json");
  return read(shape, await bodyOf(response), path);
}

export async function change<T>(method: "PUT" | "POST", path: string, body: unknown, shape: z.ZodType<T>): Promise<T> {
  const response = await send(method, path, body, "application/json");
  return read(shape, await bodyOf(response), path);
}

/** Takes something away; its answer is its status alone. */
export async function remove(path: string): Promise<void> {
  await send("DELETE", path, undefined, "application/json");
}

/** A command whose answer is its status alone. */
export async function command(method: "PUT" | "POST", path: string, body: unknown): Promise<void> {
  await send(method, path, body, "application/json");
}

export async function file(path: string, accept: string): Promise<Blob> {
  const response = await send("GET", path, undefined, accept);
  return response.blob();
}

/** A path with those parameters that have a value. */
export function query(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}
