import { TextInput } from "@mantine/core";
import type { Mistakes, QueueForm } from "./queueForm";
import type { Queue } from "./shapes";
import { useMistake } from "./useMistake";

export type QueueFieldsProps = {
  form: QueueForm;
  put: (part: Partial<QueueForm>) => void;
  mistakes: Mistakes;
  all: readonly Queue[];
  /** Of the queue itself. */
  id: string;
};

export type TextField = { [K in keyof QueueForm]: QueueForm[K] extends string ? K : never }[keyof QueueForm];

/** A text or a figure of a queue, with what is wrong about it. */
export function Typed({
  field,
  label,
  help,
  mode,
  form,
  put,
  mistakes,
}: QueueFieldsProps & { field: TextField; label: string; help?: string; mode?: "numeric" | "decimal" }) {
  const told = useMistake();
  return (
    <TextInput
      label={label}
      description={help}
      inputMode={mode}
      value={form[field]}
      error={told(mistakes[field])}
      maxLength={mode ? 9 : 500}
      onChange={(event) => put({ [field]: event.currentTarget.value } as Partial<QueueForm>)}
      data-testid={`queue-${field}`}
    />
  );
}
