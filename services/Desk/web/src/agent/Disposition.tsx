import { Button, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconCircleCheckFilled, IconSearch } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { command } from "../api/request";
import type { Code, Pop } from "../api/shapes";
import { isTyping } from "../keys/actions";
import { KeyHint } from "../keys/KeyHint";
import { useAction, useRawKeys } from "../keys/KeysProvider";
import { Problem } from "../look/Problem";
import { type Choice, forgetChoice, keepChoice, keptChoice } from "./choice";
import { byDigit, digitOf, matching } from "./codes";
import styles from "./Disposition.module.css";

/**
 * A digit or a word chooses the code, Enter settles it: in wrap-up that ends the wrap-up; during the call it is kept
 * and ends the wrap-up as soon as it begins.
 */
export function Disposition({ agent, pop }: { agent: string; pop: Pop }) {
  const { t } = useTranslation();
  const codes = pop.codes?.length ? pop.codes : [{ code: "done", label: t("agent.done") }];
  const [choice, setChoice] = useState<Choice>(() => keptChoice(pop.contact));
  const [text, setText] = useState("");
  const { finish, isSending, error } = useFinish(agent, pop, choice);
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const isWrapUp = pop.state === "wrapUp";
  const shown = matching(codes, text);
  const chosen = codes.find((code) => code.code === choice.code) ?? null;
  const onlyCode = codes.length === 1 ? (codes[0] ?? null) : null;

  const set = (next: Choice) => {
    keepChoice(next);
    setChoice(next);
  };
  const choose = (code: Code) => set({ contact: pop.contact, code: code.code, isSettled: false });
  const settle = (code: Code | null) => {
    const settledCode = code ?? chosen ?? onlyCode;
    if (!settledCode) return field.current?.focus();
    set({ contact: pop.contact, code: settledCode.code, isSettled: true });
    setText("");
    if (isWrapUp) void finish(settledCode.code);
  };

  useAction("codes", () => field.current?.focus());
  useRawKeys((key) => {
    const code = byDigit(codes, key);
    if (code) choose(code);
    else if (key === "Enter" && !isOnControl()) settle(null);
    else return false;
    return true;
  });
  useEffect(() => {
    // The field takes the keys in wrap-up, but never from somebody who is writing elsewhere.
    if (isWrapUp && !isTyping(document.activeElement)) field.current?.focus({ preventScroll: true });
  }, [isWrapUp]);

  const press = (event: React.KeyboardEvent<HTMLInputElement>) => {
    const code = text === "" ? byDigit(codes, event.key) : null;
    if (code) {
      event.preventDefault();
      choose(code);
    } else if (event.key === "Enter") {
      event.preventDefault();
      settle(text ? (shown[0] ?? null) : null);
    } else if (event.key === "Escape") {
      setText("");
      field.current?.blur();
    }
  };

  return (
    <section className={styles.box} aria-label={t("agent.disposition")} data-testid="disposition">
      <div className={styles.head}>
        <h3 className={styles.title}>{t("agent.disposition")}</h3>
        <TextInput
          ref={field}
          className={styles.field}
          size="sm"
          value={text}
          maxLength={60}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={press}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          rightSection={<KeyHint action="codes" />}
          placeholder={t("agent.search")}
          aria-label={`${t("agent.disposition")}: ${t("agent.search")}`}
          aria-controls={list}
        />
        <Button
          size="sm"
          onClick={() => settle(null)}
          loading={isSending}
          disabled={!chosen && !onlyCode}
          data-testid="finish"
          className={styles.finish}
        >
          {isWrapUp ? t("agent.finish") : t("agent.keepForEnd")}
        </Button>
      </div>
      {choice.isSettled && chosen && !isWrapUp && (
        <p className={styles.settled} role="status">
          <IconCircleCheckFilled size={18} aria-hidden="true" />
          <span>
            <strong>{t("agent.settled", { label: chosen.label })}</strong> {t("agent.settledHelp")}
          </span>
          <Button size="compact-xs" variant="default" onClick={() => set({ ...choice, isSettled: false })}>
            {t("agent.change")}
          </Button>
        </p>
      )}
      {error !== null && <Problem error={error} retry={() => settle(null)} />}
      <div id={list} className={styles.codes} role="group" aria-label={t("agent.disposition")}>
        {shown.map((code, index) => (
          <CodeButton
            key={code.code}
            code={code}
            digit={digitOf(codes, code)}
            isChosen={code.code === choice.code}
            isFirst={text !== "" && index === 0}
            onClick={() => choose(code)}
          />
        ))}
        {shown.length === 0 && <Text c="var(--desk-quiet)">{t("agent.noMatch", { text })}</Text>}
      </div>
    </section>
  );
}

function CodeButton({
  code,
  digit,
  isChosen,
  isFirst,
  onClick,
}: {
  code: Code;
  digit: number | null;
  isChosen: boolean;
  isFirst: boolean;
  onClick: () => void;
}) {
  return (
    <UnstyledButton className={styles.code} aria-pressed={isChosen} data-first={isFirst || undefined} onClick={onClick}>
      <span className={styles.digit} aria-hidden="true">
        {digit ?? ""}
      </span>
      <span>{code.label}</span>
    </UnstyledButton>
  );
}

/** Enter on a button presses that button. */
function isOnControl(): boolean {
  return document.activeElement?.closest("button, a") !== null && document.activeElement !== document.body;
}

/** Sends the code; one that was settled during the call is sent as soon as the wrap-up begins. */
function useFinish(agent: string, pop: Pop, choice: Choice) {
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const sent = useRef<string | null>(null);

  const finish = async (code: string) => {
    if (isSending) return;
    setSending(true);
    setError(null);
    try {
      await command("POST", `/api/agents/${agent}/disposition`, { contact: pop.contact, code });
      // The same caller may come back to this agent: that part of the contact has a code of its own.
      forgetChoice();
    } catch (failure) {
      setError(failure);
    } finally {
      setSending(false);
    }
  };
  const latest = useRef(finish);
  latest.current = finish;

  useEffect(() => {
    if (pop.state !== "wrapUp" || !choice.isSettled || !choice.code || sent.current === pop.contact) return;
    sent.current = pop.contact;
    void latest.current(choice.code);
  }, [pop.state, pop.contact, choice]);

  return { finish, isSending, error };
}
