import { expect, test } from "vitest";
import { stretches } from "./stretches";

test("places that follow each other are one stretch", () => {
  expect(stretches("cc ob-c", "cb")).toEqual([
    { from: 0, to: 2 },
    { from: 4, to: 5 },
    { from: 6, to: 7 },
  ]);
  expect(stretches("cc ob-c", "ob")).toEqual([{ from: 3, to: 5 }]);
  expect(stretches("", "c")).toEqual([]);
});
