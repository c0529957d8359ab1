import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";
import type { card, speech } from "./enCard";
import type { office } from "./enOffice";
import type { phone } from "./enPhone";
import type { second } from "./enSecond";
import type { setting } from "./enSetting";
import { fi } from "./fi";

type Texts<T> = { [K in keyof T]: T[K] extends string ? string : Texts<T[K]> };

/** Every language has every text: the compiler checks it. */
export type Words = Texts<typeof en>;
export type OfficeWords = Texts<typeof office>;
export type PhoneWords = Texts<typeof phone>;
export type SecondWords = Texts<typeof second>;
export type SettingWords = Texts<typeof setting>;
export type CardWords = Texts<typeof card>;
export type SpeechWords = Texts<typeof speech>;

export const languages = { en: "English", fi: "Suomi" } as const;
export type Language = keyof typeof languages;

const KEY = "callcenter.language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

function first(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === "en" || kept === "fi") return kept;
  return navigator.language.toLowerCase().startsWith("fi") ? "fi" : "en";
}

void i18next.use(initReactI18next).init({
  lng: first(),
  fallbackLng: "en",
  resources: { en: { translation: en }, fi: { translation: fi } },
  interpolation: { escapeValue: false },
  initAsync: false,
});

function tell(language: string) {
  document.documentElement.lang = language;
}
tell(i18next.language);
i18next.on("languageChanged", tell);

export function speak(language: Language): void {
  localStorage.setItem(KEY, language);
  void i18next.changeLanguage(language);
}
