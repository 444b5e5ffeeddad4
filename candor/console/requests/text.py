"""The console's sentences about requests: steps, states, events, and how near a date is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from candor.accounts.actors import ACCOUNT, COMMAND_LINE, REQUESTER, SYSTEM, read_actor
from candor.errors import CandorError
from candor.tickets.agent_authority import AUTHORITY
from candor.tickets.dates import day
from candor.tickets.delivery.trouble import LetterTrouble
from candor.tickets.details import DeliveryState, RequestEvent
from candor.tickets.events import LETTERS, LONGEST_WORDS, ExplanationMissingError
from candor.tickets.queue import SOON, QueueEntry
from candor.tickets.staff import NoMoreTimeError, StaffStep
from candor.tickets.states import NotNowError

NO_DATE = "Not worked out yet: it follows within ten minutes."  # of a request from before there were dates
READ_BY_REQUESTER = {"complete", "ask_requester", "extend", "refuse", "reopen"}  # word for word, in the letter


@dataclass(frozen=True)
class StepWords:
    """The sentences of a step's form. asks: the label of its text; empty: it has none. must: whether the text is required."""

    step: StaffStep
    title: str  # on its button
    what: str  # what it does, for somebody who has never done it
    asks: str = ""
    hint: str = ""
    must: bool = True
    did: str = ""  # shown when it is done
    once_more: str = ""  # on the button that sends the letter

    @property
    def writes(self) -> bool:
        """Whether the requester gets a letter."""
        return self.step in LETTERS or self.step == "prove"

    @property
    def speaks(self) -> bool:
        """Whether the requester reads the text word for word."""
        return self.step in READ_BY_REQUESTER


STEPS: dict[str, StepWords] = {
    one.step: one
    for one in (
        StepWords(
            "send_code", "Send a new code", "Whoever reads the mail of this address proves with it that the request is theirs.",
            did="A new code is on its way. The request opens by itself once it is typed in the chat.",
        ),
        StepWords(
            "prove", "Record another proof", "The requester has shown in another way who they are. The work begins.",
            "What did you see, and when?",
            "Stays with the request. Do not copy the document: say what it was and that it fitted.",
            did="The proof is recorded, and work has begun.", once_more="Record it and send",
        ),
        StepWords(
            "start", "Skip the check",
            "Begins the work although nobody has shown who asks. What you send then may reach a stranger.",
            "Why is no proof needed?", "Stays with the request. The letter says only that you work on it.",
            did="Work has begun without proof.", once_more="Skip it and send",
        ),
        StepWords(
            "complete", "Complete", "The request is answered and closed.", "What was done?", "The requester reads this.",
            did="Completed.", once_more="Complete and send",
        ),
        StepWords(
            "ask_requester", "Ask the requester", "You need to know something before you can answer.",
            "What do you need to know?", "The requester reads this.", did="The question is on its way.",
            once_more="Send the question",
        ),
        StepWords(
            "answer", "Note their answer", "The requester has answered in another way, such as by phone.",
            "What did they say?", "Stays with the request; nothing is sent.", must=False, did="Their answer is noted.",
        ),
        StepWords(
            "extend", "Take more time", "Takes the longer time that the law gives, once, and tells the requester why.",
            "Why is more time needed?", "The requester reads this. The law asks for the reason.", did="More time is taken.",
            once_more="Take it and send",
        ),
        StepWords(
            "refuse", "Refuse",
            "The request is closed. The letter tells the grounds, and all that the law of this request asks for.",
            "What does that mean here?", "The requester reads this: say what you may not or cannot do, and why.", did="Refused.",
            once_more="Refuse and send",
        ),
        StepWords(
            "withdraw", "They withdrew it", "The requester has withdrawn the request in another way.",
            "How did they say so?", "Stays with the request.", must=False, did="Closed as withdrawn.",
            once_more="Close and send",
        ),
        StepWords(
            "mark_duplicate", "Mark as a duplicate",
            "It asks for what an earlier request asks for. Both stay linked; this one is closed.",
            did="Linked to the earlier one and closed.", once_more="Link and send",
        ),
        StepWords(
            "reopen", "Reopen", "Work on it goes on. Its dates stay the ones it had.", "Why does it go on?",
            "The requester reads this.", did="Open again.", once_more="Reopen and send",
        ),
        StepWords(
            "appeal", "They appeal", "The requester does not accept the refusal. You decide again, by a date of its own.",
            "What do they say?", "Stays with the request. The letter says by when you answer.", must=False,
            did="The appeal is noted, and its clock runs.", once_more="Note it and send",
        ),
        StepWords(
            "note", "Add a note", "For staff only: the requester never sees it.", "Note",
            "Whom you name with an @ finds it in the inbox.", did="The note is kept.",
        ),
        StepWords(
            "acknowledge", "Record the acknowledgement",
            "You have told the requester that the request is here, what happens next, and when the answer comes.",
            "How were they told?", "Stays with the request; nothing is sent.", did="Noted that receipt was acknowledged.",
        ),
        StepWords("assign", "Give to", "Whose work it is.", did="It is in other hands now."),
    )
}  # fmt: skip
PRIMARY = {
    "received": "prove", "awaiting_identity": "send_code", "open": "complete", "extended": "complete",
    "waiting_for_requester": "answer",
}  # fmt: skip  # none for an appeal: which of its two ends is right is to be decided, and neither is suggested
APPEALED = "Reopen it if the appeal is right, or refuse it again. You see the letter before it goes."
STATES = {
    "received": "received", "awaiting_identity": "waiting for identity", "open": "open",
    "waiting_for_requester": "waiting for requester", "extended": "open, more time taken",
    "appealed": "appealed", "completed": "completed",
    "refused": "refused", "withdrawn": "withdrawn", "duplicate": "duplicate",
}  # fmt: skip
HAPPENED = {
    "received": "Request received", "ask_identity": "Asked for proof of identity", "code_sent": "A code was sent",
    "code_withheld": "No further code was sent: too many", "code_given": "The right code was given",
    "code_wrong": "A wrong code was given",
    "address_given": "An address was given", "accept": "Open: this right needs no proof of identity",
    "verify": "Identity proven", "acknowledged": "Receipt acknowledged", "details_added": "The requester added something",
    "start": "Work began without proof", "ask_requester": "Asked the requester", "answer": "The requester's answer",
    "extend": "More time taken", "complete": "Completed", "refuse": "Refused", "withdraw": "Withdrawn",
    "mark_duplicate": "Duplicate of an earlier request", "reopen": "Reopened", "note": "Note", "appeal": "The requester appealed",
    "code_asked": "Asked for a new code to be sent",
    "left_open": "Points of the checklist stay open",
    "files_downloaded": "A file was downloaded",
    "mail_received": "The requester wrote by mail",
    "mail_not_delivered": "A letter could not be delivered", "code_reminded": "Reminded of the code",
    "letter_withheld": "No letter was sent: this sender had written to the address too often",
}  # fmt: skip
DONE = {"take_back": "Taken back: the link has ended, and its files are deleted."}
PROOFS = {  # what proves who asks, besides a code
    "document": "Identity document seen", "account": "Signed in to their account", "agent": "An agent with authority from them",
    "guardian": "Parent or guardian, with proof of it",
}  # fmt: skip
VERIFIED = {"email": "e-mail address", "phone_number": "telephone number", "address": "postal address"}
LETTER_STATES = {
    "due": ("info", "waits to be sent"), "sending": ("info", "is being sent"), "sent": ("good", "sent"),
    "refused": ("bad", "refused by the mail server"), "dead": ("bad", "given up"),
    "lapsed": ("", "not sent: nothing was left to say"),
}  # fmt: skip
LETTER_NAMES = {"code": "The letter with the code", "code_reminder": "The reminder to type the code"}
LETTER_TROUBLES: dict[LetterTrouble, tuple[str, str]] = {  # in the queue: the chip's colour, and its text
    "refused": ("bad", "Letter refused: no such mailbox"), "given_up": ("bad", "Letter not delivered"),
    "delayed": ("caution", "Letter waits: the mail server does not take it"),
}  # fmt: skip


