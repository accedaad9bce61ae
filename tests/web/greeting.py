"""The smallest application that gunicorn can serve with the platform's translations."""

from wsgiref.simple_server import demo_app

from core.i18n import load_catalogues
from scripts._lib.places import ROOT

load_catalogues([ROOT / "core", ROOT / "tenants"])
app = demo_app
