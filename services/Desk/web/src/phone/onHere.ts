/** Whose phone this tab has on: it survives a reload and ends with the tab. */
const KEY = "callcenter.phoneOn";

export const phoneOnHere = {
  of: (): string | null => sessionStorage.getItem(KEY),
  keep(user: string | null): void {
    if (user === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, user);
  },
};
