import { queryOptions } from "@tanstack/react-query";
import { get } from "../api/request";
import { me, wallboard } from "../api/shapes";
import { clock } from "./clock";
import { recent } from "./recent";

export const keys = { me: ["me"], wallboard: ["wallboard"], figuresSince: ["figures-since"] } as const;

async function timed<T extends { at: string }>(read: Promise<T>): Promise<T> {
  const value = await read;
  clock.told(value.at);
  return value;
}

/** Read once; then the hub keeps it true. */
export const readMe = queryOptions({
  queryKey: keys.me,
  queryFn: async () => recent.ontoMe(await timed(get("/api/desk/me", me))),
  staleTime: Number.POSITIVE_INFINITY,
});

export const readWallboard = queryOptions({
  queryKey: keys.wallboard,
  queryFn: async () => recent.ontoWallboard(await timed(get("/api/desk/wallboard", wallboard))),
  staleTime: Number.POSITIVE_INFINITY,
});
