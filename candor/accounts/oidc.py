"""Sign-in at the company's own provider: OpenID Connect, code flow with PKCE (OpenID Connect Core 1.0; RFC 7636)."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from candor.accounts.bounded_replies import BoundedReplies
from candor.errors import CandorError, UnavailableError

TIMEOUT = 10  # seconds for each call
KNOWN_FOR = 3600  # seconds for which the provider's configuration is cached
LONGEST_EMAIL, LONGEST_NAME = 254, 255  # characters: RFC 5321; of a subject, Core 1.0, 2
LONGEST_SUBJECT = 300  # characters that the database keeps
LEEWAY = 60  # seconds by which the provider's clock may be wrong
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)  # none with a shared key


class ProviderDownError(UnavailableError):
    """The provider does not answer, or answers with something else."""

    public = "The sign-in of your company does not answer right now. Please try again in a minute."


class GroupsUnreadableError(CandorError):
    """The provider does not send the person's groups, but says where to ask for them: there are too many for a token."""

    public = "Your company account is in more groups than can be sent along. Ask whoever manages accounts here to look into it."


class NotProvenError(CandorError):
    """The provider refused, or its answer was not made for this sign-in."""

    public = "Signing in there did not work, or took too long. Please try once more."


@dataclass(frozen=True)
class SignInBegun:
    """What the browser keeps, sealed in a cookie, while somebody signs in at the provider."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class ProviderIdentity:
    """The person, according to the provider. `email` is empty where the provider has not verified it."""

    subject: str  # issuer and subject: the only name that never changes
    email: str
    groups: tuple[str, ...] = ()


class OidcProvider:
    """One OpenID provider. `issuer`: as the provider writes it, without the path of its configuration."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str = "", *, scope: str = "openid email", groups_claim: str = ""
    ) -> None:  # fmt: skip
        """groups_claim: the claim with the person's groups; empty: they are not read."""
        self._issuer, self._id, self._secret = issuer.rstrip("/"), client_id, client_secret
        self._scope, self._groups_claim = scope, groups_claim
        self._known: tuple[float, dict[str, Any]] | None = None

    def begin(self, redirect: str) -> tuple[str, SignInBegun]:
        """The address to send the browser to. Raises: ProviderDownError."""
        begun = SignInBegun(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        with self._client(redirect) as client:
            url, _ = client.create_authorization_url(
                self._about()["authorization_endpoint"], state=begun.state, code_verifier=begun.verifier, nonce=begun.nonce
            )
        return str(url), begun

    def finish(self, came_back: str, begun: SignInBegun, redirect: str) -> ProviderIdentity:
        """`came_back`: the whole address to which the provider led the browser.

        Raises: ProviderDownError; NotProvenError for a wrong state, nonce, signature, issuer, audience or time;
        GroupsUnreadableError.
        """
        about = self._about()
        try:
            with self._client(redirect) as client:
                token = client.fetch_token(
                    about["token_endpoint"], authorization_response=came_back, state=begun.state, code_verifier=begun.verifier
                )
                claims = self._claims(client, about, token, begun.nonce)
                person: Mapping[str, Any] = claims
                wanted = {"email", self._groups_claim} - {""}
                if wanted - claims.keys() and "userinfo_endpoint" in about:
                    answer = client.get(about["userinfo_endpoint"]).raise_for_status().json()
                    same = isinstance(answer, dict) and answer.get("sub") == claims["sub"]  # Core 1.0, 5.3.2
                    person = {**claims, **answer} if same else claims
        except (AuthlibBaseError, JoseError, KeyError, TypeError) as error:
            raise NotProvenError(f"the provider's answer was not for this sign-in ({type(error).__name__})") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderDownError(f"the provider does not answer ({type(error).__name__})") from error
        email = person.get("email") if person.get("email_verified") is True else ""
        email = email.strip().lower() if isinstance(email, str) and len(email) <= LONGEST_EMAIL else ""
        groups = groups_in(person, self._groups_claim) if self._groups_claim else ()
        return ProviderIdentity(subject_of(self._issuer, claims["sub"]), email, groups)

    def _claims(self, client: OAuth2Client, about: Mapping[str, Any], token: Mapping[str, Any], nonce: str) -> CodeIDToken:
        """The claims of the ID token, validated (Core 1.0, 3.1.3.7)."""
        offered = about.get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(algorithms=[one for one in offered if one in ALGORITHMS], strict_check_header=False)
        keys = self._keys(about)
        try:
            read = jwt.decode(token["id_token"], keys, registry=registry)
        except InvalidKeyIdError:  # the provider has changed its keys
            about.get("keys", {}).clear()
            read = jwt.decode(token["id_token"], self._keys(about), registry=registry)
        claims = CodeIDToken(
            read.claims, read.header, {"iss": {"essential": True, "values": [about["issuer"]]}, "aud": {"value": self._id}},
            {"nonce": nonce, "client_id": self._id, "access_token": token.get("access_token")},
        )  # fmt: skip
        claims.validate(leeway=LEEWAY)
        return claims

    def _keys(self, about: Mapping[str, Any]) -> KeySet:
        if not about["keys"]:
            about["keys"].update(self._get(about["jwks_uri"]))
        return KeySet.import_key_set(about["keys"])

    def _about(self) -> dict[str, Any]:
        """The provider's configuration (Discovery 1.0, 4). Raises: ProviderDownError."""
        if self._known and time.monotonic() - self._known[0] < KNOWN_FOR:
            return self._known[1]
        about = self._get(f"{self._issuer}/.well-known/openid-configuration")
        if str(about.get("issuer", "")).rstrip("/") != self._issuer or not about.get("jwks_uri"):
            raise ProviderDownError("the provider calls itself by another name: see CANDOR_OIDC_ISSUER")
        about["keys"] = {}
        self._known = (time.monotonic(), about)
        return about

    def _get(self, url: str) -> dict[str, Any]:
        """Raises: ProviderDownError."""
        try:
            with httpx2.Client(timeout=TIMEOUT, trust_env=False, transport=BoundedReplies(trust_env=False)) as client:
                found = client.get(url).raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderDownError(f"the provider does not answer ({type(error).__name__})") from error
        if not isinstance(found, dict):
            raise ProviderDownError("the provider answers with something else")
        return found

    def _client(self, redirect: str) -> OAuth2Client:
        return OAuth2Client(
            self._id, self._secret or None, scope=self._scope, redirect_uri=redirect, code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none", timeout=TIMEOUT, trust_env=False,
            transport=BoundedReplies(trust_env=False),
        )  # fmt: skip


def subject_of(issuer: str, name: object) -> str:
    """One name for a person of a provider. Raises: NotProvenError for what no provider may call somebody."""
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise NotProvenError("the provider names the person as the standard forbids")
    subject = f"{issuer} {name}"
    # Cut off, two people could be one.
    return subject if len(subject) <= LONGEST_SUBJECT else f"sha256 {hashlib.sha256(subject.encode()).hexdigest()}"


def groups_in(person: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """The groups that a claim names: a list, or a single name. Without the claim there are none: so do providers write that.

    Raises: GroupsUnreadableError where the claim stands elsewhere (Core 1.0, 5.6.2): to read that as none would take roles away.
    """
    elsewhere = person.get("_claim_names")
    if claim not in person and ((isinstance(elsewhere, dict) and claim in elsewhere) or person.get("hasgroups") is True):
        raise GroupsUnreadableError("the provider sends too many groups: have it send only those of CANDOR_GROUP_ROLES")
    said = person.get(claim)
    named = said if isinstance(said, list) else [said]
    return tuple(one for one in named if isinstance(one, str))
