import { Button, Group, Loader, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/request";
import { readMe } from "../live/reads";
import { Problem } from "../look/Problem";
import styles from "./Ladder.module.css";
import { type Arrow, GATEWAY, type Lifeline, ladderOf, ladderText, type SipMessage, sipLadder } from "./ladder";

const COLUMN = 190;
const ROW = 30;
const HEAD = 52;
const TIME = 76;

/** The SIP messages of the contact, for an administrator: read when the section is opened. */
export function Ladder({ contact }: { contact: string }) {
  const { t } = useTranslation();
  const { data: me } = useQuery(readMe);
  const [open, setOpen] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ["contact-sip", contact],
    queryFn: () => get(`/api/contacts/${contact}/sip`, sipLadder),
    enabled: open,
  });
  if (me?.role !== "administrator") return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)} data-testid="sip-ladder">
      <summary className={styles.summary}>{t("contacts.sip")}</summary>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {open && !data && !error && <Loader size="sm" aria-label={t("app.loading")} />}
      {data?.messages.length === 0 && <Text c="var(--desk-quiet)">{t("contacts.noSip")}</Text>}
      {data && data.messages.length > 0 && (
        <Messages messages={data.messages} dropped={data.dropped} contact={contact} />
      )}
    </details>
  );
}

function Messages({ messages, dropped, contact }: { messages: SipMessage[]; dropped: number; contact: string }) {
  const { t } = useTranslation();
  const { lifelines, arrows } = ladderOf(messages);
  return (
    <div className={styles.ladder}>
      <Group justify="space-between">
        <Text size="sm" c="var(--desk-quiet)">
          {dropped > 0 ? t("contacts.sipDropped", { count: dropped }) : t("contacts.sipMasked")}
        </Text>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconDownload size={16} />}
          onClick={() => save(`${contact}.sip.txt`, ladderText(messages))}
        >
          {t("contacts.sipSave")}
        </Button>
      </Group>
      <Drawing lifelines={lifelines} arrows={arrows} />
      <ol className={styles.messages}>
        {arrows.map((arrow, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a ladder never change their order.
          <li key={index}>
            <details>
              <summary className="figures">
                {seconds(arrow.afterMs)} {arrow.message.sent ? "→" : "←"} {arrow.message.remote} {arrow.label}
              </summary>
              <pre lang="en">{arrow.message.text}</pre>
            </details>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Drawing({ lifelines, arrows }: { lifelines: Lifeline[]; arrows: Arrow[] }) {
  const { t } = useTranslation();
  const width = TIME + lifelines.length * COLUMN;
  const height = HEAD + arrows.length * ROW + 12;
  return (
    <div className={styles.drawing}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-label={t("contacts.sipDrawing")}
      >
        <title>{t("contacts.sipDrawing")}</title>
        {lifelines.map((line, index) => (
          <g key={line.key}>
            <text x={middle(index)} y={16} className={styles.name}>
              {line.name === GATEWAY ? t("contacts.gateway") : t(`leg.${line.name}` as "leg.Caller")}
            </text>
            <text x={middle(index)} y={34} className={styles.address}>
              {line.address}
            </text>
            <line x1={middle(index)} x2={middle(index)} y1={HEAD - 8} y2={height} className={styles.lifeline} />
          </g>
        ))}
        {arrows.map((arrow, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the messages of a ladder never change their order.
          <Line key={index} arrow={arrow} y={HEAD + index * ROW + 22} />
        ))}
      </svg>
    </div>
  );
}

function Line({ arrow, y }: { arrow: Arrow; y: number }) {
  const [from, to] = [middle(arrow.from), middle(arrow.to)];
  const back = to > from ? -8 : 8;
  return (
    <g>
      <text x={4} y={y + 4} className={styles.time}>
        {seconds(arrow.afterMs)}
      </text>
      <line x1={from} x2={to} y1={y} y2={y} className={styles.arrow} />
      <path d={`M ${to} ${y} l ${back} -4 v 8 z`} className={styles.head} />
      <text x={(from + to) / 2} y={y - 5} className={styles.label}>
        {arrow.label}
      </text>
    </g>
  );
}

const middle = (index: number) => TIME + index * COLUMN + COLUMN / 2;

const seconds = (ms: number) => `${(ms / 1000).toFixed(3)} s`;

function save(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
