import { expect, test } from "vitest";
import { chosenOf, dialled, keyOf, lossOf, optionsOf, stepped, targetOf } from "./second";

const people = [
  { id: "o", name: "Onni Salo", isFree: true },
  { id: "h", name: "Helmi Koski", isFree: false },
];
const places = [{ id: "l", name: "Laskutus" }];
const names = (text: string) => optionsOf(people, places, text).map(({ name }) => name);

test("numbers are taken as people write them", () => {
  expect(dialled("+358 40 123-4567")).toBe("+358401234567");
  expect(dialled("00358 (40) 123")).toBe("+35840123");
  expect(dialled("112")).toBe("112");
  expect(["", "1", "abc", "+", "12a", "1".repeat(33)].map(dialled)).toEqual([null, null, null, null, null, null]);
});

test("what is typed finds names, queues and numbers", () => {
  expect(names("")).toEqual(["Onni Salo", "Helmi Koski", "Laskutus"]);
  expect(names(" ONN ")).toEqual(["Onni Salo"]);
  expect(names("la")).toEqual(["Laskutus"]);
  expect(names("040 123")).toEqual(["040123"]);
  expect(names("x")).toEqual([]);
});

test("nobody is chosen before something is typed, then the first who is free", () => {
  const chosen = (text: string, value: string | null = null) =>
    chosenOf(optionsOf(people, places, text), value, text)?.name ?? null;
  expect(chosen("")).toBeNull();
  expect(chosen("", "queue:l")).toBe("Laskutus");
  expect(chosen("o", "queue:l")).toBe("Onni Salo");
  expect(chosen("helmi")).toBeNull();
  expect(chosen("", "agent:h")).toBeNull();
});

test("arrows go from one who is free to the next, round the ends", () => {
  const options = optionsOf(people, places, "");
  const [onni, , queue] = options;
  if (!onni || !queue) throw new Error("no options");
  expect(stepped(options, null, 1)).toBe(onni);
  expect(stepped(options, null, -1)).toBe(queue);
  expect(stepped(options, onni, 1)).toBe(queue);
  expect(stepped(options, queue, 1)).toBe(onni);
  expect(stepped([], null, 1)).toBeNull();
});

test("a target has the form that the server takes", () => {
  const of = (text: string) => optionsOf(people, places, text).map(targetOf);
  expect(of("onni")).toEqual([{ agent: "o" }]);
  expect(of("laskutus")).toEqual([{ queue: "l" }]);
  expect(of("+358 112")).toEqual([{ number: "+358112" }]);
  expect(optionsOf(people, places, "112").map(keyOf)).toEqual(["number:112"]);
});

test("why somebody did not come has words, also what is new", () => {
  expect(lossOf("Busy")).toBe("Busy");
  expect(lossOf("Lapsed")).toBe("other");
});
