// @vitest-environment jsdom
import { expect, test } from "vitest";
import { actionOf, isTyping, keyOf, mayBind, standard } from "./actions";

const stroke = { ctrlKey: false, altKey: false, metaKey: false, repeat: false, isComposing: false };

test("a key acts, one of the browser's or of AltGr does not", () => {
  expect(actionOf(standard, keyOf({ ...stroke, key: "h" }) ?? "")).toBe("hold");
  expect(keyOf({ ...stroke, key: "r", ctrlKey: true })).toBeNull();
  expect(keyOf({ ...stroke, key: "r", metaKey: true })).toBeNull();
  expect(keyOf({ ...stroke, key: "@", getModifierState: () => true })).toBeNull();
  expect(keyOf({ ...stroke, key: "h", repeat: true })).toBeNull();
});

test("a capital letter, as with caps lock, is the same key", () => {
  expect(keyOf({ ...stroke, key: "H" })).toBe("h");
});

test("none fires while typing or in a menu", () => {
  document.body.innerHTML = `
    <input id="text"><textarea id="area"></textarea><input type="checkbox" id="box">
    <div role="menu"><button id="item"></button></div><button id="button"></button>`;
  const at = (id: string) => document.getElementById(id);
  expect(isTyping(at("text"))).toBe(true);
  expect(isTyping(at("area"))).toBe(true);
  expect(isTyping(at("item"))).toBe(true);
  expect(isTyping(at("box"))).toBe(false);
  expect(isTyping(at("button"))).toBe(false);
});

test("digits and named keys are not to be had", () => {
  expect(mayBind("5")).toBe(false);
  expect(mayBind("Enter")).toBe(false);
  expect(mayBind(" ")).toBe(false);
  expect(mayBind("ä")).toBe(true);
});

test("no two actions share a key", () => {
  expect(new Set(Object.values(standard)).size).toBe(Object.values(standard).length);
});
