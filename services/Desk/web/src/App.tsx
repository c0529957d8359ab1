import { Center, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Redirect, Route, Switch } from "wouter";
import { loadAgentPage } from "./agent/load";
import type { Me } from "./api/shapes";
import { LiveProvider } from "./live/LiveProvider";
import { readMe } from "./live/reads";
import { Empty } from "./look/Empty";
import { Problem } from "./look/Problem";
import { SignIn } from "./session/SignIn";
import { token } from "./session/token";
import { pagesOf } from "./shell/pages";
import { Shell } from "./shell/Shell";

const pages = {
  agent: lazy(loadAgentPage),
  wallboard: lazy(() => import("./supervisor/WallboardPage")),
  contacts: lazy(() => import("./contacts/ContactsPage")),
  report: lazy(() => import("./client/ReportPage")),
  tenants: lazy(() => import("./administrator/TenantsPage")),
  numbers: lazy(() => import("./administrator/NumbersPage")),
  users: lazy(() => import("./administrator/UsersPage")),
  queues: lazy(() => import("./administrator/QueuesPage")),
  agents: lazy(() => import("./administrator/AgentsPage")),
  supervisor: lazy(() => import("./supervisor/SupervisorDesk")),
  health: lazy(() => import("./administrator/HealthPage")),
};

export function App() {
  const bearer = useSyncExternalStore(token.subscribe, token.get);
  return bearer ? (
    <LiveProvider key={bearer}>
      <SignedIn />
    </LiveProvider>
  ) : (
    <SignIn />
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <Center flex={1} mih="40vh">
      <Loader aria-label={t("app.loading")} />
    </Center>
  );
}

function SignedIn() {
  const { data, error, refetch } = useQuery(readMe);
  if (data) return <Pages me={data} />;
  return (
    <Center component="main" h="100%" p="md">
      {error ? <Problem error={error} retry={() => void refetch()} /> : <Waiting />}
    </Center>
  );
}

function Pages({ me }: { me: Me }) {
  const { t } = useTranslation();
  const own = pagesOf[me.role];
  if (me.role === "agent") {
    return (
      <Suspense fallback={<Waiting />}>
        <pages.agent />
      </Suspense>
    );
  }
  const routes = (
    <Suspense fallback={<Waiting />}>
      <Switch>
        {own.map(({ path, name }) => (
          <Route key={path} path={path} component={pages[name]} />
        ))}
        <Route path="/">
          <Redirect to={own[0]?.path ?? "/"} replace />
        </Route>
        <Route>
          <Empty title={t("app.notFound")} lead={t("app.notFoundHelp")} />
        </Route>
      </Switch>
    </Suspense>
  );
  return me.role === "supervisor" ? (
    <Suspense fallback={<Waiting />}>
      <pages.supervisor me={me}>{routes}</pages.supervisor>
    </Suspense>
  ) : (
    <Shell me={me} pages={own}>
      {routes}
    </Shell>
  );
}
