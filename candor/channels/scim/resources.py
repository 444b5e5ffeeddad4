"""Users and groups as SCIM writes them, and back. Pure.

Source: RFC 7643 for the attributes, RFC 7644 for the messages. Directories depart from them in ways of their own; what Entra ID
and Okta send is understood: attributes that nothing here has are dropped, a removal may name its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    Context,
    Email,
    ETag,
    Filter,
    Group,
    GroupMember,
    GroupMembership,
    InvalidValueException,
    ListResponse,
    Meta,
    Name,
    Patch,
    PatchOp,
    Resource,
    ResourceType,
    ScimPolicy,
    SearchRequest,
    ServiceProviderConfig,
    Sort,
    User,
)

from candor.accounts.directory import DirectoryGroup, DirectoryUser

POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore, remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)  # fmt: skip
MOST = 200  # resources in one answer
R = TypeVar("R", bound=Resource[Any])


def user_resource(user: DirectoryUser, home: str) -> User[Any]:
    """home: the address of /scim/v2."""
    return User(
        id=str(user.id), external_id=user.external_id or None, user_name=user.email, display_name=user.name,
        name=Name(formatted=user.name, given_name=user.given_name or None, family_name=user.family_name or None),
        active=user.active, emails=[Email.model_validate({"value": user.email, "type": "work", "primary": True})],
        groups=[GroupMembership.model_validate({"value": str(number), "display": name}) for number, name in user.groups] or None,
        meta=Meta(
            resource_type="User", created=user.made_at, last_modified=user.changed_at, location=f"{home}/Users/{user.id}"
        ),
    )  # fmt: skip


def read_user(user: User[Any]) -> DirectoryUser:
    """The address is the userName, or the primary e-mail address where the userName is none."""
    emails = sorted(user.emails or [], key=lambda email: not email.primary)
    address = user.user_name if "@" in (user.user_name or "") else next((str(one.value) for one in emails if one.value), "")
    name = user.name or Name()
    parts = " ".join(part for part in (name.given_name, name.family_name) if part)
    return DirectoryUser(
        email=address or user.user_name or "", name=user.display_name or name.formatted or parts, active=user.active is not False,
        external_id=user.external_id or "", given_name=name.given_name or "", family_name=name.family_name or "",
    )  # fmt: skip


def group_resource(group: DirectoryGroup, home: str) -> Group:
    """home: the address of /scim/v2."""
    members = [GroupMember.model_validate({"value": str(number), "display": name}) for number, name in group.members.items()]
    return Group(
        id=str(group.id), external_id=group.external_id or None, display_name=group.name,
        members=members or None,
        meta=Meta(
            resource_type="Group", created=group.made_at, last_modified=group.changed_at, location=f"{home}/Groups/{group.id}"
        ),
    )  # fmt: skip


def read_group(group: Group) -> DirectoryGroup:
    """Raises: InvalidValueException for a member that can be no user."""
    members = {_number(str(member.value)): "" for member in group.members or [] if member.value}
    return DirectoryGroup(group.display_name or "", group.external_id or "", members)


def read(kind: type[R], body: Any, context: Context) -> R:
    """A whole resource from a body. Raises: pydantic.ValidationError."""
    return kind.model_validate(body, scim_ctx=context, scim_policy=POLICY)


def patched(kind: type[R], resource: R, body: Any) -> R:
    """The resource as a PATCH leaves it. Raises: pydantic.ValidationError; SCIMException."""
    patch: Any = PatchOp[kind]  # type: ignore[valid-type]
    changed = resource.model_copy(deep=True)
    patch.model_validate(body, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY).patch(changed, scim_policy=POLICY)
    return changed


def search_of(kind: type[R], query: dict[str, Any]) -> SearchRequest[R]:
    """What a list is asked for. Raises: pydantic.ValidationError; SCIMException for a filter that cannot be read."""
    given = {name: value for name, value in query.items() if value is not None}
    for name in ("attributes", "excludedAttributes"):
        if name in given:
            given[name] = [part.strip() for part in given[name].split(",") if part.strip()]
    found: SearchRequest[R] = SearchRequest[kind].model_validate(given)  # type: ignore[valid-type]
    return found


def listed(kind: type[R], resources: Sequence[R], search: SearchRequest[R]) -> dict[str, Any]:
    """Those that the filter finds, from startIndex on, as many as are asked for."""
    found = [one for one in resources if search.filter is None or search.filter.match(one)]
    first, most = max(1, search.start_index or 1), MOST if search.count is None else min(max(0, search.count), MOST)
    page = found[first - 1 : first - 1 + most]
    answer: Any = ListResponse[kind](  # type: ignore[valid-type]
        total_results=len(found), start_index=first, items_per_page=len(page), resources=page
    )
    dumped: dict[str, Any] = answer.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=search)
    return dumped


def dumped(resource: Resource[Any], context: Context = Context.RESOURCE_QUERY_RESPONSE) -> dict[str, Any]:
    """A resource as an answer holds it."""
    return resource.model_dump(scim_ctx=context)


def service_config(home: str) -> dict[str, Any]:
    """RFC 7643, § 5: what is done here, and what is not."""
    bearer = AuthenticationScheme.model_validate(
        {
            "type": "oauthbearertoken", "name": "Bearer token", "primary": True,
            "description": "The token that `candor user scim-token` made.",
        }
    )  # fmt: skip
    config = ServiceProviderConfig(
        patch=Patch(supported=True), bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST), change_password=ChangePassword(supported=False),
        sort=Sort(supported=False), etag=ETag(supported=False), authentication_schemes=[bearer],
        meta=Meta(resource_type="ServiceProviderConfig", location=f"{home}/ServiceProviderConfig"),
    )  # fmt: skip
    return dumped(config)


def resource_types(home: str) -> list[dict[str, Any]]:
    """RFC 7643, § 6."""
    found = []
    for kind in (User, Group):
        about = ResourceType.from_resource(kind)
        about.meta = Meta(resource_type="ResourceType", location=f"{home}/ResourceTypes/{about.id}")
        found.append(dumped(about))
    return found


def schemas(home: str) -> list[dict[str, Any]]:
    """RFC 7643, § 7. Only what stands in docs/console.md is kept of a user."""
    found = []
    for kind in (User, Group):
        about = kind.to_schema()
        about.meta = Meta(resource_type="Schema", location=f"{home}/Schemas/{about.id}")
        found.append(dumped(about))
    return found


def all_of(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """A list that is short enough to be given whole."""
    return {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": len(resources), "startIndex": 1,
        "itemsPerPage": len(resources), "Resources": resources,
    }  # fmt: skip


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidValueException(detail="a member is no user that is known here")
    return int(text)
