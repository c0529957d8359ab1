/** The page's phone: one a user. It may begin before the page is drawn, because a caller may wait for who was cut off. */
import { Phone } from "./phone";

let current: { user: string; phone: Phone } | null = null;

export function phoneOf(user: string): Phone {
  if (current?.user !== user) {
    current?.phone.close();
    current = { user, phone: new Phone(user) };
  }
  return current.phone;
}

/** Begins what the page will want as soon as it is drawn: it alone ends it. */
export function beginPhone(user: string): void {
  const phone = phoneOf(user);
  if (phone.view.read().choices.where === "browser") phone.want(true);
}

export function closePhone(phone: Phone): void {
  phone.close();
  if (current?.phone === phone) current = null;
}
