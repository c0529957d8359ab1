import { describe, expect, it } from "vitest";
import { amountOf, linesOf, prefixesOf, pricesOf } from "./outside";

describe("limits of calls outside as they are typed", () => {
  it("takes beginnings of numbers parted by spaces or commas", () => {
    expect(prefixesOf(" +358, +46  0800;112 ")).toEqual(["+358", "+46", "0800", "112"]);
    expect(prefixesOf("")).toEqual([]);
  });

  it("refuses what is no beginning of a number", () => {
    for (const wrong of ["+", "+358x", "358-1", "++358", "123456789012345678901"]) expect(prefixesOf(wrong)).toBeNull();
  });

  it("takes prices, a line each, and shows them so", () => {
    const prices = pricesOf("+358 0,05\n\n  +3584  0.1 \n0 1");
    expect(prices).toEqual([
      { prefix: "+358", perMinute: 0.05 },
      { prefix: "+3584", perMinute: 0.1 },
      { prefix: "0", perMinute: 1 },
    ]);
    expect(linesOf(prices ?? [])).toBe("+358 0.05\n+3584 0.1\n0 1");
    expect(pricesOf("")).toEqual([]);
  });

  it("refuses a line that is no price, and the same beginning twice", () => {
    for (const wrong of ["+358", "+358 free", "+358 0.05 EUR", "+358 -1", "+358 1\n+358 2"])
      expect(pricesOf(wrong)).toBeNull();
  });

  it("takes amounts with a comma or a point, and none", () => {
    expect([amountOf("100"), amountOf("99,50"), amountOf(" 0.5 "), amountOf("")]).toEqual([100, 99.5, 0.5, null]);
    for (const wrong of ["-1", "1.234", "many", "1 000"]) expect(amountOf(wrong)).toBeUndefined();
  });
});
