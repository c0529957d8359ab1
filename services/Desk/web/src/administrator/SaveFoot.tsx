import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { RequestFailed } from "../api/request";
import { Problem } from "../look/Problem";
import { Notices } from "./Notices";

type SaveFootProps = {
  /** Fields are marked. */
  isWrong: boolean;
  /** The version before that is in the form; null when none was taken. */
  taken: number | null;
  /** Why the server did not take it, as far as no field is marked for it. */
  refused: readonly string[];
  save: {
    error: unknown;
    isPending: boolean;
    isSuccess: boolean;
    data?: { warnings?: readonly string[] | null | undefined } | undefined;
  };
  submit: () => void;
  close: () => void;
  testId: string;
};

/** The foot of a form of settings: what came of saving it, and the two buttons. */
export function SaveFoot({ isWrong, taken, refused, save, submit, close, testId }: SaveFootProps) {
  const { t } = useTranslation();
  const warnings = save.data?.warnings ?? [];
  return (
    <>
      {isWrong && (
        <Text size="sm" c="var(--desk-bad)" role="alert">
          {t("setting.checkFields")}
        </Text>
      )}
      {taken !== null && <Text size="sm">{t("setting.taken", { version: taken })}</Text>}
      {refused.length > 0 && <Notices title={t("setting.refused")} said={refused} colour="red" />}
      {isChanged(save.error) && <Text role="alert">{t("setting.changedMeanwhile")}</Text>}
      {save.error !== null && !isChanged(save.error) && errorsOf(save.error).length === 0 && (
        <Problem error={save.error} />
      )}
      {warnings.length > 0 && <Notices title={t("setting.savedBut")} said={warnings} colour="yellow" />}
      <Group justify="end">
        <Button variant="default" onClick={close}>
          {save.isSuccess ? t("app.close") : t("app.cancel")}
        </Button>
        <Button onClick={submit} loading={save.isPending} data-testid={testId}>
          {t("app.save")}
        </Button>
      </Group>
    </>
  );
}

export function isChanged(error: unknown): boolean {
  return error instanceof RequestFailed && error.reason === "ChangedMeanwhile";
}

/** What the server said of the settings. */
export function errorsOf(error: unknown): readonly string[] {
  return error instanceof RequestFailed ? error.errors : [];
}
