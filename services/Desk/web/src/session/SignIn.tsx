import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { loadAgentPageAhead } from "../agent/load";
import { change, RequestFailed } from "../api/request";
import { signedIn } from "../api/shapes";
import { LookMenu } from "../shell/LookMenu";
import { useProblem } from "../words/useProblem";
import { beginAhead } from "./ahead";
import styles from "./SignIn.module.css";
import { token } from "./token";

export function SignIn() {
  const { t } = useTranslation();
  const tell = useProblem();
  const cache = useQueryClient();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => change("POST", "/api/sign-in", { user, password }, signedIn),
    onSuccess: (signed) => {
      token.set(signed);
      void beginAhead(cache);
    },
  });

  // Most who sign in are agents, some with a caller who waits.
  useEffect(loadAgentPageAhead, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!signIn.isPending) signIn.mutate();
  };

  const { error } = signIn;
  const status = error instanceof RequestFailed ? error.status : null;
  const wrong = status === 401 ? t("signIn.wrong") : status === 429 ? t("signIn.tooMany") : error && tell(error).text;

  return (
    <main className={styles.page}>
      <div className={styles.look}>
        <LookMenu />
      </div>
      <Paper component="form" onSubmit={submit} className={styles.form} withBorder shadow="sm" radius="lg">
        <Stack gap="md">
          <div>
            <img src="/mark.svg" alt="" width={44} height={44} />
            <Title order={1} size="h2" mt="sm">
              {t("signIn.title")}
            </Title>
            <Text c="var(--desk-quiet)">{t("signIn.lead")}</Text>
          </div>
          {token.hasEnded() && !error && <Alert color="yellow">{t("signIn.ended")}</Alert>}
          {wrong && (
            <Alert color="red" role="alert">
              {wrong}
            </Alert>
          )}
          <TextInput
            label={t("signIn.user")}
            name="user"
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
            maxLength={100}
            value={user}
            onChange={(event) => setUser(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("signIn.password")}
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            maxLength={200}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="md" loading={signIn.isPending} fullWidth>
            {t("signIn.submit")}
          </Button>
        </Stack>
      </Paper>
    </main>
  );
}
