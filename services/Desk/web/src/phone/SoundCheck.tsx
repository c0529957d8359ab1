import { Button, Group, Loader, Modal, Stack, Text } from "@mantine/core";
import { useEffect, useReducer } from "react";
import { useTranslation } from "react-i18next";
import { checkBegins, checkState, LISTEN_MS, RECORD_MS } from "./check";
import { LevelBar } from "./LevelBar";
import { usePhone } from "./PhoneProvider";
import { MicrophoneSteps } from "./PhoneTrouble";
import type { Phone } from "./phone";
import { playOn } from "./sounds";
import { SPEECH_LEVEL } from "./voice";

/** Nobody begins a shift with dead audio: the agent speaks, hears itself and says so. */
export function SoundCheck({ startShift }: { startShift: () => void }) {
  const { t } = useTranslation();
  const { phone, view, check, setCheck } = usePhone();
  const [state, send] = useReducer(checkState, checkBegins);
  const isOpen = view.microphone.is === "open";

  useEffect(() => send({ on: "microphone", isOpen }), [isOpen]);
  useEffect(() => {
    switch (state.is) {
      case "listening":
        return whenHeard(phone, (heard) => send({ on: heard ? "speech" : "nothing" }));
      case "recording":
        return echo(
          phone,
          () => send({ on: "recorded" }),
          () => send({ on: "played" }),
        );
    }
  }, [phone, state.is]);

  const close = () => setCheck(null);
  const good = check === "shift" ? startShift : close;
  return (
    <Modal
      opened
      onClose={close}
      title={t("phone.checkTitle")}
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("app.close") }}
      data-testid="sound-check"
    >
      <Stack gap="md" data-testid="check" data-check={state.is}>
        {view.microphone.is === "gone" ? (
          <MicrophoneSteps why={view.microphone.why} />
        ) : view.line.is === "otherTab" && view.microphone.is === "off" ? (
          <Text>{t("phone.otherTabHelp")}</Text>
        ) : (
          <>
            <Text role="status" size="lg" fw={600}>
              {t(`phone.checking.${state.is}`)}
            </Text>
            {isOpen && <LevelBar />}
            {state.is === "waiting" && <Loader size="sm" aria-label={t("app.loading")} />}
          </>
        )}
        {(state.is === "asking" || state.is === "silent") && (
          <Group>
            {state.is === "asking" && (
              <Button onClick={good} data-autofocus autoFocus data-testid="check-good">
                {check === "shift" ? t("phone.checkGoodShift") : t("phone.checkGood")}
              </Button>
            )}
            <Button variant="default" onClick={() => send({ on: "again" })} data-testid="check-again">
              {t("phone.checkAgain")}
            </Button>
          </Group>
        )}
      </Stack>
    </Modal>
  );
}

/** Calls back with true when speech comes, with false when none came in time. */
function whenHeard(phone: Phone, tell: (heard: boolean) => void): () => void {
  const late = setTimeout(() => tell(false), LISTEN_MS);
  const stop = phone.level.subscribe(() => {
    if (phone.level.read() >= SPEECH_LEVEL) tell(true);
  });
  return () => {
    clearTimeout(late);
    stop();
  };
}

/** What is said in two seconds is played on the speaker. The effect that began it ends with the state, so it is not undone with it. */
function echo(phone: Phone, recorded: () => void, played: () => void): void {
  const track = phone.microphone;
  if (!track) return;
  const recorder = new MediaRecorder(new MediaStream([track]));
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.onstop = () => {
    const audio = new Audio(URL.createObjectURL(new Blob(parts, { type: recorder.mimeType })));
    const done = () => {
      URL.revokeObjectURL(audio.src);
      played();
    };
    audio.onended = done;
    audio.onerror = done;
    recorded();
    playOn(audio, phone.view.read().choices.speaker).catch(done);
  };
  recorder.start();
  setTimeout(() => recorder.state === "recording" && recorder.stop(), RECORD_MS);
}
