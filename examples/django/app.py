"""A Django site whose pages carry the engine, and which tells of sign-ups itself.

pip install django segment-analytics-python
GOODDATA_URL=http://127.0.0.1:8000 GOODDATA_WRITE_KEY=gw_… python examples/django/app.py runserver 8001
"""

import os
import sys

import segment.analytics as analytics
from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

GOODDATA_URL = os.environ.get("GOODDATA_URL", "http://127.0.0.1:8000")
GOODDATA_WRITE_KEY = os.environ["GOODDATA_WRITE_KEY"]

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>{{ title }}</title>
<script defer src="{{ gooddata.url }}/gooddata.js" data-key="{{ gooddata.key }}"></script>
<h1>{{ title }}</h1>
<form method="post" action="/sign-up">
  {% csrf_token %}
  <input type="hidden" name="visitor">
  <button>Sign up</button>
</form>
<script>
  document.querySelector("form").onsubmit = ({ target }) => {
    target.visitor.value = window.gooddata?.visitor?.() ?? "";
  };
</script>
"""


def gooddata(request: HttpRequest) -> dict[str, object]:
    """For every template: where the engine is, and the key it sends with."""
    return {"gooddata": {"url": GOODDATA_URL, "key": GOODDATA_WRITE_KEY}}


def home(request: HttpRequest) -> HttpResponse:
    return shown(request, "Welcome")


def sign_up(request: HttpRequest) -> HttpResponse:
    visitor = request.POST.get("visitor")
    if visitor:
        # The browser's own id: so the sign-up belongs to the visit in which it happened.
        analytics.track(anonymous_id=visitor, event="Signed up", properties={"plan": "team"})
    return shown(request, "Thank you")


def shown(request: HttpRequest, title: str) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(PAGE).render({"title": title}, request))


urlpatterns = [path("", home), path("sign-up", sign_up)]

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    DEBUG=False,
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY", "for trying out alone"),
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"context_processors": [f"{__name__}.gooddata"]},
        }
    ],
)

analytics.host = GOODDATA_URL
analytics.write_key = GOODDATA_WRITE_KEY
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
