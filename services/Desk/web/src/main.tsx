import "@fontsource-variable/inter";
import "@mantine/core/styles.css";
import "./look/base.css";
import "./words/words";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { RequestFailed } from "./api/request";
import { KeysProvider } from "./keys/KeysProvider";
import { theme } from "./look/theme";
import { beginAhead } from "./session/ahead";
import { token } from "./session/token";

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      staleTime: 15_000,
      // A contact's card and history are never looked at again: in a shift they would only add up.
      gcTime: 60_000,
      // What the server refused it refuses again; what did not reach it may do so soon.
      retry: (failures, error) =>
        failures < 5 && (!(error instanceof RequestFailed) || error.status === 0 || error.status >= 500),
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
    },
    mutations: { retry: false, networkMode: "always" },
  },
});

if (token.get()) void beginAhead(cache);

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={cache}>
        <KeysProvider>
          <App />
        </KeysProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
