import { Button } from "@mantine/core";
import { IconFileTypeCsv } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { save } from "../api/save";
import { useProblem } from "../words/useProblem";

export function SaveCsv({ path, name }: { path: string; name: string }) {
  const { t } = useTranslation();
  const tell = useProblem();
  const download = useMutation({ mutationFn: () => save(path, "text/csv", name) });
  return (
    <div>
      <Button
        variant="default"
        leftSection={<IconFileTypeCsv size={18} />}
        loading={download.isPending}
        onClick={() => download.mutate()}
      >
        {t("report.csv")}
      </Button>
      {download.error && <div role="alert">{tell(download.error).text}</div>}
    </div>
  );
}
