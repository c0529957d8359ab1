import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./Empty.module.css";

/** Says why there is nothing and what brings something. */
export function Empty({
  icon,
  title,
  lead,
  children,
}: {
  icon?: ReactNode;
  title: string;
  lead?: string;
  children?: ReactNode;
}) {
  return (
    <Stack align="center" gap="xs" className={styles.empty}>
      {icon && (
        <span className={styles.icon} aria-hidden="true">
          {icon}
        </span>
      )}
      <Title order={3} size="h4" ta="center">
        {title}
      </Title>
      {lead && (
        <Text c="var(--desk-quiet)" ta="center" maw={420}>
          {lead}
        </Text>
      )}
      {children}
    </Stack>
  );
}
