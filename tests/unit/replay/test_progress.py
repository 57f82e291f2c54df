import io

from gooddata.replay.progress import Progress, StderrProgress
from gooddata.replay.report import Report


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_rewrites_itself() -> None:
    terminal = Terminal()
    show = StderrProgress(terminal)
    show(Progress("reading", 0.5, Report()))
    show(Progress("sending", 0.25, Report(rows=1_234, accepted=1_000, events_per_second=99.6)))
    show.close()
    assert "\n" not in terminal.getvalue()
    shown = terminal.getvalue().split("\r\x1b[K")
    assert shown[1].startswith(" 50%  reading")
    assert shown[2] == " 25%  rows 1,234  100 events/s  accepted 1,000  duplicate 0  rejected 0"
    assert shown[3] == ""


def test_elsewhere_lines_are_rare() -> None:
    stream = io.StringIO()
    show = StderrProgress(stream)
    for _ in range(100):
        show(Progress("sending", 0.1, Report()))
    show.close()
    assert stream.getvalue().count("\n") == 0
    show._shown -= 6.0
    show(Progress("sending", 0.1, Report()))
    assert stream.getvalue().count("\n") == 1
