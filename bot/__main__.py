"""`python -m bot run …`: Rasa's own command line, without what Candor never uses. Runs in Rasa's environment."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import numpy as np

from bot.kept_out import keep_out_unused

if __name__ == "__main__":
    serving = sys.argv[1:2] == ["run"]
    if serving:
        gc.disable()  # a start throws little away, and would be searched for it again and again; bot/channel.py ends it
    keep_out_unused(Path(__file__).parent.parent / "config.yml", serving=serving)  # before anything of Rasa is imported

    from rasa.__main__ import main

    if sys.argv[1:2] == ["test"]:
        np.random.seed(0)  # `test nlu --cross-validation` shuffles with it: the same folds on each run
    sys.exit(main())
