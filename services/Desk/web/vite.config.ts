import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.CALLCENTER_URL ?? "http://127.0.0.1:8080";
const proxy = {
  "/api": server,
  "/health": server,
  "/hub": { target: server, ws: true },
  "/sip": { target: server, ws: true },
};

export default defineConfig({
  plugins: [react()],
  build: { target: "es2023", chunkSizeWarningLimit: 700 },
  server: { host: "127.0.0.1", proxy },
  preview: { host: "127.0.0.1", proxy },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.{ts,tsx}"],
        },
      },
      {
        test: {
          name: "browser",
          include: ["browser/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: Math.max(120_000, Number(process.env.DESK_TURNS ?? 0) * 2_000),
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
