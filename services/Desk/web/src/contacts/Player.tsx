import { ActionIcon, Button, Group, Loader, NativeSelect, Text } from "@mantine/core";
import { IconDownload, IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import WaveSurfer from "wavesurfer.js";
import { file } from "../api/request";
import { duration } from "../look/duration";
import { Problem } from "../look/Problem";
import styles from "./Player.module.css";

const SPEEDS = ["0.75", "1", "1.25", "1.5", "2"];

/** A recording: the caller's channel above, the agent's below. */
export default function Player({ recording }: { recording: string }) {
  const { t } = useTranslation();
  const audio = useQuery({
    queryKey: ["recording", recording],
    queryFn: () => file(`/api/recordings/${recording}/audio`, "audio/wav"),
    gcTime: 60_000,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (audio.error) return <Problem error={audio.error} retry={() => void audio.refetch()} />;
  if (!audio.data) {
    return (
      <Group gap="sm">
        <Loader size="sm" aria-hidden="true" />
        <Text c="var(--desk-quiet)">{t("contacts.loadingAudio")}</Text>
      </Group>
    );
  }
  return <Wave recording={recording} audio={audio.data} />;
}

function Wave({ recording, audio }: { recording: string; audio: Blob }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const wave = useRef<WaveSurfer | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [time, setTime] = useState(0);
  const [length, setLength] = useState(0);
  const [speed, setSpeed] = useState("1");

  useEffect(() => {
    if (!box.current) return;
    const colour = getComputedStyle(document.documentElement).getPropertyValue("--desk-quiet");
    const surfer = WaveSurfer.create({
      container: box.current,
      height: 56,
      barWidth: 2,
      barGap: 1,
      normalize: true,
      cursorWidth: 2,
      cursorColor: "#D55E00",
      splitChannels: [
        { waveColor: colour, progressColor: "#0072B2" },
        { waveColor: colour, progressColor: "#009E73" },
      ],
    });
    surfer.on("ready", setLength);
    surfer.on("timeupdate", setTime);
    surfer.on("play", () => setPlaying(true));
    surfer.on("pause", () => setPlaying(false));
    surfer.on("finish", () => setPlaying(false));
    // Leaving the page ends the loading; that is no failure.
    surfer.loadBlob(audio).catch(() => {});
    wave.current = surfer;
    return () => surfer.destroy();
  }, [audio]);

  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(audio);
    link.download = `${recording}.wav`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  return (
    <div className={styles.player} data-testid="player" data-ready={length > 0 || undefined}>
      <div ref={box} aria-hidden="true" className={styles.wave} />
      <Text size="sm" c="var(--desk-quiet)">
        {t("contacts.channels")}
      </Text>
      <div className={styles.controls}>
        <ActionIcon
          size="xl"
          radius="xl"
          variant="filled"
          aria-label={isPlaying ? t("contacts.pause") : t("contacts.play")}
          onClick={() => void wave.current?.playPause()}
        >
          {isPlaying ? <IconPlayerPauseFilled size={20} /> : <IconPlayerPlayFilled size={20} />}
        </ActionIcon>
        <input
          type="range"
          className={styles.slider}
          min={0}
          max={Math.max(1, length)}
          step={1}
          value={time}
          aria-label={t("contacts.position")}
          aria-valuetext={`${duration(time * 1000)} / ${duration(length * 1000)}`}
          onChange={(event) => wave.current?.setTime(Number(event.currentTarget.value))}
        />
        <span className="figures">
          {duration(time * 1000)} / {duration(length * 1000)}
        </span>
        <NativeSelect
          aria-label={t("contacts.speed")}
          data={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
          value={speed}
          onChange={(event) => {
            setSpeed(event.currentTarget.value);
            wave.current?.setPlaybackRate(Number(event.currentTarget.value), true);
          }}
          w={90}
        />
        <Button variant="default" leftSection={<IconDownload size={18} />} onClick={save}>
          {t("contacts.download")}
        </Button>
      </div>
    </div>
  );
}
