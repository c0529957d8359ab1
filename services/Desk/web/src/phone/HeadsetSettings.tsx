import { Button, Text } from "@mantine/core";
import { IconHeadset } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { usePhone } from "./PhoneProvider";

/** The headset's own buttons: used after the user allowed it, which the browser asks once. */
export function HeadsetSettings() {
  const { t } = useTranslation();
  const { headset } = usePhone();
  const view = useSyncExternalStore(headset.view.subscribe, headset.view.read);
  return (
    <div data-testid="headset" data-headset={view.is}>
      <Text fw={600} size="sm">
        {t("phone.headset")}
      </Text>
      <Text size="sm" c="var(--desk-quiet)" role="status" mb="xs">
        {view.is === "connected"
          ? t("phone.headsetIs.connected", { name: view.name })
          : t(`phone.headsetIs.${view.is}`)}
      </Text>
      {(view.is === "none" || view.is === "failed") && (
        <Button
          variant="default"
          leftSection={<IconHeadset size={18} />}
          onClick={() => void headset.ask()}
          data-testid="allow-headset"
        >
          {t("phone.headsetAllow")}
        </Button>
      )}
    </div>
  );
}
