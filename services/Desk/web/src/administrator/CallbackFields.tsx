import { NativeSelect, SimpleGrid, Stack, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type QueueFieldsProps, Typed } from "./QueueField";
import { places } from "./queueForm";

/** Callers who are called back instead of waiting, and those who call again soon. */
export function CallbackFields(props: QueueFieldsProps) {
  const { t } = useTranslation();
  const { form, put } = props;
  return (
    <Stack>
      <Switch
        label={t("setting.takesCallbacks")}
        description={t("setting.takesCallbacksHelp")}
        checked={form.takesCallbacks}
        onChange={(event) => put({ takesCallbacks: event.currentTarget.checked })}
        data-testid="queue-takesCallbacks"
      />
      {form.takesCallbacks && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Typed {...props} field="callbackTries" label={t("setting.tries")} mode="numeric" />
          <Typed {...props} field="callbackPauseSeconds" label={t("setting.pause")} mode="numeric" />
          <Typed
            {...props}
            field="callbackRingSeconds"
            label={t("setting.ring")}
            help={t("setting.ringHelp")}
            mode="numeric"
          />
          <Typed {...props} field="callbackWithinSeconds" label={t("setting.givenUp")} mode="numeric" />
          <Typed {...props} field="callbackFrom" label={t("setting.calledFrom")} help={t("setting.calledHelp")} />
          <Typed {...props} field="callbackTo" label={t("setting.calledTo")} help={t("setting.calledHelp")} />
          <Typed {...props} field="callbackPendingMax" label={t("setting.pendingMax")} mode="numeric" />
        </SimpleGrid>
      )}
      <Switch
        label={t("setting.returning")}
        description={t("setting.returningHelp")}
        checked={form.returns}
        onChange={(event) => put({ returns: event.currentTarget.checked })}
        data-testid="queue-returns"
      />
      {form.returns && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Typed {...props} field="returningSeconds" label={t("setting.returningWithin")} mode="numeric" />
          <NativeSelect
            label={t("setting.returningElse")}
            value={form.returningPlace}
            data={places.map((value) => ({ value, label: t(`setting.places.${value}`) }))}
            onChange={(event) => put({ returningPlace: event.currentTarget.value as (typeof places)[number] })}
            data-testid="queue-returningPlace"
          />
        </SimpleGrid>
      )}
    </Stack>
  );
}
