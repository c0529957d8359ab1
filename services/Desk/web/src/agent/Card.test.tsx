// @vitest-environment jsdom
import "../test/setup";
import { MantineProvider } from "@mantine/core";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import i18next from "i18next";
import { afterEach, expect, test, vi } from "vitest";
import type { Pop } from "../api/shapes";
import { CardBar, CardButton } from "./Card";

// A busy machine draws slowly.
const patience = 30_000;
vi.setConfig({ testTimeout: patience });
afterEach(cleanup);

const talking: Pop = {
  contact: "c",
  tenant: { id: "t", name: "Kaamos" },
  state: "talking",
  stateSince: "2026-03-02T09:00:00Z",
  canCollectCard: true,
};

function show(pop: Pop) {
  const give = vi.fn();
  render(
    <MantineProvider>
      <CardBar pop={pop} give={give} pending={null} />
      <CardButton pop={pop} give={give} pending={null} />
    </MantineProvider>,
  );
  return give;
}

test("a tenant without a payment service has no button", () => {
  show({ ...talking, canCollectCard: false });
  expect(screen.queryByTestId("collect-card")).toBeNull();
});

test("the caller is asked for a card, with what is paid", async () => {
  const give = show(talking);
  fireEvent.click(screen.getByTestId("collect-card"));
  fireEvent.change(await screen.findByTestId("card-reference", {}, { timeout: patience }), {
    target: { value: " Order 17 " },
  });
  fireEvent.click(screen.getByTestId("card-start"));
  expect(give).toHaveBeenCalledWith("collect-card", undefined, "Order 17");
});

test("the agent sees how many digits there are and can cancel, in both languages", async () => {
  for (const [language, text] of [
    ["en", "Card number: 7 digits. The caller ends it with #."],
    ["fi", "Kortin numero: 7 numeroa. Soittaja lopettaa painamalla #."],
  ] as const) {
    await i18next.changeLanguage(language);
    const give = show({ ...talking, card: { state: "typing", field: "Number", count: 7 } });
    expect(screen.getByRole("status").textContent).toBe(text);
    expect(screen.getByTestId("card-dots").textContent).toBe("•••••••");
    expect(screen.queryByTestId("collect-card")).toBeNull();
    fireEvent.click(screen.getByTestId("card-cancel"));
    expect(give).toHaveBeenCalledWith("cancel-card");
    cleanup();
  }
  await i18next.changeLanguage("en");
});

test("what became of it stays until it has been read", () => {
  show({ ...talking, card: { state: "accepted", field: "SecurityCode", count: 3, reference: "R-17" } });
  expect(screen.getByRole("status").textContent).toBe("The payment was accepted.");
  expect(screen.getByText("Reference: R-17")).not.toBeNull();
  fireEvent.click(screen.getByTestId("card-close"));
  expect(screen.queryByTestId("card")).toBeNull();
});
