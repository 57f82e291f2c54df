"""The engine's vector: which numbers, in which order, under which version."""

from importlib import resources

import msgspec


class Field(msgspec.Struct, frozen=True):
    name: str
    unit: str
    meaning: str


class VectorFields(msgspec.Struct, frozen=True):
    version: int
    fields: tuple[Field, ...]


FIELDS = msgspec.json.decode(resources.files("gooddata").joinpath("vector.json").read_bytes(), type=VectorFields)
