import { Button, CloseButton, Group, NativeSelect, SimpleGrid, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { readMe } from "../live/reads";
import { type QueueFieldsProps, type TextField, Typed } from "./QueueField";
import { type Measure, measures, type QueueForm } from "./queueForm";
import { SkillRows } from "./SkillRows";
import { useMistake } from "./useMistake";

const strategies = [
  "LongestIdle",
  "RoundRobin",
  "FewestContacts",
  "LeastTalkTime",
  "SkillLevel",
  "Tiers",
  "LastAgent",
  "Cheapest",
  "Linear",
  "ServiceLevelRisk",
  "Random",
  "RingAll",
] as const;

export function GeneralFields({ isNew, ...props }: QueueFieldsProps & { isNew: boolean }) {
  const { t } = useTranslation();
  const told = useMistake();
  const { form, put, mistakes } = props;
  const { data } = useQuery(readMe);
  return (
    <Stack>
      <NativeSelect
        label={t("admin.tenant")}
        value={form.tenant}
        disabled={!isNew}
        error={told(mistakes.tenant)}
        data={[{ value: "", label: "–" }, ...(data?.tenants ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(event) => put({ tenant: event.currentTarget.value })}
        data-testid="queue-tenant"
      />
      <Typed {...props} field="name" label={t("admin.name")} />
      <Typed {...props} field="priority" label={t("admin.priority")} help={t("setting.priorityHelp")} mode="numeric" />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Typed {...props} field="percent" label={t("setting.percent")} mode="numeric" />
        <Typed {...props} field="withinSeconds" label={t("setting.within")} mode="numeric" />
        <Typed {...props} field="offerTimeoutSeconds" label={t("setting.offer")} mode="numeric" />
        <Typed {...props} field="shortAbandonSeconds" label={t("setting.short")} mode="numeric" />
      </SimpleGrid>
    </Stack>
  );
}

export function AgentFields(props: QueueFieldsProps) {
  const { t } = useTranslation();
  const told = useMistake();
  const { form, put, mistakes, all } = props;
  const set = (index: number, part: Partial<QueueForm["relax"][number]>) =>
    put({ relax: form.relax.map((step, at) => (at === index ? { ...step, ...part } : step)) });
  return (
    <Stack>
      <NativeSelect
        label={t("admin.strategy")}
        value={form.strategy}
        data={strategies.map((value) => ({ value, label: t(`strategy.${value}`) }))}
        onChange={(event) => put({ strategy: event.currentTarget.value })}
        data-testid="queue-strategy"
      />
      {form.strategy === "ServiceLevelRisk" && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <Typed
            {...props}
            field="missedPenalty"
            label={t("setting.penalty")}
            help={t("setting.penaltyHelp")}
            mode="decimal"
          />
          <Typed
            {...props}
            field="waitLimitSeconds"
            label={t("setting.waitLimit")}
            help={t("setting.waitLimitHelp")}
            mode="numeric"
          />
        </SimpleGrid>
      )}
      <SkillRows
        rows={form.skills}
        known={[...new Set(all.flatMap((queue) => Object.keys(queue.skills)))].sort()}
        mistakes={mistakes}
        change={(skills) => put({ skills })}
      />
      <Typed {...props} field="skillRule" label={t("setting.skillRule")} help={t("setting.skillRuleHelp")} />
      <Text fw={600}>{t("setting.relax")}</Text>
      <Text size="sm" c="var(--desk-quiet)">
        {t("setting.relaxHelp")}
      </Text>
      {form.relax.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other identity while they are typed.
        <Group key={index} align="flex-start" gap="xs">
          <TextInput
            w={140}
            label={t("setting.after")}
            inputMode="numeric"
            value={step.after}
            error={told(mistakes[`relax.${index}`])}
            onChange={(event) => set(index, { after: event.currentTarget.value })}
          />
          <TextInput
            flex={1}
            label={t("setting.rule")}
            value={step.rule}
            error={told(mistakes[`relax.${index}.rule`])}
            onChange={(event) => set(index, { rule: event.currentTarget.value })}
          />
          <CloseButton
            mt={26}
            aria-label={t("setting.removeOf", { name: t("setting.step", { number: index + 1 }) })}
            onClick={() => put({ relax: form.relax.filter((_, at) => at !== index) })}
          />
        </Group>
      ))}
      <Button
        variant="default"
        size="xs"
        w="fit-content"
        onClick={() => put({ relax: [...form.relax, { after: "", rule: "" }] })}
      >
        {t("setting.addStep")}
      </Button>
    </Stack>
  );
}

/** Where contacts go that a rule takes out. */
function Then({ field, form, put, mistakes, all, id }: QueueFieldsProps & { field: TextField }) {
  const { t } = useTranslation();
  const told = useMistake();
  const others = all.filter((queue) => queue.tenant === form.tenant && queue.id !== id);
  return (
    <NativeSelect
      label={t("setting.goesTo")}
      value={form[field]}
      error={told(mistakes[field])}
      data={[
        { value: "", label: t("setting.toFlow") },
        ...others.map((queue) => ({ value: queue.id, label: t("setting.toQueue", { name: queue.name }) })),
      ]}
      onChange={(event) => put({ [field]: event.currentTarget.value } as Partial<QueueForm>)}
      data-testid={`queue-${field}`}
    />
  );
}

