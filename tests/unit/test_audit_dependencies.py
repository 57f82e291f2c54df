"""The audit of dependencies, against a server that answers in OSV's form (https://google.github.io/osv.dev/post-v1-querybatch/)."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Database(HTTPServer):
    """Knows a vulnerability of what is `named`; answers a `status` in place of the usual one."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.named, self.status, self.asked = set(), 200, []


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        queries = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
        self.server.asked += queries
        known = [
            {"vulns": [{"id": "GHSA-x"}]} if each["package"]["name"] in self.server.named else {} for each in queries
        ]
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps({"results": known}).encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def database():
    server = Database()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def audit(url):
    environment = os.environ | {"OSV_URL": url}
    command = [sys.executable, "audit_dependencies.py"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_every_locked_package_is_asked_about_and_a_finding_fails(database):
    url = f"http://127.0.0.1:{database.server_port}"
    fine = audit(url)
    assert fine.returncode == 0 and "0 vulnerabilities" in fine.stdout
    asked = {(each["package"]["ecosystem"], each["package"]["name"]): each["version"] for each in database.asked}
    for lock in ("requirements.lock", "requirements-dev.lock"):
        for line in (ROOT / lock).read_text().splitlines():
            if "==" in line:
                name, _, version = line.rstrip(" \\").partition(" ;")[0].partition("==")
                assert ("PyPI", name) in asked and version.strip()
    assert asked["npm", "preact"] and asked["npm", "vite"]
    assert not any("gooddata" in name for _, name in asked)
    database.named = {"preact"}
    found = audit(url)
    assert found.returncode == 1
    assert "preact" in found.stderr and "GHSA-x" in found.stderr


@pytest.mark.parametrize("status", [500, 405, None])
def test_a_database_that_does_not_answer_is_said_aloud_and_is_no_finding(database, status):
    database.status = status or 200
    url = f"http://127.0.0.1:{database.server_port if status else 9}"
    done = audit(url)
    assert done.returncode == 0
    assert "NO DEPENDENCY WAS AUDITED" in done.stderr and "audited," not in done.stdout
