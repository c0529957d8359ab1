// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { draftOf, forgetDraft, keepDraft, keptDrafts } from "./draft";

const written = (customer: string, notes = "called twice") => ({ customer, numbers: [], version: 1, name: "", notes });

beforeEach(() => sessionStorage.clear());

test("each card's draft is kept, the newest words count, until it is saved or given up", () => {
  keepDraft(written("a"));
  keepDraft(written("b"));
  keepDraft(written("a", "called three times"));
  expect(draftOf("a")?.notes).toBe("called three times");
  expect(keptDrafts().map(({ customer }) => customer)).toEqual(["a", "b"]);
  forgetDraft("a");
  expect(draftOf("a")).toBeNull();
  expect(draftOf("b")?.notes).toBe("called twice");
});

test("what is not readable is none", () => {
  sessionStorage.setItem("callcenter.drafts", "{");
  expect(keptDrafts()).toEqual([]);
});
