"""Which requests of a web server's log came from programs."""

from gooddata import automation


def automation_rule(agent: str | None, path: str) -> str | None:
    """The rule by which a request counts as automation, or None.

    `agent` is the User-Agent header: None where the log has no place for it, empty where the request had none.
    """
    if agent is not None and (rule := automation.automation_rule(agent)):
        return rule
    return "robots.txt" if path == "/robots.txt" else None