@dataclass(frozen=True)
class Hurry:
    """How near a date is, in words and with an icon, never by colour alone. kind: the chip's colour."""

    kind: str
    icon: str
    text: str


def hurry(days_left: int) -> Hurry:
    """How near the due date of an answer is, in days; below zero: late."""
    if days_left < 0:
        return Hurry("bad", "late", f"Overdue by {_days(-days_left)}")
    if days_left == 0:
        return Hurry("bad", "today", "Due today")
    if days_left <= SOON:
        return Hurry("caution", "soon", f"Due in {_days(days_left)}")
    return Hurry("", "", f"{_days(days_left)} left")


def did(done: str) -> str:
    """What was done, for the page that shows it; empty for what is no step."""
    return STEPS[done].did if done in STEPS else DONE.get(done, "")


def waits(status: str, *, stands_still: bool) -> Hurry | None:
    """What waiting does to the legal deadline; None for a request that waits for nobody."""
    if status not in {"received", "awaiting_identity", "waiting_for_requester"}:
        return None
    return Hurry("", "paused", "the clock stands still") if stands_still else Hurry("", "soon", "the clock goes on")


def paused(line: QueueEntry) -> Hurry | None:
    """The same in the queue, with how long there will be."""
    known = waits(line.ticket.status, stands_still=bool(line.paused_for))
    if known is None:
        return None
    if line.paused_for:
        left = f": {_days(line.if_answered)} left once they answer" if (line.if_answered or 0) > 0 else ""
        return replace(known, text=f"The clock stands still{left}")
    return replace(known, text="The clock goes on")


