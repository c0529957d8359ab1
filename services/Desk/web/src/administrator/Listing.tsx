import { Group, Loader, Table, Text, TextInput, Title } from "@mantine/core";
import { IconDatabaseOff, IconSearch, IconSearchOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import { get } from "../api/request";
import { KeyHint } from "../keys/KeyHint";
import { useAction } from "../keys/KeysProvider";
import { Empty } from "../look/Empty";
import { Problem } from "../look/Problem";
import styles from "./Listing.module.css";

export type Column<T> = { label: string; cell: (item: T) => ReactNode; isFigure?: boolean };

/** A list of what is configured, narrowed by what is typed. */
export function Listing<T>({
  title,
  path,
  shape,
  keyOf,
  text,
  columns,
  action,
}: {
  title: string;
  path: string;
  shape: z.ZodType<{ items: T[] }>;
  keyOf: (item: T) => string;
  /** What the search looks in. */
  text: (item: T) => string;
  columns: readonly Column<T>[];
  /** Beside the search. */
  action?: ReactNode;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const list = useQuery({ queryKey: ["list", path], queryFn: () => get(path, shape) });
  useAction("search", () => field.current?.focus());
  useEffect(() => {
    document.title = `${title} – ${t("app.title")}`;
  }, [title, t]);
  const wanted = typed.trim().toLowerCase();
  const items = list.data?.items.filter((item) => text(item).toLowerCase().includes(wanted)) ?? [];

  return (
    <div className={styles.page} data-testid="listing">
      <Group justify="space-between">
        <Title order={1} size="h3">
          {title}{" "}
          {list.data && (
            <Text span c="var(--desk-quiet)" className="figures">
              {items.length}
            </Text>
          )}
        </Title>
        <Group>
          <TextInput
            ref={field}
            aria-label={t("admin.search")}
            placeholder={t("admin.search")}
            leftSection={<IconSearch size={18} aria-hidden="true" />}
            rightSection={<KeyHint action="search" />}
            value={typed}
            maxLength={100}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {action}
        </Group>
      </Group>
      <section className="card">
        {list.error && <Problem error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && (
          <Group justify="center" p="xl">
            <Loader aria-label={t("app.loading")} />
          </Group>
        )}
        {items.length > 0 && <Rows items={items} keyOf={keyOf} columns={columns} />}
        {list.isSuccess && items.length === 0 && (
          <Empty
            icon={wanted ? <IconSearchOff size={28} /> : <IconDatabaseOff size={28} />}
            title={wanted ? t("admin.noMatch", { text: typed.trim() }) : t("admin.empty")}
            lead={wanted ? t("admin.noMatchLead") : t("admin.emptyLead")}
          />
        )}
      </section>
    </div>
  );
}

function Rows<T>({
  items,
  keyOf,
  columns,
}: {
  items: readonly T[];
  keyOf: (item: T) => string;
  columns: readonly Column<T>[];
}) {
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.label} ta={column.isFigure ? "right" : "left"}>
                {column.label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={keyOf(item)}>
              {columns.map((column) => (
                <Table.Td
                  key={column.label}
                  ta={column.isFigure ? "right" : "left"}
                  className={column.isFigure ? "figures" : undefined}
                >
                  {column.cell(item)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
