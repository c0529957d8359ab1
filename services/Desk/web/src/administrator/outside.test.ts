import { describe, expect, it } from "vitest";
import { amountOf, prefixesOf } from "./outside";

describe("limits of calls outside as they are typed", () => {
  it("takes beginnings of numbers parted by spaces or commas", () => {
    expect(prefixesOf(" +358, +46  0800;112 ")).toEqual(["+358", "+46", "0800", "112"]);
    expect(prefixesOf("")).toEqual([]);
  });

  it("refuses what is no beginning of a number", () => {
    for (const wrong of ["+", "+358x", "358-1", "++358", "123456789012345678901"]) expect(prefixesOf(wrong)).toBeNull();
  });

  it("takes amounts with a comma or a point, and none", () => {
    expect([amountOf("100"), amountOf("99,50"), amountOf(" 0.5 "), amountOf("")]).toEqual([100, 99.5, 0.5, null]);
    for (const wrong of ["-1", "1.234", "many", "1 000"]) expect(amountOf(wrong)).toBeUndefined();
  });
});
