"""What deploys Candor: docs/deploying.md."""
