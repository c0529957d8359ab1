/** What keys do. A key is named by the character it types, so that it is right on every keyboard layout. */
export const actions = {
  help: { key: "?", group: "general" },
  search: { key: "/", group: "general" },
  ready: { key: "r", group: "agent" },
  break: { key: "b", group: "agent" },
  status: { key: "s", group: "agent" },
  answer: { key: "a", group: "agent" },
  reject: { key: "x", group: "agent" },
  mute: { key: "m", group: "agent" },
  keypad: { key: "k", group: "agent" },
  hold: { key: "h", group: "agent" },
  transfer: { key: "t", group: "agent" },
  back: { key: "g", group: "agent" },
  other: { key: "o", group: "agent" },
  conference: { key: "n", group: "agent" },
  complete: { key: "f", group: "agent" },
  pause: { key: "p", group: "agent" },
  end: { key: "e", group: "agent" },
  codes: { key: "d", group: "agent" },
  customer: { key: "c", group: "agent" },
  wall: { key: "w", group: "supervisor" },
} as const satisfies Record<string, { key: string; group: "general" | "agent" | "supervisor" }>;

export type Action = keyof typeof actions;
export type Bindings = Record<Action, string>;

export const standard = Object.fromEntries(
  Object.entries(actions).map(([action, { key }]) => [action, key]),
) as Bindings;

/** Keys that have a meaning of their own everywhere, and digits, which choose codes. */
export function mayBind(key: string): boolean {
  return key.length === 1 && key !== " " && !/[0-9]/.test(key);
}

type Stroke = Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey" | "repeat" | "isComposing"> & {
  getModifierState?: (key: "AltGraph") => boolean;
};

/**
 * The key of a stroke that may act; null for one with Ctrl, Alt or Meta, which belongs to the browser, one that AltGr
 * made, one that is held down, and one inside a composition.
 */
export function keyOf(stroke: Stroke): string | null {
  const isOthers = stroke.ctrlKey || stroke.altKey || stroke.metaKey || stroke.getModifierState?.("AltGraph");
  if (isOthers || stroke.repeat || stroke.isComposing) return null;
  return stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key;
}

const TYPING =
  "input:not([type=checkbox]):not([type=radio]):not([type=range]):not([type=button]), textarea, select, [contenteditable=true], [role=textbox], [role=combobox], [role=searchbox]";

/** True where a key types or moves: in fields, and in menus, lists and dialogs, which have keys of their own. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest(TYPING) !== null ||
    target.closest("[role=menu], [role=listbox], [role=dialog], [role=slider]") !== null
  );
}

export function actionOf(bindings: Bindings, key: string): Action | null {
  const found = Object.entries(bindings).find(([, bound]) => bound === key);
  return found ? (found[0] as Action) : null;
}
