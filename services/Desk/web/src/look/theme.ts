import { createTheme, type MantineColorsTuple } from "@mantine/core";

const sea: MantineColorsTuple = [
  "#eaf3f9",
  "#d3e4f0",
  "#a6c9e0",
  "#74abd0",
  "#4b92c2",
  "#2f82ba",
  "#1f6fa8",
  "#155a8a",
  "#0f4a73",
  "#0a3554",
];

/** Mantine's greys for dark, drawn towards the desk's blue. */
const night: MantineColorsTuple = [
  "#eef3f7",
  "#d5dee6",
  "#a9b8c6",
  "#7f92a4",
  "#4a5b6c",
  "#2e3c4a",
  "#1f2b37",
  "#17212b",
  "#121a22",
  "#0b1117",
];

export const theme = createTheme({
  primaryColor: "sea",
  primaryShade: 7,
  colors: { sea, dark: night },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
});
