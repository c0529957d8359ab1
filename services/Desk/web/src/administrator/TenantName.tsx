import { useQuery } from "@tanstack/react-query";
import { readMe } from "../live/reads";
import { brand } from "../look/brand";
import styles from "./Listing.module.css";

/** A tenant by colour and name, so that whose something is stays in sight. */
export function TenantName({ id }: { id: string }) {
  const tenant = useTenant(id);
  return (
    <span className={styles.tenant}>
      <span className={styles.swatch} style={{ background: brand(tenant?.colour).colour }} aria-hidden="true" />
      {tenant?.name ?? id}
    </span>
  );
}

function useTenant(id: string) {
  const { data } = useQuery(readMe);
  return data?.tenants.find((tenant) => tenant.id === id);
}

export function useTenantNames(): (id: string) => string {
  const { data } = useQuery(readMe);
  return (id) => data?.tenants.find((tenant) => tenant.id === id)?.name ?? id;
}
