"""Certificates that tests make: an authority that nobody else knows, and a server's by it."""

import subprocess

_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def certified(folder, address, name="server"):
    """The files of the authority, and of the key and the certificate of a server at an IP address."""
    authority, key, certificate = (folder / f"{name}{end}" for end in ("-ca.crt", ".key", ".crt"))
    _openssl(
        *("req", "-x509", *_KEY, "-days", "2", "-subj", "/CN=Tests"),
        *("-keyout", folder / f"{name}-ca.key", "-out", authority),
    )
    _openssl("req", *_KEY, "-subj", "/CN=server", "-keyout", key, "-out", folder / f"{name}.csr")
    names = folder / f"{name}.names"
    names.write_text(f"subjectAltName=IP:{address}\n")
    _openssl(
        *("x509", "-req", "-in", folder / f"{name}.csr", "-CA", authority, "-CAkey", folder / f"{name}-ca.key"),
        *("-CAcreateserial", "-days", "2", "-extfile", names, "-out", certificate),
    )
    return authority, key, certificate


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
