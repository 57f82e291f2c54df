"""Tracking plans, and an event that is held against one. Plan and event are parted by a line's end."""

from gooddata.errors import InputError
from gooddata.ingestion.check import Accepted, check
from gooddata.ingestion.rules.plan import Plan, read_plan

EVENT = b'{"id":"1","visitor":"v","type":"track","name":"A","properties":{"x":[{"y":1}],"email":"a@b.c"}}'
SEEDS = [
    b'{"mode":"enforce","unplanned":"reject","events":{"A":{"type":"object","required":["z"],'
    b'"properties":{"email":{"format":"email"},"x":{"items":{"properties":{"y":{"type":"string"}}}}}}}}\n' + EVENT,
    b'{"events":{"A":{"pattern":"(a+)+$","$ref":"#/definitions/a","definitions":{"a":{"$ref":"#"}}}},"types":{"page":false}}\n' + EVENT,
    b'{"events":{"A":{"$ref":"http://127.0.0.1/a"}}}\n{"type":"page"}', b"[",
]  # fmt: skip


def attack(data: bytes) -> None:
    document, _, event = data.partition(b"\n")
    judged = check(event.decode(errors="replace").encode())
    try:
        plan = Plan(read_plan(document))
    except InputError:
        return
    if isinstance(judged, Accepted):
        plan.violation(judged.raw)
    plan.violation(EVENT)
