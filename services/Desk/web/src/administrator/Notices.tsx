import { Alert, List, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { noticeOf } from "./notices";

/** What the server says of settings, in the user's language where we have the words. */
export function Notices({ title, said, colour }: { title: string; said: readonly string[]; colour: "red" | "yellow" }) {
  const { t } = useTranslation();
  return (
    <Alert
      icon={<IconAlertTriangle />}
      color={colour}
      variant="light"
      title={
        <Text span inherit c="var(--desk-ink)">
          {title}
        </Text>
      }
      role={colour === "red" ? "alert" : "status"}
      data-testid="notices"
    >
      <List size="sm" c="var(--desk-ink)">
        {said.map((one) => {
          const known = noticeOf(one);
          return (
            <List.Item key={one} lang={known ? undefined : "en"}>
              {known ? t(`setting.notice.${known.text}`, { names: known.names }) : one}
            </List.Item>
          );
        })}
      </List>
    </Alert>
  );
}
