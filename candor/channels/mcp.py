"""A read-only MCP server: other assistants ask policies, and cite the policy's own words with a link to them.

It answers as the chat does, and keeps as honest a silence. It opens no requests, keeps nothing of what is asked, and reads no
conversation. The protocol: Model Context Protocol, over standard input and output.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import BaseModel

from candor.conversations.ask import KnowledgeReplies
from candor.conversations.overview import ChangesData, GlanceData
from candor.conversations.reply import Reply, address
from candor.errors import CandorError, InvalidInputError
from knowledge.changes import compare_versions
from knowledge.glance import glance

LONGEST_QUESTION = 4000  # characters
LONGEST_QUOTE = 4000  # characters
MOST_LISTED, MOST_NAMED = 100, 20  # companies in a list, and in a sentence
READS_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
INSTRUCTIONS = (
    "Privacy policies in their own words. Quote what a citation holds word for word and give its url. Where kind is"
    " 'not_in_policy' nothing was found: say so, and do not fill the gap. Where kind is 'unsure', what is quoted"
    " comes closest and may not answer the question: say that too. Candor gives no legal advice."
)


class McpCompany(BaseModel):
    """A company whose policies are served."""

    id: str
    name: str
    contact: str
    version: str  # of the current policy
    policy_url: str


class McpCitation(BaseModel):
    """A verbatim quote: the version's text[start:end], under its heading."""

    company: str
    version: str
    section: str
    lead_in: str  # the sentence that begins the list which the quote belongs to; "" for none
    quote: str
    start: int
    end: int
    url: str


class McpAnswer(BaseModel):
    """kind: answer, unsure, not_in_policy, out_of_scope or compare. The best citation stands first."""

    kind: str
    text: str
    citations: list[McpCitation]


def mcp_server(replies: KnowledgeReplies, public_url: str = "") -> MCPServer:
    """The server, ready to run. public_url: what links begin with; without it they are paths."""
    base, catalogue = public_url.rstrip("/"), replies.catalogue
    server: MCPServer = MCPServer("candor", title="Candor: privacy policies", instructions=INSTRUCTIONS, log_level="ERROR")

    def answer_of(reply: Reply) -> McpAnswer:
        citations = [
            McpCitation(
                company=one.company, version=one.version, section=one.section, lead_in=one.lead_in, quote=one.quote,
                start=one.start, end=one.end, url=base + one.url,
            )
            for one in reply.citations
        ]  # fmt: skip
        return McpAnswer(kind=reply.kind, text=reply.text, citations=citations)

    @server.tool(annotations=READS_ONLY)
    def list_companies(name: str = "") -> list[McpCompany]:
        """The companies whose privacy policies can be asked, with their ids, contacts and current versions: the first hundred, or
        of those whose id, name or alias contains `name`."""
        return [
            McpCompany(
                id=one.id, name=one.name, contact=one.contact, version=(version := catalogue.current_version(one.id)),
                policy_url=f"{base}/policies/{one.id}/{version}",
            )
            for one in catalogue.found(name, most=MOST_LISTED)
        ]  # fmt: skip

    @server.tool(annotations=READS_ONLY)
    def ask(question: str, company: str) -> McpAnswer:
        """What one company's policy says about a question, quoted word for word and cited; or that nothing was found."""
        with _told():
            return answer_of(replies.ask(_question(question), company))

    @server.tool(annotations=READS_ONLY)
    def compare(question: str) -> McpAnswer:
        """What the policies of two or more companies, named in the question, say about it, one beside the other."""
        with _told():
            reply = replies.compare(_question(question))
            if reply is None:
                known = ", ".join(company.name for company in catalogue.found(most=MOST_NAMED))
                raise InvalidInputError(f"name at least two companies in the question, such as these: {known}")
            return answer_of(reply)

    @server.tool(annotations=READS_ONLY)
    def quote(company: str, version: str, start: int, end: int) -> McpCitation:
        """A stretch of a policy's text, to check a citation or to read on around it. At most 4,000 characters."""
        with _told():
            text = catalogue.document(company, version).text
            if not 0 <= start < end <= len(text) or end - start > LONGEST_QUOTE:
                raise InvalidInputError(f"this version has {len(text)} characters; at most {LONGEST_QUOTE} are quoted at once")
            return McpCitation(
                company=company, version=version, section="", lead_in="", quote=text[start:end], start=start, end=end,
                url=base + address(company, version, start, end),
            )  # fmt: skip

    @server.tool(name="glance", annotations=READS_ONLY)
    def policy_glance(company: str, version: str | None = None) -> GlanceData:
        """A policy at a glance: for each aspect the policy's own words, or that Candor found no passage."""
        with _told():
            return GlanceData.of(glance(catalogue, company, version))

    @server.tool(annotations=READS_ONLY)
    def changes(company: str, old: str | None = None, new: str | None = None) -> ChangesData:
        """What changed between two versions of a policy, what matters most first; by default between the newest two."""
        with _told():
            found = compare_versions(catalogue, company, old, new)
            return ChangesData.of(company, new or catalogue.current_version(company), found)

    return server


def _question(text: str) -> str:
    """Raises: InvalidInputError for none, or one that no visitor could send either."""
    if not text.strip() or len(text) > LONGEST_QUESTION:
        raise InvalidInputError(f"ask a question of 1 to {LONGEST_QUESTION} characters")
    return text


@contextmanager
def _told() -> Iterator[None]:
    """Errors raised on purpose reach the other assistant in their own words, which name the cure."""
    try:
        yield
    except CandorError as error:
        raise ToolError(str(error)) from error