def actor_name(actor: str, names: Mapping[str, str]) -> str:
    """Who did something, as people read it. names: of accounts, by actor; of chat channels, by the beginning of an actor."""
    kind, who = read_actor(actor)
    known = {REQUESTER: "The requester", SYSTEM: "Candor"}
    if actor in names:
        return names[actor]
    if kind == ACCOUNT:
        return "An account that is gone"
    if kind == COMMAND_LINE and who:
        return f"{who}, in the terminal"
    if who and (chat := names.get(f"{kind}:")):
        return f"{who}, in {chat}"
    return known.get(actor, actor)


def happened(event: RequestEvent, names: Mapping[str, str]) -> str:
    """What an event was, in a line."""
    if event.what == "assigned":
        to = event.data.get("to", "")
        if not to:
            return "Given back: nobody's work"
        return "Took it" if to == event.actor else f"Gave it to {actor_name(to, names)}"
    said = _in_general(event)
    if event.what in {"start", "prove"} and event.data.get("proof") in PROOFS:
        said = f"Identity proven: {PROOFS[event.data['proof']][0].lower()}{PROOFS[event.data['proof']][1:]}"
    if event.what == "refuse" and event.data.get("appealed"):
        said = "The appeal was refused"
    said += _by_mail(event)
    if event.what == "extend" and event.data.get("until"):
        said += f", until {day(date.fromisoformat(event.data['until']))}"
    if event.what == "mail_not_delivered" and event.data.get("why"):
        came_back = "came back" if event.data.get("came_back") else "could not be delivered"
        why = "there is no such mailbox" if event.data["why"] == "mailbox" else "the mail server did not take it"
        said = f"{LETTER_NAMES.get(event.data.get('letter', ''), 'A letter')} {came_back}: {why}"
    if event.what == "complete" and event.data.get("files"):
        said += f", with {event.data['files']} file{'' if event.data['files'] == 1 else 's'} to download"
    if event.what == "mark_duplicate" and event.data.get("first"):
        said += f", {event.data['first']}"
    return said


def _by_mail(event: RequestEvent) -> str:
    """What is added where a requester wrote a mail."""
    by_mail = ", by mail" if event.what == "answer" and event.data.get("by") == "mail" else ""
    return by_mail + (", from another address than the one on file" if event.data.get("other_sender") else "")


def letter_state(sent: DeliveryState, now: datetime) -> tuple[str, str]:
    """The state of a letter: the chip's colour, and its text."""
    kind, said = LETTER_STATES.get(sent.state, ("", sent.state))
    if sent.state == "due" and sent.tries:
        kind, said = "caution", f"failed {_times(sent.tries)}, tried again {'now' if sent.next_at <= now else 'later'}"
    where = "News in the chat" if sent.channel == "chat" else "Letter"
    return kind, f"{where}: {said}" + (f" ({sent.why})" if sent.why and sent.state != "sent" else "")


def masked(email: str) -> str:
    """The first letter and the host of an address: enough to tell two apart, not enough to write to anybody."""
    name, _, host = email.rpartition("@")
    return f"{name[:1]}…@{host}"


def plain(typed: str) -> str:
    """Text from a form as a letter can carry it: with one kind of line end, and without unprintable characters."""
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter in "\n\t" or (letter >= " " and letter not in "\x7f\ufffe\uffff"))


SHORTEST_REASON, LONGEST_REASON = 5, 200  # characters, of a reason to reveal something


def why_no_reason(reason: str, email: str | None) -> str:
    """What is wrong with a reason to show somebody's address; empty: nothing."""
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        return "Please say why, in a few words: the reason goes into the audit log."
    if email and email.lower() in reason.lower():
        return "Please leave the address out of the reason: the audit log names nobody who asked."
    return ""


def why(error: CandorError) -> str:
    """Why a step was not taken, for the page; never with what somebody wrote."""
    if isinstance(error, NoMoreTimeError):
        return f"No more time can be taken: {error}."
    if isinstance(error, NotNowError):
        return "This is not possible with the request as it stands now."
    if isinstance(error, ExplanationMissingError):
        return error.public
    return error.public


def _in_general(event: RequestEvent) -> str:
    if event.what == AUTHORITY:
        return _authority(event)
    if event.what == "received" and event.data.get("gpc"):
        return "Request received. The browser sent Global Privacy Control: it asks not to sell or share this person's data"
    return HAPPENED.get(event.what, event.what.replace("_", " "))


def _authority(event: RequestEvent) -> str:
    """Who asks for somebody, and what is still to be verified."""
    data = event.data
    permission = "the signed permission that it names" if data.get("permission") else "that the person has given it permission"
    to_verify = permission + (", and who the person is" if "identity" in data.get("open", ()) else "")
    verified = [VERIFIED[name] for name in data.get("verified", ()) if name in VERIFIED]
    said = f" It says that it has verified the person's {' and '.join(verified)}." if verified else ""
    return f"Made by {data.get('agent', 'an agent')}, an authorized agent.{said} Still to be verified: {to_verify}"


def _days(count: int | None) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


LONGEST = LONGEST_WORDS
