import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { get, giveUpRequests, RequestFailed } from "./request";

afterEach(() => vi.unstubAllGlobals());

/** A network that answers nothing. */
function dead(_: string, { signal }: { signal: AbortSignal }): Promise<Response> {
  return new Promise((_answered, failed) => signal.addEventListener("abort", () => failed(signal.reason)));
}

test("a request that is under way when the link is lost fails at once, as one that cannot reach the server", async () => {
  vi.stubGlobal("fetch", dead);
  const asked = get("/api/desk/me", z.object({}));
  giveUpRequests();
  const error = await asked.catch((failed: unknown) => failed);
  expect(error).toBeInstanceOf(RequestFailed);
  expect((error as RequestFailed).status).toBe(0);
});

test("what is asked after that goes its way", async () => {
  giveUpRequests();
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("{}")));
  await expect(get("/api/desk/me", z.object({}))).resolves.toEqual({});
});

test("an answer of which the rest does not come is none, not one of another form", async () => {
  const cut = new ReadableStream({ start: (body) => body.error(new DOMException("given up", "AbortError")) });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(cut)));
  const error = await get("/api/desk/me", z.object({})).catch((failed: unknown) => failed);
  expect((error as RequestFailed).status).toBe(0);
});
