"""The path of the console, and the script that its pages load."""

FOLDER = "/console"
SCRIPT = "src/console.ts"
