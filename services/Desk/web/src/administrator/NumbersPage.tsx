import { useTranslation } from "react-i18next";
import { Listing } from "./Listing";
import { numbers } from "./shapes";
import { TenantName, useTenantNames } from "./TenantName";

export default function NumbersPage() {
  const { t, i18n } = useTranslation();
  const nameOf = useTenantNames();
  const kindOf = (kind: string) => (i18n.exists(`kind.${kind}`) ? t(`kind.${kind}` as "kind.tollFree") : kind);
  return (
    <Listing
      title={t("page.numbers")}
      path="/api/numbers"
      shape={numbers}
      keyOf={(number) => number.number}
      text={(number) => `${number.number} ${nameOf(number.tenant)} ${kindOf(number.kind)}`}
      columns={[
        { label: t("admin.number"), cell: (number) => <strong className="figures">{number.number}</strong> },
        { label: t("admin.tenant"), cell: (number) => <TenantName id={number.tenant} /> },
        { label: t("admin.kind"), cell: (number) => kindOf(number.kind) },
        {
          label: t("admin.fallback"),
          cell: (number) =>
            number.fallback?.longestHoldSeconds
              ? t("admin.holds", { seconds: number.fallback.longestHoldSeconds })
              : "–",
        },
      ]}
    />
  );
}
