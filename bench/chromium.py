"""How benchmarks and tests start Debian's Chromium: as root, on a machine without a screen, calling nobody."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A browser that is driven by a program says so, and what it does gets no scores; this one stands for a visitor's.
VISITOR_FLAGS = [*FLAGS, "--disable-blink-features=AutomationControlled"]
