"""Tables in the form of Retailrocket's."""

from gooddata.replay.retailrocket import reader
from tests.fuzz.lines import read_lines

SEEDS = [
    b"timestamp,visitorid,event,itemid,transactionid\n1433221332117,257597,view,355908,\n1,2,transaction,3,4\n",
    b"event,itemid,visitorid,timestamp\nview,/..%00,x,99999999999999999999\nbuy,1,2,3\n",
]


def attack(data: bytes) -> None:
    read_lines(reader(), data)
