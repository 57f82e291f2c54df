"""A FastAPI site whose pages carry the engine, and which tells of sign-ups itself.

pip install fastapi uvicorn segment-analytics-python
GOODDATA_URL=http://127.0.0.1:8000 GOODDATA_WRITE_KEY=gw_… uvicorn --app-dir examples/fastapi app:app --port 8001
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape

import segment.analytics as analytics
from fastapi import Body, FastAPI
from fastapi.responses import HTMLResponse

GOODDATA_URL = os.environ.get("GOODDATA_URL", "http://127.0.0.1:8000")
GOODDATA_WRITE_KEY = os.environ["GOODDATA_WRITE_KEY"]

PAGE = f"""<!doctype html>
<meta charset="utf-8">
<title>Welcome</title>
<script defer src="{escape(GOODDATA_URL)}/gooddata.js" data-key="{escape(GOODDATA_WRITE_KEY)}"></script>
<h1>Welcome</h1>
<button>Sign up</button>
<script>
  document.querySelector("button").onclick = async ({{ target }}) => {{
    const visitor = window.gooddata?.visitor?.();
    const headers = {{ "content-type": "application/json" }};
    await fetch("/sign-up", {{ method: "POST", headers, body: JSON.stringify({{ visitor }}) }});
    target.replaceWith("Thank you");
  }};
</script>
"""


@asynccontextmanager
async def sending(app: FastAPI) -> AsyncIterator[None]:
    """The SDK sends from a thread of its own; what it still holds goes out when the server stops."""
    analytics.host = GOODDATA_URL
    analytics.write_key = GOODDATA_WRITE_KEY
    yield
    analytics.shutdown()


app = FastAPI(lifespan=sending)


@app.get("/", response_class=HTMLResponse)
def home() -> str:
    return PAGE


@app.post("/sign-up", status_code=204)
def sign_up(visitor: str | None = Body(None, embed=True)) -> None:
    if visitor:
        # The browser's own id: so the sign-up belongs to the visit in which it happened.
        analytics.track(anonymous_id=visitor, event="Signed up", properties={"plan": "team"})
