import { Badge, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Listing } from "./Listing";
import { users } from "./shapes";
import { TenantName, useTenantNames } from "./TenantName";

export default function UsersPage() {
  const { t, i18n } = useTranslation();
  const nameOf = useTenantNames();
  const roleOf = (role: string) => (i18n.exists(`role.${role}`) ? t(`role.${role}` as "role.agent") : role);
  return (
    <Listing
      title={t("page.users")}
      path="/api/users"
      shape={users}
      keyOf={(user) => user.id}
      text={(user) =>
        `${user.name} ${user.user} ${roleOf(user.role)} ${user.teams.join(" ")} ${user.tenants.map(nameOf).join(" ")}`
      }
      columns={[
        { label: t("admin.name"), cell: (user) => <strong>{user.name}</strong> },
        { label: t("admin.user"), cell: (user) => user.user },
        {
          label: t("admin.role"),
          cell: (user) => (
            <Badge variant="default" size="lg" tt="none" fw={500}>
              {roleOf(user.role)}
            </Badge>
          ),
        },
        {
          label: t("admin.tenants"),
          cell: (user) =>
            user.tenants.length === 0 ? (
              t("admin.everyTenant")
            ) : (
              <Group gap="md">
                {user.tenants.map((tenant) => (
                  <TenantName key={tenant} id={tenant} />
                ))}
              </Group>
            ),
        },
        {
          label: t("admin.teams"),
          cell: (user) =>
            user.role !== "supervisor"
              ? null
              : user.teams.length === 0
                ? t("admin.everyTenant")
                : user.teams.join(", "),
        },
      ]}
    />
  );
}
