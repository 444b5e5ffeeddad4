// One build: the console's script and styles with hashed names, which the server finds through Vite's manifest.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "/console/",
  publicDir: false,
  test: { environment: "happy-dom" }, // what the modules do to a page; the browser tests see the rest
  build: {
    outDir: process.env["CANDOR_CONSOLE_OUT"] ?? at("dist"),
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome107", "edge107", "firefox104", "safari16"], // what does not know nested rules yet
    manifest: true,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      // htmx can run scripts written into attributes; ours are configured not to, and the content security policy forbids it.
      onwarn: (warning, warn) => { if (warning.code !== "EVAL") warn(warning); },
      input: [at("src/console.ts")], output: { entryFileNames: "assets/[name]-[hash].js" },
    },
  },
});
