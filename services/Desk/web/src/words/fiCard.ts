import type { CardWords, SpeechWords } from "./words";

export const card: CardWords = {
  open: "Pyydä kortin numero",
  title: "Pyydä kortin numero",
  lead: "Soittaja näppäilee kortin numerot puhelimellaan. Kukaan täällä ei kuule eikä näe niitä, ja tallennus on sillä aikaa hiljaa. Voitte jatkaa puhumista.",
  reference: "Mitä maksetaan",
  referenceHelp: "Esimerkiksi tilauksen tai laskun numero; ei koskaan kortin numeroita.",
  start: "Aloita",
  cancel: "Peru",
  close: "Valmis",
  again: "Yritä uudelleen",
  typing: {
    Number: "Kortin numero: {{count}} numeroa. Soittaja lopettaa painamalla #.",
    Expiry: "Voimassa (kuukausi ja vuosi): {{count}}/4 numeroa",
    SecurityCode: "Turvaluku: {{count}} numeroa",
  },
  sent: "Kysytään maksupalvelusta…",
  accepted: "Maksu hyväksyttiin.",
  declined: "Maksu hylättiin.",
  failed: "Maksupalvelu ei vastannut. Tarkista sieltä, veloitettiinko korttia, ennen kuin yrität uudelleen.",
  mistyped: "Kortin numero näppäiltiin väärin. Pyydä soittajaa näppäilemään se uudelleen.",
  cancelled: "Peruttu. Mitään ei lähetetty.",
  timedOut: "Numeroita ei tullut ajoissa. Mitään ei lähetetty.",
  serviceReference: "Viite: {{reference}}",
};

export const speech: SpeechWords = {
  title: "Kuka puhui",
  caller: "Soittaja",
  agent: "Asiakaspalvelija",
  share: "{{who}} puhui {{time}} ({{percent}} %)",
  both: "Molemmat yhtä aikaa",
  silence: "Hiljaisuus",
  longest: "Pisin hiljaisuus",
  conversation: "Keskustelu",
};
