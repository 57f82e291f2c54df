import socket
from pathlib import Path

from gooddata.persistence.embedded.free_port import CANDIDATES, PORT_FILE, free_port, remember_port


def test_the_former_port_comes_first_while_it_is_free(tmp_path: Path) -> None:
    port = free_port(tmp_path)
    assert port in CANDIDATES
    remember_port(tmp_path, port)
    assert free_port(tmp_path) == port
    with socket.create_server(("127.0.0.1", port)):
        assert free_port(tmp_path) != port
    with socket.create_server(("0.0.0.0", port)):
        assert free_port(tmp_path) != port
    assert free_port(tmp_path) == port


def test_a_damaged_port_file_is_passed_over(tmp_path: Path) -> None:
    for damaged in ("", "http", "99999999", "-5"):
        (tmp_path / PORT_FILE).write_text(damaged)
        assert free_port(tmp_path) in CANDIDATES
