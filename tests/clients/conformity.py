"""Holds what an instance answers against the entities as Mastodon.py declares them: every field that is not optional is
there, and every field that is there has its type. The client itself would read anything."""

import typing
from datetime import datetime

from dateutil import parser
from mastodon import return_types
from mastodon.types_base import AttribAccessDict, MaybeSnowflakeIdType

# Fields that Mastodon's own documentation lets be missing or null, though they are declared as always there.
SOMETIMES: dict[str, set[str]] = {
    # A post only says by its name what it was written with.
    "Application": {"id", "vapid_key", "redirect_uri", "redirect_uris", "scopes"},
    # Nobody has been named yet.
    "InstanceContact": {"account"},
    "Instance": {"contact_account"},
    # The schema of NodeInfo asks for neither.
    "NodeinfoUsage": {"localPosts"},
    "NodeinfoUsageUsers": {"activeMonth"},
}


def check(raw, typed, where: str) -> None:
    """Fails with a list of what is wrong about `raw`, JSON that the client has read as `typed`."""
    found = list(_faults(raw, type(typed), typed, where))
    if found:
        raise AssertionError("\n".join(["The answer is not as Mastodon.py declares it:", *found]))


def _faults(raw, declared, typed, where):
    if isinstance(typed, list):
        for index, (one, as_read) in enumerate(zip(raw, typed)):
            yield from _faults(one, type(as_read), as_read, f"{where}[{index}]")
    elif isinstance(declared, type) and issubclass(declared, AttribAccessDict):
        yield from _faults_of_entity(raw, declared, where)


def _faults_of_entity(raw, entity, where):
    if not isinstance(raw, dict):
        yield f"{where}: {raw!r} is no {entity.__name__}"
        return
    if entity is AttribAccessDict:
        return
    names = getattr(entity, "_rename_map", {})
    for field, hint in typing.get_type_hints(entity, vars(return_types)).items():
        if field.startswith("_"):
            continue
        name = names.get(field, field)
        at = f"{where}.{name} ({entity.__name__})"
        if raw.get(name) is None and field in SOMETIMES.get(entity.__name__, ()):
            continue
        if name in raw:
            yield from _faults_of_value(raw[name], hint, at)
        elif not _is_optional(hint):
            yield f"{at}: is missing"


def _is_optional(hint) -> bool:
    return typing.get_origin(hint) is typing.Union and type(None) in typing.get_args(hint)


def _faults_of_value(value, hint, at):
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union:
        args = [one for one in args if one is not type(None) or value is None]
        allowed = [list(_faults_of_value(value, one, at)) for one in args]
        if all(allowed):
            yield from min(allowed, key=len)
    elif hint is type(None):
        if value is not None:
            yield f"{at}: {value!r} is not null"
    elif origin is not None and isinstance(origin, type) and issubclass(origin, list):
        if not isinstance(value, list):
            yield f"{at}: {value!r} is no list"
            return
        for index, one in enumerate(value):
            yield from _faults_of_value(one, args[0], f"{at}[{index}]")
    elif origin is not None and isinstance(origin, type) and issubclass(origin, dict):
        if not isinstance(value, dict):
            yield f"{at}: {value!r} is no object"
    elif isinstance(hint, type) and issubclass(hint, AttribAccessDict):
        yield from _faults_of_entity(value, hint, at)
    elif hint is datetime:
        yield from _faults_of_time(value, at)
    elif hint is MaybeSnowflakeIdType:
        if not isinstance(value, str) or not value.isdigit():
            yield f"{at}: {value!r} is no id"
    elif hint in (str, int, float, bool):
        if type(value) is not hint and not (hint is float and type(value) is int):
            yield f"{at}: {value!r} is no {hint.__name__}"


def _faults_of_time(value, at):
    # The days of histories are seconds since 1970, as text.
    if isinstance(value, str) and value.isdigit():
        return
    try:
        parser.isoparse(value)
    except (TypeError, ValueError):
        yield f"{at}: {value!r} is no time"
