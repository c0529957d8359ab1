import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env.CALLCENTER_URL ?? "http://127.0.0.1:8080";
const proxy = {
  "/api": server,
  "/health": server,
  "/hub": { target: server, ws: true },
  "/sip": { target: server, ws: true },
};

/** Texts lie beside their compressed copies: a PC that signs in for the first time loads a third of them. */
function compressedCopies(): Plugin {
  return {
    name: "compressed-copies",
    apply: "build",
    // From what is on the disk: until then other plugins change the chunks.
    writeBundle({ dir = "dist" }, bundle) {
      for (const { fileName } of Object.values(bundle)) {
        if (!/\.(js|css|html|svg)$/.test(fileName)) continue;
        const file = join(dir, fileName);
        const text = readFileSync(file);
        if (text.length < 1_000) continue;
        writeFileSync(`${file}.br`, brotliCompressSync(text));
        writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), compressedCopies()],
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
