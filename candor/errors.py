"""Every error that Candor raises on purpose, in one small family.

CandorError
├── NotFoundError            what was asked for does not exist
│   ├── UnknownCompanyError
│   ├── UnknownVersionError
│   └── UnknownConversationError
├── InvalidInputError        the caller can mend it
│   ├── BadPolicyError       a policy file that cannot be read
│   └── BadMessageError      a message that is empty, binary or too long
├── NotAllowedError          the token is missing, wrong, or of another conversation
│   └── ConversationEndedError   the token is too old
├── ConflictError            somebody else was faster: look again, then decide
├── TooManyError             more calls than a person makes; says when there is room again
└── UnavailableError         a part is down or broken; trying again later may help
    ├── EncoderError
    ├── IntentReportError    Rasa could not test its own intents
    ├── IndexUnusableError
    └── AssistantDownError   Rasa or the action server does not answer

`str(error)` is for our log and for operators. `public` is the only part that a visitor may see.
Neither ever holds what a person wrote.
"""

LISTED = 25  # companies that an error names; there may be thousands


class CandorError(Exception):
    """Base class of all errors raised on purpose."""

    public = "Something went wrong on our side. Please try again."


class NotFoundError(CandorError):
    """What was asked for does not exist."""

    public = "There is nothing here under that name."


class UnknownCompanyError(NotFoundError):
    """No folder under `policies/` has this id."""

    public = "We do not know a company of that name here."

    def __init__(self, company: str, known: list[str]) -> None:
        some = ", ".join(known[:LISTED]) + (f" and {len(known) - LISTED} more" if len(known) > LISTED else "")
        super().__init__(f"unknown company {company[:40]!r}; known: {some or 'none, run `candor ingest`'}")
        self.known = known


class UnknownVersionError(NotFoundError):
    """The company has no policy of this version."""

    public = "This company has no policy of that version."


class UnknownConversationError(NotFoundError):
    """The conversation never existed, or was forgotten."""

    public = "This conversation does not exist any more. Please start a new one."


class InvalidInputError(CandorError):
    """The caller can mend it."""

    public = "That could not be read. Please check it and try again."


class BadPolicyError(InvalidInputError):
    """A policy file or a company.toml was refused; the message names the file, the reason and the cure."""


class BadMessageError(InvalidInputError):
    """A message that is empty, binary or too long; `public` says which."""

    def __init__(self, public: str) -> None:
        super().__init__(public)
        self.public = public


class NotAllowedError(CandorError):
    """The token is missing, wrong, or belongs to another conversation."""

    public = "This conversation cannot be opened with that token. Please start a new one."


class ConversationEndedError(NotAllowedError):
    """The token was made too long ago."""

    public = "This conversation has ended. Please start a new one."


class ConflictError(CandorError):
    """Somebody else was faster, so that what was seen holds no more."""

    public = "Somebody else has changed this meanwhile. Nothing was done: please look again."


class TooManyError(CandorError):
    """More calls than a person makes; `retry_after` are the seconds until there is room again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"over a limit, room again in {retry_after} s")
        self.retry_after = retry_after
        when = (
            "a second" if retry_after == 1 else f"{retry_after} seconds" if retry_after < 120 else f"{retry_after // 60} minutes"
        )
        self.public = f"That was more than can be answered at once. Please try again in {when}."


class UnavailableError(CandorError):
    """A part is down or broken; trying again later may help."""

    public = "The assistant is not available right now. Please try again in a minute."


class IntentReportError(UnavailableError):
    """`rasa test nlu` made no report; its own words tell why. Cure: `make setup`, then run it again."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"rasa test nlu ended with {code} and made no report: {said}")


class EncoderError(UnavailableError):
    """The encoder's files miss, or are not the ones that were promised. Cure: run `make setup`."""


class IndexUnusableError(UnavailableError):
    """The index misses, is cut short, or was built by another encoder. Cure: run `candor ingest`."""


class AssistantDownError(UnavailableError):
    """Rasa or the action server does not answer."""
