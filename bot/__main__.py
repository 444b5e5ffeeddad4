"""`python -m bot run …`: Rasa's own command line, without TensorFlow where config.yml needs none. Runs in Rasa's environment."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.without_tensorflow import keep_out_tensorflow

if __name__ == "__main__":
    keep_out_tensorflow(Path(__file__).parent.parent / "config.yml")  # before anything of Rasa is imported

    from rasa.__main__ import main

    sys.exit(main())