export function RuleFields(props: QueueFieldsProps) {
  const { t } = useTranslation();
  const { form, put } = props;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Typed
          {...props}
          field="maxWaitSeconds"
          label={t("setting.maxWait")}
          help={t("setting.maxWaitHelp")}
          mode="numeric"
        />
        <Then {...props} field="maxWaitQueue" />
        <Typed
          {...props}
          field="maxContacts"
          label={t("setting.maxLength")}
          help={t("setting.maxLengthHelp")}
          mode="numeric"
        />
        <Then {...props} field="maxLengthQueue" />
      </SimpleGrid>
      <Switch
        label={t("setting.noAgent")}
        checked={form.noAgent}
        onChange={(event) => put({ noAgent: event.currentTarget.checked })}
      />
      {form.noAgent && <Then {...props} field="noAgentQueue" />}
    </Stack>
  );
}

export function OverflowFields({ form, put, mistakes, all, id }: QueueFieldsProps) {
  const { t } = useTranslation();
  const told = useMistake();
  const others = all.filter((queue) => queue.tenant === form.tenant && queue.id !== id);
  const set = (index: number, part: Partial<QueueForm["overflow"][number]>) =>
    put({ overflow: form.overflow.map((group, at) => (at === index ? { ...group, ...part } : group)) });
  const figures = [
    ["on", t("setting.on")],
    ["off", t("setting.off")],
    ["priority", t("admin.priority")],
  ] as const;
  return (
    <Stack>
      <Text size="sm" c="var(--desk-quiet)">
        {t("setting.overflowHelp")}
      </Text>
      {form.overflow.map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: groups have no other identity while they are typed.
        <Group key={index} align="flex-start" gap="xs">
          <NativeSelect
            label={t("setting.agentsOf")}
            value={group.agentsOf}
            error={told(mistakes[`overflow.${index}.agentsOf`])}
            data={[
              { value: "", label: t("setting.chooseQueue") },
              ...others.map((queue) => ({ value: queue.id, label: queue.name })),
            ]}
            onChange={(event) => set(index, { agentsOf: event.currentTarget.value })}
          />
          <NativeSelect
            label={t("setting.measure")}
            value={group.measure}
            data={measures.map((value) => ({ value, label: t(`setting.measures.${value}`) }))}
            onChange={(event) => set(index, { measure: event.currentTarget.value as Measure })}
          />
          {figures.map(([field, label]) => (
            <TextInput
              key={field}
              w={100}
              label={label}
              inputMode="numeric"
              value={group[field]}
              error={told(mistakes[`overflow.${index}.${field}`])}
              onChange={(event) => set(index, { [field]: event.currentTarget.value })}
            />
          ))}
          <CloseButton
            mt={26}
            aria-label={t("setting.removeOf", { name: t("setting.group", { number: index + 1 }) })}
            onClick={() => put({ overflow: form.overflow.filter((_, at) => at !== index) })}
          />
        </Group>
      ))}
      <Button
        variant="default"
        size="xs"
        w="fit-content"
        onClick={() =>
          put({
            overflow: [...form.overflow, { agentsOf: "", measure: "LongestWait", on: "60", off: "20", priority: "60" }],
          })
        }
      >
        {t("setting.addGroup")}
      </Button>
    </Stack>
  );
}

export function WorkFields(props: QueueFieldsProps) {
  const { t } = useTranslation();
  const told = useMistake();
  const { form, put, mistakes } = props;
  const set = (index: number, part: Partial<QueueForm["codes"][number]>) =>
    put({ codes: form.codes.map((code, at) => (at === index ? { ...code, ...part } : code)) });
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Typed {...props} field="wrapUpSeconds" label={t("setting.wrapUp")} mode="numeric" />
        <Typed {...props} field="popSeconds" label={t("setting.pop")} mode="numeric" />
      </SimpleGrid>
      <Switch
        label={t("setting.record")}
        checked={form.record}
        onChange={(event) => put({ record: event.currentTarget.checked })}
      />
      <Typed {...props} field="greeting" label={t("setting.greeting")} help={t("setting.greetingHelp")} />
      <Text size="sm" c="var(--desk-quiet)">
        {t("setting.codesHelp")}
      </Text>
      {form.codes.map((code, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: codes have no other identity while they are typed.
        <Group key={index} align="flex-start" gap="xs">
          <TextInput
            label={t("setting.code")}
            value={code.code}
            error={told(mistakes[`codes.${index}`])}
            onChange={(event) => set(index, { code: event.currentTarget.value })}
          />
          <TextInput
            flex={1}
            label={t("setting.label")}
            value={code.label}
            error={told(mistakes[`codes.${index}.label`])}
            onChange={(event) => set(index, { label: event.currentTarget.value })}
          />
          <CloseButton
            mt={26}
            aria-label={t("setting.removeOf", { name: code.code || `${index + 1}` })}
            onClick={() => put({ codes: form.codes.filter((_, at) => at !== index) })}
          />
        </Group>
      ))}
      <Button
        variant="default"
        size="xs"
        w="fit-content"
        onClick={() => put({ codes: [...form.codes, { code: "", label: "" }] })}
      >
        {t("setting.addCode")}
      </Button>
    </Stack>
  );
}
