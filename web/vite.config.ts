import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.PARCLOSE_URL ?? "http://127.0.0.1:7700";

export default defineConfig({
  base: "/",
  plugins: [react()],
  build: {
    outDir: "dist",
    assetsDir: "assets",
    // Fonts and icons stay files: the server's policy has no data: for fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    target: "es2022",
  },
  server: { proxy: { "/api": { target: server, changeOrigin: false } } },
});
