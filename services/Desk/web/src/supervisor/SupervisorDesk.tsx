import { Popover, UnstyledButton } from "@mantine/core";
import { IconPhone, IconPhoneCheck } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Me } from "../api/shapes";
import { PhoneCard } from "../phone/PhoneCard";
import { PhoneProvider, usePhone } from "../phone/PhoneProvider";
import { PhoneTrouble } from "../phone/PhoneTrouble";
import { isRoutable } from "../phone/phoneState";
import { pagesOf } from "../shell/pages";
import { Shell } from "../shell/Shell";
import { MonitorBar } from "./MonitorBar";
import styles from "./SupervisorDesk.module.css";

/** A supervisor's pages with a phone of their own, so that a conversation looked in on goes on from page to page. */
export default function SupervisorDesk({ me, children }: { me: Me; children: ReactNode }) {
  return (
    <PhoneProvider user={me.user} isAtWork pop={null}>
      <Shell me={me} pages={pagesOf.supervisor} bar={<PhoneButton />}>
        <div className={styles.top}>
          <PhoneTrouble />
          <MonitorBar me={me} />
        </div>
        {children}
      </Shell>
    </PhoneProvider>
  );
}

function PhoneButton() {
  const { t } = useTranslation();
  const { view, isHere } = usePhone();
  const [isOpen, setOpen] = useState(false);
  const isReady = isHere && isRoutable(view);
  const Icon = isReady ? IconPhoneCheck : IconPhone;
  return (
    // Its settings and check are dialogs beside it: it stays while they are open. It is none itself, so the page's keys go on.
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-start"
      width={300}
      keepMounted
      withRoles={false}
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <UnstyledButton
          className={styles.phone}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          data-testid="supervisor-phone"
        >
          <Icon size={20} aria-hidden="true" />
          {t("phone.title")}
          <span className="hidden">: {isHere ? t(`phone.line.${view.line.is}`) : t("phone.there")}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <PhoneCard startShift={() => {}} />
      </Popover.Dropdown>
    </Popover>
  );
}
