"""Where the console stands, and what its pages load."""

FOLDER = "/console"
SCRIPT = "src/console.ts"
