"""Read the bounces and the answers that arrive in a mailbox, over IMAP. It should be a mailbox of its own: what was looked at
counts as read."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from candor.errors import InvalidInputError, UnavailableError
from candor.tickets.delivery.bounces import BounceOutcome
from candor.tickets.delivery.dsn import LARGEST_MAIL
from candor.tickets.delivery.mailer import LOOPBACK

TIMEOUT = 20  # seconds
AT_ONCE = 100  # mails of one look; the rest is for the next


@dataclass(frozen=True)
class ImapAddress:
    """A folder on a mail server, from imaps://user:password@host/Folder."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    tls: bool  # from the first byte; else STARTTLS, except on this machine itself


def read_imap_url(url: str) -> ImapAddress:
    """Read CANDOR_BOUNCE_IMAP_URL. Raises: InvalidInputError, whose message leaves out the URL, which holds a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username or parts.password is None:
        raise InvalidInputError("CANDOR_BOUNCE_IMAP_URL is no such address: write imaps://user:password@host/INBOX")
    tls = parts.scheme == "imaps"
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if any(letter in folder for letter in '"\\\r\n'):
        raise InvalidInputError("CANDOR_BOUNCE_IMAP_URL names a folder that no mailbox has")
    user, password = unquote(parts.username), unquote(parts.password)
    return ImapAddress(parts.hostname, port or (993 if tls else 143), user, password, folder, tls)


class BounceMailbox:
    """The mailbox that bounces arrive in."""

    def __init__(self, url: str) -> None:
        """Raises: InvalidInputError."""
        self._at = read_imap_url(url)

    def check(self) -> str:
        """Check whether the folder can be opened, without changing anything. Raises: UnavailableError."""
        with self._opened(readonly=True):
            return f"read from {self._at.host}"

    def look(self, read: Callable[[bytes], BounceOutcome]) -> int:
        """Hand each unread mail to `read`, and mark it as read unless it came too early. Returns how many were recorded.

        Raises: UnavailableError. What was marked by then stays so, and a mail that was not is read again.
        """
        recorded = 0
        with self._opened(readonly=False) as imap:
            for uid in self._uids(imap):
                outcome = read(self._mail(imap, uid))
                recorded += outcome in {"recorded", "reply"}
                if outcome != "too_early":
                    imap.uid("STORE", uid, "+FLAGS", r"(\Seen)")
        return recorded

    def _uids(self, imap: imaplib.IMAP4) -> list[str]:
        _, found = imap.uid("SEARCH", "UNSEEN")
        return found[0].decode("ascii").split()[:AT_ONCE] if found and found[0] else []

    def _mail(self, imap: imaplib.IMAP4, uid: str) -> bytes:
        """The mail's first bytes; PEEK leaves it unread."""
        _, found = imap.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST_MAIL}>)")
        return next((part[1] for part in found if isinstance(part, tuple)), b"")

    @contextmanager
    def _opened(self, *, readonly: bool) -> Iterator[imaplib.IMAP4]:
        imap: imaplib.IMAP4 | None = None
        try:
            imap = self._connected()
            imap.login(self._at.user, self._at.password)
            state, _ = imap.select(f'"{self._at.folder}"', readonly=readonly)
            if state != "OK":
                raise UnavailableError("the mailbox for bounces has no such folder: check CANDOR_BOUNCE_IMAP_URL")
            yield imap
        except (imaplib.IMAP4.error, OSError) as error:
            where = f"{self._at.host}:{self._at.port}"
            raise UnavailableError(
                f"the mailbox for bounces at {where} cannot be read ({type(error).__name__}): check CANDOR_BOUNCE_IMAP_URL"
            ) from error
        finally:
            if imap is not None:
                with suppress(imaplib.IMAP4.error, OSError):
                    imap.logout()

    def _connected(self) -> imaplib.IMAP4:
        at, trusted = self._at, ssl.create_default_context()
        if at.tls:
            return imaplib.IMAP4_SSL(at.host, at.port, ssl_context=trusted, timeout=TIMEOUT)
        imap = imaplib.IMAP4(at.host, at.port, timeout=TIMEOUT)
        if at.host not in LOOPBACK:  # a password crosses no network in the clear
            imap.starttls(trusted)
        return imap
