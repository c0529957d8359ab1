import { Button, Group, Kbd, Modal, Stack, Switch, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Action, actions, keyOf, mayBind, standard } from "./actions";
import { useKeys } from "./KeysProvider";

/** Shows the keys, changes them, switches them off. */
export function KeysDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("keys.title")}
      size="md"
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Keys onClose={onClose} />
    </Modal>
  );
}

/** Drawn while the dialog is open alone: every page has it. */
function Keys({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { bindings, isOn, set, switchOn } = useKeys();
  const [waiting, setWaiting] = useState<Action | null>(null);
  const [taken, setTaken] = useState<{ key: string; by: Action } | null>(null);

  const take = (action: Action, event: React.KeyboardEvent) => {
    if (event.key === "Escape" || event.key === "Tab") {
      setWaiting(null);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const key = keyOf(event.nativeEvent);
    if (key === null || !mayBind(key)) return;
    const by = (Object.keys(bindings) as Action[]).find((other) => other !== action && bindings[other] === key);
    setTaken(by ? { key, by } : null);
    if (by) return;
    set({ ...bindings, [action]: key });
    setWaiting(null);
  };

  const rows = (Object.keys(actions) as Action[]).map((action) => {
    const key = bindings[action].toUpperCase();
    return (
      <Table.Tr key={action}>
        <Table.Td>{t(`keys.${action}`)}</Table.Td>
        <Table.Td ta="right">
          <Button
            size="compact-sm"
            variant={waiting === action ? "filled" : "default"}
            aria-label={t("keys.change", { action: t(`keys.${action}`), key })}
            onClick={() => {
              setTaken(null);
              setWaiting(action);
            }}
            onBlur={() => setWaiting(null)}
            {...(waiting === action && { onKeyDown: (event: React.KeyboardEvent) => take(action, event) })}
          >
            {waiting === action ? t("keys.press") : key}
          </Button>
        </Table.Td>
      </Table.Tr>
    );
  });

  return (
    <Stack gap="sm">
      <Text size="sm" c="var(--desk-quiet)">
        {t("keys.lead")}
      </Text>
      <Switch checked={isOn} onChange={(event) => switchOn(event.currentTarget.checked)} label={t("keys.on")} />
      {taken && (
        <Text size="sm" role="alert" c="var(--desk-bad)">
          {t("keys.taken", { key: taken.key.toUpperCase(), action: t(`keys.${taken.by}`) })}
        </Text>
      )}
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {rows}
          <Table.Tr>
            <Table.Td>{t("keys.code")}</Table.Td>
            <Table.Td ta="right">
              <Kbd>1</Kbd> – <Kbd>9</Kbd>
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Td>{t("keys.confirm")}</Table.Td>
            <Table.Td ta="right">
              <Kbd>Enter</Kbd>
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Td>{t("keys.anyDialog")}</Table.Td>
            <Table.Td ta="right">
              <Kbd>Esc</Kbd>
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <Group justify="space-between">
        <Button variant="default" onClick={() => set(standard)}>
          {t("keys.reset")}
        </Button>
        <Button onClick={onClose}>{t("app.close")}</Button>
      </Group>
    </Stack>
  );
}
