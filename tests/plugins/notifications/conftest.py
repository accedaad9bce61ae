from dataclasses import replace

import pytest

from core import settings as settings_of_process
from core.db import db
from tests.plugins.notifications.mail_server import PASSWORD, USER, MailBox
from tests.plugins.notifications.post_office import PostOffice


@pytest.fixture
def office(ground):
    """An agency in which things happen that people are told of."""
    made = PostOffice(ground.agency("example"))
    yield made
    with made.agency.at_work():
        # What waits still would arrive in another test.
        db.execute_sql("DELETE FROM notifications.mail WHERE tenant_id = core.app_tenant()")
        db.execute_sql("UPDATE notifications.server SET tries = 0, away_since = NULL, try_at = NULL")


@pytest.fixture
def set_mail(ground, mailbox, monkeypatch):
    """Change the settings of this installation's mail."""

    def change(**values):
        changed = replace(settings_of_process.installed_settings(), **values)
        monkeypatch.setattr(settings_of_process.installed_settings, "installed", changed)

    return change


@pytest.fixture
def mailbox(tmp_path):
    """A mail server, not yet started."""
    made = MailBox(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def post(office, mailbox, set_mail):
    """The agency, on an installation with a mail server that wants encryption and a sign-in."""
    mailbox.start()
    set_mail(
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_ca_file=mailbox.certificate,
        smtp_user=USER,
        smtp_password=PASSWORD,
        mail_from="lienthong@hue.gov.vn",
        mail_from_name="Nền tảng Liên Thông",
    )
    return office
