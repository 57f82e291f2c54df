"""Lines of web servers' logs, quoted and as a table."""

from gooddata.replay.combined import reader
from tests.fuzz.lines import read_lines

SEEDS = [
    b'1.2.3.4 - - [20/Nov/2026:12:00:00 +0000] "GET /a?utm_source=x HTTP/1.1" 200 12 "https://b.example/" "Mozilla/5.0"\n',
    b'::1 - "" [29/Feb/2024:23:59:60 -2359] "-" 408 - "-" "a \\"quoted\\" \\xe4 \\x22"\n',
    b"host\ttime\tmethod\turl\tresponse\tbytes\tuseragent\n1.2.3.4\t800000000\tGET\t/x\t200\t5\tA\n",
    b'h - u [01/Jan/0001:00:00:00 +1400] "POST http://[::1/ HTTP/1.1" 500 1 "http://[" ""\n',
]


def attack(data: bytes) -> None:
    read_lines(reader(), data)
