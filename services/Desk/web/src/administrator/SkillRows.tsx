import { Autocomplete, Button, CloseButton, Group, NativeSelect, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Mistakes, SkillRow } from "./queueForm";
import { useMistake } from "./useMistake";

/** Levels by skill. */
export function SkillRows({
  rows,
  known,
  mistakes,
  change,
}: {
  rows: readonly SkillRow[];
  /** Skills that are asked for somewhere. */
  known: readonly string[];
  mistakes: Mistakes;
  change: (rows: SkillRow[]) => void;
}) {
  const { t } = useTranslation();
  const told = useMistake();
  const set = (index: number, part: Partial<SkillRow>) =>
    change(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <Stack gap="xs">
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity while they are typed.
        <Group key={index} align="flex-start" gap="xs">
          <Autocomplete
            flex={1}
            label={t("setting.skill")}
            data={[...known]}
            value={row.skill}
            error={told(mistakes[`skills.${index}`])}
            onChange={(skill) => set(index, { skill })}
          />
          <NativeSelect
            w={110}
            label={t("setting.level")}
            data={["1", "2", "3", "4", "5"]}
            value={row.level}
            error={told(mistakes[`skills.${index}.level`])}
            onChange={(event) => set(index, { level: event.currentTarget.value })}
          />
          <CloseButton
            mt={26}
            aria-label={t("setting.removeOf", { name: row.skill || `${index + 1}` })}
            onClick={() => change(rows.filter((_, at) => at !== index))}
          />
        </Group>
      ))}
      <Button variant="default" size="xs" w="fit-content" onClick={() => change([...rows, { skill: "", level: "3" }])}>
        {t("setting.addSkill")}
      </Button>
    </Stack>
  );
}
