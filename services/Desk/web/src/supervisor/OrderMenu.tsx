import { ActionIcon, Menu, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useProblem } from "../words/useProblem";

export type Order<T> = { value: T; word: string; icon?: ReactNode; isDisabled?: boolean };

/** A menu of orders about one agent; while one is under way the button waits, and what was refused is said below it. */
export function OrderMenu<T extends string>({
  label,
  icon,
  orders,
  give,
  test,
  children,
}: {
  label: string;
  icon: ReactNode;
  orders: readonly Order<T>[];
  give: (order: T) => Promise<unknown>;
  test: string;
  children?: ReactNode;
}) {
  const tell = useProblem();
  const order = useMutation({ mutationFn: give });
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={label}
            loading={order.isPending}
            data-testid={test}
            c="var(--desk-ink)"
          >
            {icon}
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown aria-label={label}>
          <Menu.Label>{label}</Menu.Label>
          {orders.map(({ value, word, icon: mark, isDisabled }) => (
            <Menu.Item
              key={value}
              leftSection={mark}
              disabled={isDisabled ?? false}
              onClick={() => order.mutate(value)}
            >
              {word}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {order.error && (
        <Text size="xs" c="var(--desk-bad)" role="alert" maw={200}>
          {tell(order.error).text}
        </Text>
      )}
      {children}
    </>
  );
}
