import { Button, Group, Modal, NativeSelect, Radio, Stack, Switch, Text } from "@mantine/core";
import { IconBell, IconMicrophone } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { HeadsetSettings } from "./HeadsetSettings";
import { LevelBar } from "./LevelBar";
import { usePhone } from "./PhoneProvider";
import { StandingLegSwitch } from "./StandingLegSwitch";

const RING_MS = 3_000;

/** Browser or SIP phone, the devices, how the voice is treated; each change counts at once and is remembered. */
export function PhoneSettings({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { phone, view, isHere, setCheck, agent } = usePhone();
  const { choices } = view;
  const inCall = view.call.is !== "none";
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("phone.settings")}
      size="md"
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack gap="md">
        <Radio.Group
          label={t("phone.where")}
          value={choices.where}
          onChange={(where) => phone.choose({ where: where === "browser" ? "browser" : "phone" })}
        >
          <Group mt="xs">
            <Radio value="browser" label={t("phone.here")} disabled={inCall} />
            <Radio value="phone" label={t("phone.there")} disabled={inCall} />
          </Group>
        </Radio.Group>
        {agent && <StandingLegSwitch agent={agent} isHere={isHere} />}
        {isHere && (
          <>
            <Devices />
            {view.microphone.is === "open" && <LevelBar />}
            <Switch
              checked={choices.processing}
              onChange={(event) => phone.choose({ processing: event.currentTarget.checked })}
              label={t("phone.processing")}
              description={t("phone.processingHelp")}
            />
            <Switch
              checked={choices.answersByItself}
              onChange={(event) => phone.choose({ answersByItself: event.currentTarget.checked })}
              label={t("phone.byItself")}
              description={t("phone.byItselfHelp")}
              data-testid="answers-by-itself"
            />
            <HeadsetSettings />
            <Group>
              <TryRinger />
              <Button
                variant="default"
                leftSection={<IconMicrophone size={18} />}
                disabled={inCall}
                onClick={() => {
                  onClose();
                  setCheck("trial");
                }}
              >
                {t("phone.check")}
              </Button>
            </Group>
          </>
        )}
        <Group justify="flex-end">
          <Button onClick={onClose}>{t("app.close")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Devices() {
  const { t } = useTranslation();
  const { phone, view } = usePhone();
  const { choices, devices } = view;
  if (devices.microphones.length === 0) return <Text c="var(--desk-quiet)">{t("phone.devicesLater")}</Text>;
  return (
    <>
      {(["microphone", "speaker", "ringer"] as const).map((which) => {
        const all = which === "microphone" ? devices.microphones : devices.outputs;
        const others = all.filter(({ deviceId }) => deviceId !== "default");
        return (
          <NativeSelect
            key={which}
            label={t(`phone.${which}`)}
            value={choices[which] ?? ""}
            onChange={(event) => phone.choose({ [which]: event.currentTarget.value || null })}
            data={[
              { value: "", label: t("phone.standardDevice") },
              ...others.map(({ deviceId, label }) => ({ value: deviceId, label })),
            ]}
          />
        );
      })}
    </>
  );
}

function TryRinger() {
  const { t } = useTranslation();
  const { phone } = usePhone();
  const stop = useRef<(() => void) | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      stop.current?.();
    },
    [],
  );
  const ring = () => {
    clearTimeout(timer.current);
    stop.current = phone.tryRinger();
    timer.current = setTimeout(stop.current, RING_MS);
  };
  return (
    <Button variant="default" leftSection={<IconBell size={18} />} onClick={ring}>
      {t("phone.tryRinger")}
    </Button>
  );
}
