"""Whether a port is there to be listened on."""

import socket

from gooddata.errors import ConfigurationError


def require_free_port(host: str, port: int) -> None:
    """Raises ConfigurationError when something else listens there, or the address is not this machine's."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise ConfigurationError(
                f"cannot listen on {host}:{port} ({failure.strerror}); stop what uses it, or choose another with --port"
            ) from None
