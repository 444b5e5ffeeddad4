"""A real IMAP server on loopback: Debian's Dovecot, with one mailbox and a folder of its own, for as long as a test needs it."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
PASSWORD = "p@ss:word"
LONGEST_START = 30  # seconds
CONF = """
protocols = imap
listen = 127.0.0.1
ssl = no
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
mail_location = maildir:{folder}/mail
first_valid_uid = 1
{as_root}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
"""


@dataclass(frozen=True)
class ImapServer:
    """The running server."""

    port: int

    @property
    def url(self) -> str:
        return f"imap://bounces:p%40ss%3Aword@127.0.0.1:{self.port}/INBOX"

    def put(self, raw: bytes) -> None:
        """Let a mail arrive."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as imap:
            imap.login("bounces", PASSWORD)
            state, said = imap.append("INBOX", "", imaplib.Time2Internaldate(time.time()), raw)
            assert state == "OK", said

    def unread(self) -> int:
        """How many mails nobody has looked at."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as imap:
            imap.login("bounces", PASSWORD)
            imap.select("INBOX", readonly=True)
            found: list[bytes] = imap.search(None, "UNSEEN")[1]
            return len(found[0].split())


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Start Dovecot, and stop it. As root it runs as its own users, whom Debian's package makes; else as who runs the test."""
    own = pwd.getpwnam("dovecot") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    user = own.pw_name
    group = grp.getgrgid(own.pw_gid).gr_name
    users = f"default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}"
    as_root = "" if os.getuid() == 0 else users
    with tempfile.TemporaryDirectory(prefix="imap-") as name:  # a short path: sockets have names of 107 characters at most
        folder = Path(name)
        (folder / "mail").mkdir()
        if os.getuid() == 0:
            folder.chmod(0o755)
            os.chown(folder / "mail", own.pw_uid, own.pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port: int = probe.getsockname()[1]
        conf = folder / "dovecot.conf"
        conf.write_text(
            CONF.format(folder=folder, port=port, password=PASSWORD, as_root=as_root, uid=own.pw_uid, gid=own.pw_gid),
            encoding="utf-8",
        )
        server = subprocess.Popen([DOVECOT, "-F", "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait_for(port, server, folder / "log")
            yield ImapServer(port)
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + LONGEST_START
    while True:
        try:
            with imaplib.IMAP4("127.0.0.1", port, timeout=5):
                return
        except (OSError, imaplib.IMAP4.error):
            said = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
            assert server.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.05)
