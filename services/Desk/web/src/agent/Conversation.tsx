import { Button } from "@mantine/core";
import { IconPhoneOff, IconPhoneRinging, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { command, isRefusal } from "../api/request";
import type { Pop } from "../api/shapes";
import { KeyHint } from "../keys/KeyHint";
import { useAction } from "../keys/KeysProvider";
import { clock } from "../live/clock";
import { useNow } from "../live/ticker";
import type { ShownState } from "../look/agentState";
import { brand, initials } from "../look/brand";
import { duration, since } from "../look/duration";
import { Problem } from "../look/Problem";
import { StateMark } from "../look/StateMark";
import { AnswerButtons, Keypad, MuteButton } from "../phone/CallButtons";
import { usePhone } from "../phone/PhoneProvider";
import { CardBar, CardButton, type CardOrder } from "./Card";
import styles from "./Conversation.module.css";
import { Disposition } from "./Disposition";
import { PauseButton, Paused, type SecondOrder, SecondPartyBar, TransferButton } from "./SecondParty";
import { type Option, targetOf } from "./second";

const shown: Record<Pop["state"], ShownState> = {
  offered: "ringing",
  talking: "talking",
  held: "hold",
  consulting: "consulting",
  wrapUp: "wrapUp",
  over: "wrapUp",
};

/** The contact in hand: whose client it is, what to say, who calls, what can be done. The same frame in every state. */
export function Conversation({ agent, pop }: { agent: string; pop: Pop }) {
  return (
    <article className={`${styles.conversation} card`} data-testid="conversation" data-contact-state={pop.state}>
      <Identity pop={pop} />
      <Script pop={pop} />
      <Controls agent={agent} pop={pop} />
      {pop.state !== "offered" && <Disposition key={pop.contact} agent={agent} pop={pop} />}
    </article>
  );
}

function Identity({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const { colour, ink } = brand(pop.tenant.colour);
  const state = shown[pop.state];
  return (
    <header className={styles.identity} style={{ "--brand": colour, "--brand-ink": ink } as React.CSSProperties}>
      <span className={styles.initials} aria-hidden="true">
        {initials(pop.tenant.name)}
      </span>
      <div className={styles.who}>
        <h1 className={styles.tenant} data-testid="tenant">
          {pop.tenant.name}
        </h1>
        <span>{pop.queue?.name}</span>
      </div>
      <span className={styles.state}>
        <StateMark state={state} size={30} />
        <Clock pop={pop} />
      </span>
      <span className="hidden" role="status">
        {`${pop.tenant.name}: ${t(`state.${state}`)}`}
      </span>
    </header>
  );
}

function Clock({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const now = useNow();
  if (pop.state === "wrapUp" && pop.wrapUpDeadline) {
    const time = duration(Date.parse(pop.wrapUpDeadline) - now + 999);
    return (
      <span className={`${styles.clock} figures`} data-testid="clock">
        <span className="hidden">{t("agent.wrapUpEnds", { time })}</span>
        <span aria-hidden="true">−{time}</span>
      </span>
    );
  }
  return (
    <span className={`${styles.clock} figures`} data-testid="clock">
      {since(pop.stateSince, now)}
    </span>
  );
}

function Script({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  return (
    <div className={styles.script}>
      <div className={styles.greeting}>
        <span className={styles.say}>{t("agent.say")}</span>
        {pop.greeting ? (
          <p className={styles.words} lang={pop.language ?? undefined} data-testid="greeting">
            {pop.greeting}
          </p>
        ) : (
          <p className={styles.noWords}>{t("agent.noGreeting")}</p>
        )}
      </div>
      <dl className={styles.facts}>
        <Fact
          label={t("agent.caller")}
          value={!pop.caller || pop.caller === "anonymous" ? t("agent.anonymous") : pop.caller}
          test="caller"
        />
        {pop.callback && (
          <Fact
            label={t("agent.callback")}
            value={t("agent.callbackTry", { ...pop.callback, minutes: minutesSince(pop.callback.firstAt) })}
            test="callback"
          />
        )}
        <Fact label={t("agent.called")} value={pop.called} test="called" />
        <Fact label={t("agent.queue")} value={pop.queue?.name} test="queue" />
        <Fact label={t("agent.language")} value={pop.language ? languageName(pop.language) : null} test="language" />
      </dl>
    </div>
  );
}

/** Whole minutes on the server's clock. */
function minutesSince(at: string): number {
  return Math.max(0, Math.floor((clock.now() - Date.parse(at)) / 60_000));
}

function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames([document.documentElement.lang, "en"], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

function Fact({ label, value, test }: { label: string; value: string | null | undefined; test: string }) {
  if (!value) return null;
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd className="figures" data-testid={test}>
        {value}
      </dd>
    </div>
  );
}

type Order = "hold" | "retrieve" | "hang-up" | SecondOrder | CardOrder;

function Controls({ agent, pop }: { agent: string; pop: Pop }) {
  const { t } = useTranslation();
  const { phone } = usePhone();
  const { give, pending, refused } = useOrders(agent, pop, () => phone.hangUp());
  const isHeld = pop.state === "held";
  const isApart = pop.state === "consulting";
  const inCall = pop.state === "talking" || isHeld || isApart;
  useAction("hold", inCall && !isApart ? () => give(isHeld ? "retrieve" : "hold") : null);
  useAction("end", inCall ? () => give("hang-up") : null);

  if (pop.state === "offered") {
    return (
      <>
        <div className={styles.notice}>
          <SecondPartyBar pop={pop} give={give} pending={pending} />
        </div>
        <Ringing pop={pop} />
      </>
    );
  }
  if (!inCall) {
    return (
      <>
        {pop.isTakenOver && (
          <div className={styles.notice}>
            <p className={styles.second} role="status" data-testid="taken-over">
              {t("second.takenOver")}
            </p>
          </div>
        )}
        <WrapUpBar pop={pop} />
      </>
    );
  }
  return (
    <div className={styles.controls} role="group" aria-label={t("agent.controls")}>
      <SecondPartyBar pop={pop} give={give} pending={pending} />
      <CardBar pop={pop} give={give} pending={pending} />
      <Paused pop={pop} />
      <MuteButton />
      <Button
        size="md"
        disabled={isApart}
        variant={isHeld ? "filled" : "default"}
        leftSection={isHeld ? <IconPlayerPlay size={20} /> : <IconPlayerPause size={20} />}
        rightSection={<KeyHint action="hold" />}
        loading={pending === "hold" || pending === "retrieve"}
        onClick={() => give(isHeld ? "retrieve" : "hold")}
        data-testid="hold"
      >
        {isHeld ? t("agent.retrieve") : t("agent.hold")}
      </Button>
      <Keypad />
      <TransferButton pop={pop} give={give} pending={pending} />
      <PauseButton pop={pop} give={give} pending={pending} />
      <CardButton pop={pop} give={give} pending={pending} />
      <Button
        size="md"
        color="#b3261e"
        className={styles.end}
        leftSection={<IconPhoneOff size={20} />}
        rightSection={<KeyHint action="end" />}
        loading={pending === "hang-up"}
        onClick={() => give("hang-up")}
        data-testid="end"
      >
        {t("agent.end")}
      </Button>
      {refused && (
        <div className={styles.error} data-testid="order-refused">
          <Problem
            error={refused.error}
            {...(refused.to && {
              title: t(`second.refused.${isRefusal(refused.error) ? refused.to.kind : "unknown"}`, refused.to),
            })}
          />
        </div>
      )}
    </div>
  );
}

/** An order is pending until the call's state says that it was carried out, or the server answers: the gateway has done it then, or will not. */
function useOrders(agent: string, pop: Pop, hangUpHere: () => void) {
  const [pending, setPending] = useState<Order | null>(null);
  const [refused, setRefused] = useState<{ error: unknown; to: Option | undefined } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new state is what ends the pending order.
  useEffect(() => {
    setPending(null);
    setRefused(null);
  }, [pop.contact, pop.state, pop.second?.state, pop.isRecordingPaused, pop.card?.state]);

  const give = (order: Order, to?: Option, reference?: string) => {
    if (pending) return;
    setPending(order);
    setRefused(null);
    command("POST", `/api/agents/${agent}/${order}`, {
      contact: pop.contact,
      ...(to && { to: targetOf(to) }),
      ...(reference && { reference }),
    })
      .catch((error: unknown) => {
        setRefused({ error, to });
        // The desk is away, the call is not: this browser's phone ends it by itself.
        if (order === "hang-up") hangUpHere();
      })
      .finally(() => setPending(null));
  };
  return { give, pending, refused };
}

function Ringing({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const now = useNow();
  const { isHere, view } = usePhone();
  const isJoined = view.call.is === "up";
  const left = pop.deadline ? Date.parse(pop.deadline) - now : null;
  const title = isJoined ? t("phone.joinedHelp") : isHere ? t("phone.answerHelp") : t("agent.ringingHelp");
  return (
    <div className={styles.ringing}>
      <IconPhoneRinging size={36} aria-hidden="true" className={styles.bell} />
      <div>
        <strong className={styles.ringingTitle}>{title}</strong>
        {left !== null && <div className="figures">{t("agent.ringsFor", { time: duration(left) })}</div>}
      </div>
      {left !== null && pop.offeredAt && (
        <Countdown left={left} total={Date.parse(pop.deadline ?? "") - Date.parse(pop.offeredAt)} />
      )}
      {isHere && !isJoined && <AnswerButtons contact={pop.contact} />}
    </div>
  );
}

function WrapUpBar({ pop }: { pop: Pop }) {
  const { t } = useTranslation();
  const now = useNow();
  if (!pop.wrapUpDeadline) return null;
  const end = Date.parse(pop.wrapUpDeadline);
  return (
    <div className={styles.wrapUp}>
      <span className="figures">{t("agent.wrapUpEnds", { time: duration(end - now + 999) })}</span>
      <Countdown left={end - now} total={end - Date.parse(pop.stateSince)} />
    </div>
  );
}

function Countdown({ left, total }: { left: number; total: number }) {
  const share = total > 0 ? Math.min(1, Math.max(0, left / total)) : 0;
  return (
    <div className={styles.track} aria-hidden="true">
      <div className={styles.rest} style={{ transform: `scaleX(${share})` }} />
    </div>
  );
}
