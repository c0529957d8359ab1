import { ActionIcon, Menu, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconMoon, IconSettings, IconSun } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Language, languages, speak } from "../words/words";

const schemes = [
  { scheme: "light", icon: <IconSun size={18} /> },
  { scheme: "dark", icon: <IconMoon size={18} /> },
  { scheme: "auto", icon: <IconDeviceDesktop size={18} /> },
] as const;

function tick(isOn: boolean): ReactNode {
  return isOn ? <IconCheck size={16} aria-hidden="true" /> : null;
}

/** Language and colours; also before the sign-in. */
export function LookMenu({ onDark = false }: { onDark?: boolean }) {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const label = `${t("app.language")}, ${t("app.scheme")}`;
  return (
    <Menu position="bottom-end" width={220} withinPortal>
      <Menu.Target>
        <ActionIcon
          variant={onDark ? "transparent" : "default"}
          size="lg"
          aria-label={label}
          {...(onDark && { c: "var(--desk-bar-ink)" })}
        >
          <IconSettings size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label={label}>
        <Menu.Label>{t("app.language")}</Menu.Label>
        {(Object.keys(languages) as Language[]).map((language) => (
          <Menu.Item
            key={language}
            lang={language}
            onClick={() => speak(language)}
            rightSection={tick(i18n.language === language)}
          >
            {languages[language]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t("app.scheme")}</Menu.Label>
        {schemes.map(({ scheme, icon }) => (
          <Menu.Item
            key={scheme}
            leftSection={icon}
            onClick={() => setColorScheme(scheme)}
            rightSection={tick(colorScheme === scheme)}
          >
            {t(`app.${scheme}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
