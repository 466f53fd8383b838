"""A workspace's own ways to reach model providers: keys kept sealed, tried in an order, tested, replaced while in use."""

from engine.credentials.levels import LEVELS, MakeModel, examine, prompt_for, state_after
from engine.credentials.table import USED_EVERY, Credentials, Resealed, credentials_table
from engine.credentials.values import (
    ADDRESSES,
    Credential,
    FieldRefused,
    Fields,
    Level,
    State,
    Trial,
    ordered,
)

__all__ = [
    "ADDRESSES",
    "LEVELS",
    "USED_EVERY",
    "Credential",
    "Credentials",
    "FieldRefused",
    "Fields",
    "Level",
    "MakeModel",
    "Resealed",
    "State",
    "Trial",
    "credentials_table",
    "examine",
    "ordered",
    "prompt_for",
    "state_after",
]
