import { Button, Group, Loader, Table, Text, Title, UnstyledButton } from "@mantine/core";
import { IconMessageCircleSearch, IconPlayerPlay } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { get } from "../api/request";
import { clock } from "../live/clock";
import { duration } from "../look/duration";
import { Empty } from "../look/Empty";
import { Problem } from "../look/Problem";
import { SaveCsv } from "../look/SaveCsv";
import { useDates } from "../words/useDates";
import { useTermination } from "../words/useTermination";
import { ContactDrawer } from "./ContactDrawer";
import styles from "./ContactsPage.module.css";
import { type ContactItem, contactPage } from "./contact";
import { Filters } from "./Filters";
import { contactsPath, lastDay } from "./filter";
import { useNames } from "./names";

/** Contacts of the past by what is known of them; each opens with its legs and recordings. */
export default function ContactsPage() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState(() => lastDay(clock.now()));
  const [open, setOpen] = useState<string | null>(null);
  const list = useInfiniteQuery({
    queryKey: ["contacts", filter],
    queryFn: ({ pageParam }) => get(contactsPath(filter, { cursor: pageParam, limit: 50 }), contactPage),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? null,
    placeholderData: (before) => before,
  });
  useEffect(() => {
    document.title = `${t("contacts.title")} – ${t("app.title")}`;
  }, [t]);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <div className={styles.page} data-testid="contacts">
      <Group justify="space-between">
        <Title order={1} size="h3">
          {t("contacts.title")}
        </Title>
        <SaveCsv path={contactsPath(filter, { format: "csv" })} name="contacts.csv" />
      </Group>
      <Filters filter={filter} set={setFilter} />
      <section className="card" aria-busy={list.isFetching}>
        {list.error && <Problem error={list.error} retry={() => void list.refetch()} />}
        {items.length > 0 && <List items={items} open={setOpen} />}
        {list.isPending && (
          <Group justify="center" p="xl">
            <Loader aria-label={t("app.loading")} />
          </Group>
        )}
        {list.isSuccess && items.length === 0 && (
          <Empty
            icon={<IconMessageCircleSearch size={28} />}
            title={t("contacts.empty")}
            lead={t("contacts.emptyLead")}
          >
            <Button variant="default" onClick={() => setFilter(lastDay(clock.now()))}>
              {t("contacts.clear")}
            </Button>
          </Empty>
        )}
        {list.hasNextPage && (
          <Group justify="center" p="sm">
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t("contacts.more")}
            </Button>
          </Group>
        )}
      </section>
      <ContactDrawer contact={open} close={() => setOpen(null)} open={setOpen} />
    </div>
  );
}

function List({ items, open }: { items: readonly ContactItem[]; open: (contact: string) => void }) {
  const { t } = useTranslation();
  const names = useNames();
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table highlightOnHover verticalSpacing="xs" horizontalSpacing="md">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("contacts.started")}</Table.Th>
            <Table.Th>{t("contacts.caller")}</Table.Th>
            {names.tenants.length > 1 && <Table.Th>{t("contacts.tenant")}</Table.Th>}
            <Table.Th>{t("contacts.queue")}</Table.Th>
            {names.seesAgents && <Table.Th>{t("contacts.agent")}</Table.Th>}
            <Table.Th>{t("contacts.termination")}</Table.Th>
            <Table.Th ta="right">{t("contacts.duration")}</Table.Th>
            <Table.Th>
              <span className="hidden">{t("contacts.recording")}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Row key={item.id} item={item} open={open} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Row({ item, open }: { item: ContactItem; open: (contact: string) => void }) {
  const { t } = useTranslation();
  const dates = useDates();
  const endedAs = useTermination();
  const names = useNames();
  const started = dates.long(item.startedAt);
  return (
    <Table.Tr data-testid="contact-row">
      <Table.Td className="figures">
        <UnstyledButton
          className={styles.open}
          onClick={() => open(item.id)}
          aria-label={t("contacts.open", { time: started })}
        >
          {started}
        </UnstyledButton>
      </Table.Td>
      <Table.Td className="figures">
        {item.caller || <Text c="var(--desk-quiet)">{t("contacts.withheld")}</Text>}
      </Table.Td>
      {names.tenants.length > 1 && <Table.Td>{names.tenant(item.tenant)}</Table.Td>}
      <Table.Td>{names.queue(item.queue) ?? "–"}</Table.Td>
      {names.seesAgents && <Table.Td>{names.agent(item.agent) ?? "–"}</Table.Td>}
      <Table.Td>{endedAs(item.termination) ?? <em>{t("contacts.running")}</em>}</Table.Td>
      <Table.Td ta="right" className="figures">
        {item.endedAt ? duration(Date.parse(item.endedAt) - Date.parse(item.startedAt)) : "–"}
      </Table.Td>
      <Table.Td>
        {item.recordings.length > 0 && <IconPlayerPlay size={18} aria-label={t("contacts.recording")} />}
      </Table.Td>
    </Table.Tr>
  );
}
