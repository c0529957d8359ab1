import { ActionIcon, Menu, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconKeyboard, IconLogout, IconPlugConnectedX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import type { Me } from "../api/shapes";
import { KeysDialog } from "../keys/KeysDialog";
import { useAction } from "../keys/KeysProvider";
import { useLink, useStaleSince } from "../live/LiveProvider";
import { useNow } from "../live/ticker";
import { initials } from "../look/brand";
import { token } from "../session/token";
import { LookMenu } from "./LookMenu";
import type { Page } from "./pages";
import styles from "./Shell.module.css";

/** The bar on top of every page: pages, what is under way (`children`), the server's clock, keys, look, account. */
export function Shell({
  me,
  pages,
  bar,
  children,
}: {
  me: Me;
  pages: readonly Page[];
  bar?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const [keysOpen, setKeysOpen] = useState(false);
  useAction("help", () => setKeysOpen(true));
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        {t("app.skip")}
      </a>
      <header className={styles.bar}>
        <img src="/mark.svg" alt="" width={30} height={30} className={styles.logo} />
        {pages.length > 1 && <Pages pages={pages} />}
        <div className={styles.middle}>{bar}</div>
        <ServerTime />
        <div className={styles.tools}>
          <ActionIcon
            variant="transparent"
            size="lg"
            c="var(--desk-bar-ink)"
            aria-label={t("keys.title")}
            onClick={() => setKeysOpen(true)}
            className={styles.keys}
          >
            <IconKeyboard size={22} />
          </ActionIcon>
          <LookMenu onDark />
          <Account me={me} />
        </div>
      </header>
      <LinkBanner />
      <main id="content" className={styles.content} tabIndex={-1}>
        {children}
      </main>
      <KeysDialog opened={keysOpen} onClose={() => setKeysOpen(false)} />
    </div>
  );
}

function Pages({ pages }: { pages: readonly Page[] }) {
  const { t } = useTranslation();
  const [here] = useLocation();
  return (
    <nav className={styles.pages} aria-label={t("app.menu")}>
      {pages.map((page) => (
        <Link
          key={page.path}
          href={page.path}
          className={styles.page}
          aria-current={here.startsWith(page.path) ? "page" : undefined}
        >
          {t(`page.${page.name}`)}
        </Link>
      ))}
    </nav>
  );
}

function ServerTime() {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const time = new Intl.DateTimeFormat(i18n.language === "fi" ? "fi" : "en-GB", { timeStyle: "medium" }).format(now);
  return (
    <time className={`${styles.time} figures`} title={t("app.serverTime")}>
      <span className="hidden">{t("app.serverTime")} </span>
      {time}
    </time>
  );
}

function Account({ me }: { me: Me }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const leave = () => {
    token.clear();
    cache.clear();
  };
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton className={styles.account}>
          <span aria-hidden="true">{initials(me.name)}</span>
          <span className="hidden">
            {t("app.account")}: {me.name}
          </span>
          <IconChevronDown size={14} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text fw={600} c="var(--desk-ink)">
            {me.name}
          </Text>
          <Text size="sm">{t(`role.${me.role}`)}</Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={18} />} onClick={leave}>
          {t("app.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Said at once when the link is lost; after ten seconds with the time that what is shown belongs to. */
function LinkBanner() {
  const { t, i18n } = useTranslation();
  const { status } = useLink();
  const stale = useStaleSince();
  const time =
    stale && new Intl.DateTimeFormat(i18n.language === "fi" ? "fi" : "en-GB", { timeStyle: "medium" }).format(stale);
  return (
    <div role="status" aria-live="polite">
      {(status === "lost" || time) && (
        <div className={styles.lost} data-testid="link-lost">
          <IconPlugConnectedX size={20} aria-hidden="true" />
          {status === "lost" && (
            <>
              <strong>{t("link.lost")}</strong>
              <span>{t("link.lostHelp")}</span>
            </>
          )}
          {time && <strong className="figures">{t("link.asOf", { time })}</strong>}
        </div>
      )}
    </div>
  );
}
