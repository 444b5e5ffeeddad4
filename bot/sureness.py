"""How probable a reading must be before it is acted on, in one place.

`candor train reader --cross-validate 1` prints what those of dialogue acts and of wishes would cost at other values, on messages
that nothing has learnt from: how many are wrongly taken, and how many rightly meant are not (docs/evaluation.md).
"""

from __future__ import annotations

# Of acts. What is urgent, and a wish for a person, beat every other reading.
URGENT = 0.6  # below it, what sounds urgent is read as what it sounds like next: a false alarm frightens
PERSON_IN_FORM = 0.8  # of a wish for a person at a step of the form, which then waits: those who mean it are read with 0.95
STOP_IN_FORM = 0.6  # of a stop at a step of the form: a false one ends the request
PERSON_ALONE = 0.6  # of a wish for a person where nothing was asked
FIRST_IN_CLAUSE = 0.8  # of either in a clause: half a clause may not sound like one
OWN_ACT = 0.4  # outside the form; below it no act is told from another

# Of intents.
COMPLAINT = 0.6  # from here on "you lost my file, escalate this" is a complaint, and not urgent
WISH = 0.6  # below it, a part of the message may say more clearly what is wished
WISH_BY_SOUND = 0.8  # of a wish in what a message sounds like, whose words are written as they are spoken
WISH_BY_ASKING = 0.8  # at a step of the form, of a wish in what is put as a question: below it the question is answered
ANSWER_BY_ASKING = 0.7  # the same of an answer to the form
PART = 0.5  # of the wish in a part of a message that is a wish
PART_BESIDE = 0.6  # of the wish in a part of a message that was taken for something else

FEELING = 0.6  # below it nothing is said: a kind word to somebody who is calm sounds false
