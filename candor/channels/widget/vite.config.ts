// Two builds into one folder: the chat, an ES module with hashed names, and the launcher, one classic script with a
// fixed name. They are separate so that the launcher never imports a chunk: it runs on pages that are not ours.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const out = process.env["CANDOR_WIDGET_OUT"] ?? at("dist");

/** Add the launcher's entry to the chat's manifest, because the server reads one manifest. */
function oneManifest(): Plugin {
  const read = (name: string) => JSON.parse(readFileSync(`${out}/.vite/${name}`, "utf8")) as object;
  return {
    name: "one-manifest",
    closeBundle() {
      writeFileSync(`${out}/.vite/manifest.json`, JSON.stringify({ ...read("manifest.json"), ...read("launcher.json") }, null, 2));
      rmSync(`${out}/.vite/launcher.json`);
    },
  };
}

export default defineConfig(({ mode }) => {
  const launcher = mode === "launcher";
  return {
    base: "/",
    publicDir: false,
    plugins: launcher ? [oneManifest()] : [],
    build: {
      outDir: out,
      emptyOutDir: !launcher,
      target: "es2022",
      manifest: launcher ? ".vite/launcher.json" : true,
      modulePreload: false,
      reportCompressedSize: false,
      rollupOptions: launcher
        ? { input: at("src/launcher.ts"), output: { format: "iife", entryFileNames: "widget.js" } }
        : { input: at("src/surface.ts"), output: { entryFileNames: "assets/[name]-[hash].js" } },
    },
  };
});
