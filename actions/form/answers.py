"""Understand a visitor's message while request_form asks for something. Pure: question and message → meaning.

The message's intent was found with the form's question in view (bot/dialogue_acts.py). Rules come first where a text leaves no
doubt; what the intent decides is decided here for each step. If a message answers nothing that the form has asked (None), other
rules answer it and the form asks again. So a question in between gets its answer, and is never taken for an answer itself.
"""

from __future__ import annotations

import re
from dataclasses import replace

from actions.asked_of_request import CHANGE_LATER, asks_of_request
from actions.form.address import asks_which_address, read_address
from actions.form.asked_back import asks_back, to_a_guess, to_what_to_change, to_whether_to_add, to_which
from actions.form.clear_yes import says_to_open
from actions.form.consent import read_consent
from actions.form.corrections import read_correction, read_put_right, read_respelling
from actions.form.details import NOT_NOW, as_refused, as_told, read_details
from actions.form.message import URGENT, AsksAbout, FormMessage, Meaning, Stopped, Unclear, tells_a_story
from actions.form.residence import read_place, read_residence
from actions.form.told_along import told_too_early, wrong_told_early
from actions.form.words import ASKING, EMAIL, FEW_WORDS, GO_ON, NUMBER, SAYS_YES, TAG, TOKEN, WITHOUT_DETAILS
from candor.tickets.law.residence import is_place_alone, is_place_name
from candor.typed.short_answers import ShortAnswer, read_short_answer

# Where the words of a short message leave no doubt, no model is asked.
SURE_INTENT = {
    ShortAnswer.YES: "affirm", ShortAnswer.NO: "deny", ShortAnswer.LATER: "pause_form", ShortAnswer.STOP: "stop_form",
    ShortAnswer.NOTHING: "skip", ShortAnswer.DONT_KNOW: "skip", ShortAnswer.RATHER_NOT: "skip",
    ShortAnswer.WRONG: "correct_answer",
}  # fmt: skip
# Who leaves for a while, and why, helps nobody to find data: "bus is here brb". "I have to go to court" says more.
LEAVES = re.compile(
    r"(?<!\w)(?:brb|bbl|bbs|afk|g2g|gtg|ttyl|cya|^(?:\W*(?:ok|sorry|wait)\W+)?(?:(?:i['’]?ll|i will|will) )?be (?:right )?back"
    r"|back (?:soon|later|in (?:an?|\d+|two|five|ten|half an) (?:bit|few|hour|min|mo|sec|jiffy|while)\w*)"
    r"|(?:got to|gotta|have to|has to|need to|must) (?:go|run|dash|leave|rush|hang up)(?: now)?(?=\s*(?:$|[,.;!?-]))"
    r"|(?:talk|speak|write) (?:to you )?later)(?!\w)",
    re.IGNORECASE,
)
MOST_WORDS_OF_A_LEAVE = 10
CHECKS = re.compile(TAG, re.IGNORECASE)  # what is asked so is answered by what would be sent


def read_answer(message: FormMessage) -> Meaning:  # noqa: PLR0911  (one line a kind, in order)
    """What a message means to the form; None if it does not answer it."""
    named = is_place_name(message.text) or (is_place_alone(message.text) and not message.why)
    if message.asked == "residence" and named:  # picked from the list, or typed
        return read_place(message)
    message = as_told(as_refused(_surely(message)))
    if message.means("talk_to_human", *URGENT):
        return None
    if back := asks_back(message.text, message.asked):
        return Unclear(back)
    if ASKING.search(message.text) and not EMAIL.search(message.text):
        later = CHANGE_LATER.search(message.text) and message.words <= 3 * FEW_WORDS
        if later or asks_of_request(message.text):
            return AsksAbout()
    if message.asked == "agreed" and CHECKS.search(message.text) and not TOKEN.search(message.text):
        return Unclear("summary")
    if message.means("stop_form", "cancel_request") and not NUMBER.search(message.text) and not tells_a_story(message):
        return Stopped()
    nothing_now = message.asked == "details" and NOT_NOW.fullmatch(message.text)
    pauses = message.means("pause_form", at_least=0.0) and not tells_a_story(message) and not says_to_open(message.text)
    if _leaves(message) or (pauses and not nothing_now):
        return Unclear("later")
    answer = (
        to_what_to_change(message) or to_whether_to_add(message)
        or to_a_guess(message) or to_which(message) or wrong_told_early(message) or told_too_early(message)
        or read_put_right(message) or read_respelling(message) or asks_which_address(message) or read_correction(message)
    )  # fmt: skip
    if answer is not None:
        return answer
    return {"residence": read_residence, "email": read_address, "details": read_details, "agreed": read_consent}[message.asked](
        message
    )


def _leaves(message: FormMessage) -> bool:
    """Whether somebody only says that they go, and are back later; not with an answer beside it."""
    rest = LEAVES.sub("", message.text)
    if rest == message.text or message.words > MOST_WORDS_OF_A_LEAVE or "?" in rest:
        return False
    return not (TOKEN.search(rest) or re.search(r"\d", rest) or is_place_name(rest.strip(" ,.!")))


def _surely(message: FormMessage) -> FormMessage:
    """The message with the intent that its words have without doubt, if they have one."""
    answer = read_short_answer(message.text)
    intent = SURE_INTENT.get(answer)
    if intent is None or message.means("talk_to_human", *URGENT):
        return message
    if answer is ShortAnswer.RATHER_NOT and message.means("ask_why", "ask_about_request") and ASKING.search(message.text):
        return message  # "do I have to answer that?" asks, and refuses nothing yet
    says_yes = message.asked == "agreed" and answer is ShortAnswer.YES and SAYS_YES.search(message.text)
    if intent in {"affirm", "skip"} and GO_ON.search(message.text) and not says_yes:
        intent = "go_on"
    if message.asked == "agreed" and intent == "skip":  # "rather not" is a no to "shall I open it?"; "that's all" is neither
        intent = "deny" if answer is ShortAnswer.RATHER_NOT else "skip" if WITHOUT_DETAILS.search(message.text) else "go_on"
    return replace(message, intent=intent, confidence=1.0)
