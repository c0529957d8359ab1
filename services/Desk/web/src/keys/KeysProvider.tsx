import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { type Action, actionOf, actions, type Bindings, isTyping, keyOf, standard } from "./actions";

type Handler = () => void;
type Raw = (key: string) => boolean;

type Keys = {
  bindings: Bindings;
  isOn: boolean;
  set(bindings: Bindings): void;
  switchOn(on: boolean): void;
  register(action: Action, handler: Handler): () => void;
  registerRaw(handler: Raw): () => void;
};

const KEY = "callcenter.keys";
const KeysContext = createContext<Keys | null>(null);

function kept(): { bindings: Bindings; isOn: boolean } {
  try {
    const read = JSON.parse(localStorage.getItem(KEY) ?? "{}") as { bindings?: Partial<Bindings>; isOn?: boolean };
    const known = Object.entries(read.bindings ?? {}).filter(
      ([action, key]) => action in actions && typeof key === "string",
    );
    return { bindings: { ...standard, ...Object.fromEntries(known) }, isOn: read.isOn !== false };
  } catch {
    return { bindings: standard, isOn: true };
  }
}

/** One listener for all keys of the page. */
export function KeysProvider({ children }: { children: ReactNode }) {
  const [{ bindings, isOn }, setKept] = useState(kept);
  const handlers = useRef(new Map<Action, Handler[]>());
  const raws = useRef<Raw[]>([]);

  useEffect(() => localStorage.setItem(KEY, JSON.stringify({ bindings, isOn })), [bindings, isOn]);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isOn || event.defaultPrevented || isTyping(event.target)) return;
      if (document.querySelector("[role=dialog]")) return;
      const key = keyOf(event);
      if (key === null) return;
      const action = actionOf(bindings, key);
      const handler = action && handlers.current.get(action)?.at(-1);
      if (handler) {
        event.preventDefault();
        handler();
      } else if (raws.current.some((raw) => raw(key))) {
        event.preventDefault();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [bindings, isOn]);

  const register = useCallback((action: Action, handler: Handler) => {
    const list = handlers.current.get(action) ?? [];
    handlers.current.set(action, [...list, handler]);
    return () => {
      handlers.current.set(
        action,
        (handlers.current.get(action) ?? []).filter((other) => other !== handler),
      );
    };
  }, []);

  const registerRaw = useCallback((handler: Raw) => {
    raws.current = [...raws.current, handler];
    return () => {
      raws.current = raws.current.filter((other) => other !== handler);
    };
  }, []);

  const value = useMemo<Keys>(
    () => ({
      bindings,
      isOn,
      set: (next) => setKept((old) => ({ ...old, bindings: next })),
      switchOn: (on) => setKept((old) => ({ ...old, isOn: on })),
      register,
      registerRaw,
    }),
    [bindings, isOn, register, registerRaw],
  );
  return <KeysContext value={value}>{children}</KeysContext>;
}

export function useKeys(): Keys {
  const keys = useContext(KeysContext);
  if (!keys) throw new Error("useKeys outside KeysProvider");
  return keys;
}

/** While the component is shown, the action's key calls the handler; the innermost wins. */
export function useAction(action: Action, handler: Handler | null): void {
  const { register } = useKeys();
  const latest = useRef(handler);
  latest.current = handler;
  const isActive = handler !== null;
  useEffect(() => (isActive ? register(action, () => latest.current?.()) : undefined), [action, isActive, register]);
}

/** Keys without a binding, such as digits and Enter; answers true when it took the key. */
export function useRawKeys(handler: Raw): void {
  const { registerRaw } = useKeys();
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => registerRaw((key) => latest.current(key)), [registerRaw]);
}

/** The key of an action as it is shown on a button; null while keys are off. */
export function useKeyHint(action: Action): string | null {
  const { bindings, isOn } = useKeys();
  return isOn ? bindings[action].toUpperCase() : null;
}
