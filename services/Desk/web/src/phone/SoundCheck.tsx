import { Button, Group, Loader, Modal, Stack, Text } from "@mantine/core";
import { type Dispatch, useEffect, useReducer, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { type CheckInput, checkBegins, checkState, isListening, LISTEN_MS, needsEcho, RECORD_MS } from "./check";
import type { Echo } from "./echo";
import { EchoBar, LevelBar } from "./LevelBar";
import { usePhone } from "./PhoneProvider";
import { MicrophoneSteps } from "./PhoneTrouble";
import type { Phone } from "./phone";
import { QualityMark } from "./QualityMark";
import type { Quality } from "./quality";
import { playOn } from "./sounds";
import { SPEECH_LEVEL } from "./voice";

const CALL_AGAIN_MS = 2_000;

/** Nobody begins a shift with dead audio: the agent speaks, hears what came back from the gateway, and says so. */
export function SoundCheck({ startShift }: { startShift: () => void }) {
  const { t } = useTranslation();
  const { phone, view, check, setCheck } = usePhone();
  const [state, send] = useReducer(checkState, checkBegins);
  const isOpen = view.microphone.is === "open";
  const mayCall = needsEcho(state) && view.line.is === "ready" && view.call.is === "none";
  const { echo, quality } = useEcho(phone, mayCall, send);
  const listens = isListening(state);
  const records = state.is === "recording";

  useEffect(() => send({ on: "microphone", isOpen }), [isOpen]);
  useEffect(() => {
    if (listens && echo) return whenHeard(echo, () => send({ on: "speech" }));
  }, [echo, listens]);
  useEffect(() => {
    if (state.is === "listening") return afterSilence(phone, (isSpoken) => send({ on: "nothing", isSpoken }));
  }, [phone, state.is]);
  useEffect(() => {
    if (records && echo) {
      playBack(
        phone,
        echo,
        () => send({ on: "recorded" }),
        () => send({ on: "played" }),
      );
    }
  }, [phone, echo, records]);

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
            {echo && <EchoBar level={echo.level} />}
            {quality && <QualityMark quality={quality} withFigures />}
            {(state.is === "waiting" || state.is === "connecting") && (
              <Loader size="sm" aria-label={t("app.loading")} />
            )}
          </>
        )}
        {(state.is === "asking" || state.is === "silent" || state.is === "lost") && (
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

/** The echo for as long as it may be called, called again whenever it ends; its last quality stays to be read. */
function useEcho(
  phone: Phone,
  mayCall: boolean,
  send: Dispatch<CheckInput>,
): { echo: Echo | null; quality: Quality | null } {
  const [echo, setEcho] = useState<Echo | null>(null);
  const lastQuality = useRef<Quality | null>(null);
  useEffect(() => {
    if (!mayCall) return;
    let called: Echo | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const call = () => {
      const begun = phone.callEcho(() => begun === called && again());
      called = begun;
      if (!begun) return again();
      begun.sound.subscribe(() => {
        if (begun !== called || !begun.sound.read()) return;
        setEcho(begun);
        send({ on: "echo", isUp: true });
      });
    };
    const again = () => {
      setEcho(null);
      send({ on: "echo", isUp: false });
      timer = setTimeout(call, CALL_AGAIN_MS);
    };
    call();
    return () => {
      clearTimeout(timer);
      const ended = called;
      called = null;
      ended?.end();
      setEcho(null);
      send({ on: "echo", isUp: false });
    };
  }, [phone, mayCall, send]);
  const measured = useSyncExternalStore(echo?.quality.subscribe ?? nothing, () => echo?.quality.read() ?? null);
  if (measured) lastQuality.current = measured;
  return { echo, quality: lastQuality.current };
}

const nothing = () => () => {};

/** Calls back when speech comes back. */
function whenHeard({ level }: Echo, heard: () => void): () => void {
  const hear = () => level.read() >= SPEECH_LEVEL && heard();
  hear();
  return level.subscribe(hear);
}

/** Calls back when nothing came back in time, and says whether the microphone heard anything. */
function afterSilence({ level }: Phone, tell: (isSpoken: boolean) => void): () => void {
  let isSpoken = false;
  const late = setTimeout(() => tell(isSpoken), LISTEN_MS);
  const stop = level.subscribe(() => {
    isSpoken ||= level.read() >= SPEECH_LEVEL;
  });
  return () => {
    clearTimeout(late);
    stop();
  };
}

/**
 * What comes back in two seconds is played on the speaker; it is over when it was heard and the way is measured. The effect
 * that began it ends with the state, so it is not undone with it.
 */
function playBack(phone: Phone, echo: Echo, recorded: () => void, played: () => void): void {
  const sound = echo.sound.read();
  if (!sound) return;
  const recorder = new MediaRecorder(sound);
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.onstop = () => {
    const audio = new Audio(URL.createObjectURL(new Blob(parts, { type: recorder.mimeType })));
    const done = () => {
      URL.revokeObjectURL(audio.src);
      whenMeasured(echo, played);
    };
    audio.onended = done;
    audio.onerror = done;
    recorded();
    playOn(audio, phone.view.read().choices.speaker).catch(done);
  };
  recorder.start();
  setTimeout(() => recorder.state === "recording" && recorder.stop(), RECORD_MS);
}

function whenMeasured({ quality }: Echo, measured: () => void): void {
  if (quality.read()) {
    measured();
    return;
  }
  const stop = quality.subscribe(() => {
    stop();
    measured();
  });
}
