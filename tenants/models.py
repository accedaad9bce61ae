"""Tables of the registry and of each agency; see the migrations for their constraints."""

from datetime import date, datetime, time, timedelta
from typing import Any

from peewee import (
    SQL,
    BlobField,
    BooleanField,
    DateField,
    Expression,
    IntegerField,
    TextField,
    UUIDField,
)
from playhouse.postgres_ext import BinaryJSONField, DateTimeTZField, TSVectorField

from core.db import RegistryModel, TenantModel, VersionedMixin
from core.i18n import HOME_ZONE, N_

KINDS: dict[str, str] = {
    "province": N_("Uỷ ban nhân dân cấp tỉnh"),
    "department": N_("Sở, ban, ngành"),
    "department_unit": N_("Đơn vị thuộc sở, ban, ngành"),
    "ward": N_("Phường"),
    "commune": N_("Xã"),
    "special_zone": N_("Đặc khu"),
    "commune_unit": N_("Đơn vị thuộc xã, phường"),
    "other": N_("Cơ quan khác"),
}
"""Kinds of agencies by their code in data, in the order lists show them."""

DEFAULT_WORKING_HOURS: dict[str, list[list[str]]] = {
    str(day): [["07:30", "11:30"], ["13:30", "17:00"]] if day <= 5 else [] for day in range(1, 8)
}
"""ISO weekday → spans of local time; a province changes it per agency."""


def today() -> date:
    """Return the day it is in Việt Nam, wherever the server stands."""
    return datetime.now(HOME_ZONE).date()


def on_day(model: Any, day: date) -> Expression:
    """Return the condition that a dated row is in force on a day; both ends are inclusive."""
    return (model.valid_from <= day) & (model.valid_to.is_null() | (model.valid_to >= day))


class Tenant(VersionedMixin, RegistryModel):
    """An agency: a stable identity; what changes in time is in its versions."""

    code = TextField(unique=True)
    status = TextField(default="active")
    suspended_at = DateTimeTZField(null=True)
    organization_id = UUIDField(null=True)
    folded = TextField()
    """The name in force, for lists to search and sort by; a daily job follows names that begin."""
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "tenants"
        table_name = "tenant"
        registry_reason = "Agencies are what rows belong to; every address names one before any scope exists."


class TenantVersion(RegistryModel):
    """How an agency is called and where it belongs, from one day to another."""

    tenant_id = UUIDField()
    kind = TextField()
    name = TextField()
    short_name = TextField()
    identifiers = BinaryJSONField(default=dict, index=False)
    """`national` (H57.31), `administrative` (19987), `old` (list of former codes)."""
    parent_id = UUIDField(null=True)
    decision = TextField(default="")
    valid_from = DateField()
    valid_to = DateField(null=True)
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    """When it was written, or last corrected."""

    class Meta:
        schema = "tenants"
        table_name = "tenant_version"
        registry_reason = "Names and tree of all agencies are public and read across them; tenant_id says whose version it is."


class Person(VersionedMixin, RegistryModel):
    """A member of staff; the account itself is kept by the identity provider."""

    username = TextField(unique=True)
    issuer = TextField(null=True)
    subject = TextField(null=True)
    full_name = TextField()
    sort_key = TextField()
    folded = TextField()
    words = TSVectorField(null=True)
    """Made by PostgreSQL from `folded`; never written."""
    email = TextField(default="")
    locale = TextField(default="vi")
    theme = TextField(default="auto")
    shortcuts = BooleanField(default=True)
    is_operator = BooleanField(default=False)
    disabled_at = DateTimeTZField(null=True)
    password_at = DateTimeTZField(null=True)
    """When a one-time password was last given, or a sign-in showed that there is one; None means no way in yet."""
    password_unused = BooleanField(default=False)
    """True from a first password until the first sign-in: it may be lost and given anew."""
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "tenants"
        table_name = "person"
        registry_reason = (
            "One person holds posts in several agencies and signs in before any of them is known."
        )


class DirectoryTask(RegistryModel):
    """Something in the identity provider that may differ from the registry and is to be looked at."""

    kind = TextField()
    tenant_id = UUIDField(null=True)
    person_id = UUIDField(null=True)
    generation = IntegerField(default=1)
    """Raised by each further change, so that a change made while the task runs is not lost."""
    attempts = IntegerField(default=0)
    due_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    last_error = TextField(default="")

    class Meta:
        schema = "tenants"
        table_name = "directory_task"
        registry_reason = (
            "The identity provider is one for all agencies and one reconciler serves it; rows hold ids only."
        )


class Profile(VersionedMixin, TenantModel):
    """What an agency's own administrators keep about it; one row per agency."""

    address = TextField(default="")
    phone = TextField(default="")
    email = TextField(default="")
    website = TextField(default="")
    time_zone = TextField(default=HOME_ZONE.key)
    working_hours = BinaryJSONField(default=lambda: DEFAULT_WORKING_HOURS, index=False)
    logo_digest = TextField(default="")

    class Meta:
        schema = "tenants"
        table_name = "profile"


class WorkingWeek(TenantModel):
    """The working hours of an agency from a day on; without any, those of the profile have always been in force."""

    valid_from = DateField()
    hours = BinaryJSONField(index=False)

    class Meta:
        schema = "tenants"
        table_name = "working_week"


class Logo(TenantModel):
    """A picture an agency uses, named by the SHA-256 of its bytes."""

    digest = TextField()
    media_type = TextField()
    content = BlobField()

    class Meta:
        schema = "tenants"
        table_name = "logo"


class Unit(VersionedMixin, TenantModel):
    """A department inside an agency; closed, never deleted."""

    code = TextField()
    name = TextField()
    parent_id = UUIDField(null=True)
    valid_from = DateField(default=today)
    valid_to = DateField(null=True)

    class Meta:
        schema = "tenants"
        table_name = "unit"


class Membership(VersionedMixin, TenantModel):
    """A post: one person's work in one unit, dated; ended, never deleted."""

    person_id = UUIDField()
    unit_id = UUIDField()
    position = TextField()
    valid_from = DateField(default=today)
    valid_to = DateField(null=True)
    decision = TextField(default="")
    granted_by = UUIDField(null=True)
    ended_at = DateTimeTZField(null=True)
    """When somebody took the post away at once, whatever its last day says."""
    ended_by = UUIDField(null=True)
    created_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])

    class Meta:
        schema = "tenants"
        table_name = "membership"

    @classmethod
    def in_force(cls, day: date) -> Expression:
        """Return the condition that a post counts on a day."""
        midnight = datetime.combine(day + timedelta(days=1), time(), HOME_ZONE)
        return on_day(cls, day) & (cls.ended_at.is_null() | (cls.ended_at >= midnight))


class MembershipRole(TenantModel):
    """A role given with a post: a declared key or one of the agency's own (`own.…`)."""

    membership_id = UUIDField()
    role = TextField()

    class Meta:
        schema = "tenants"
        table_name = "membership_role"


class OwnRole(VersionedMixin, TenantModel):
    """A role an agency put together from declared permissions."""

    key = TextField()
    title = TextField()
    permissions = BinaryJSONField(default=list, index=False)

    class Meta:
        schema = "tenants"
        table_name = "role"


class ModuleSwitch(TenantModel):
    """Whether an agency switched a module on or off; without a row the manifest decides."""

    module = TextField()
    is_on = BooleanField()
    changed_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    changed_by = UUIDField(null=True)

    class Meta:
        schema = "tenants"
        table_name = "module_switch"


class ModuleGrant(TenantModel):
    """Whether the operator allows a module to an agency; without a row the manifest decides."""

    module = TextField()
    allowed = BooleanField()
    note = TextField(default="")
    changed_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    changed_by = UUIDField(null=True)

    class Meta:
        schema = "tenants"
        table_name = "module_grant"


class ProvisionRun(RegistryModel):
    """A description given to the console, the plan made of it, and the state of applying it."""

    file_name = TextField()
    content = BlobField()
    made_by = UUIDField(null=True)
    made_at = DateTimeTZField(constraints=[SQL("DEFAULT now()")])
    lines = IntegerField()
    counts = BinaryJSONField(index=False)
    """Action → number of rows; of errors their number, and in `wrong_rows` how many rows have any."""
    plan = BinaryJSONField(index=False)
    """Rows of the plan as the page shows them, errors first; see `tenants.provisioning.runs`."""
    state = TextField(default="planned")
    started_at = DateTimeTZField(null=True)
    finished_at = DateTimeTZField(null=True)
    beats = IntegerField(default=0)
    """How often a worker took the run up; more than once means that it went on after an interruption."""
    trouble = TextField(default="")
    """Why the run as a whole could not go on, or while it is planned, why it may be meant for another province."""

    class Meta:
        schema = "tenants"
        table_name = "provision_run"
        registry_reason = (
            "A description names many agencies, before some of them exist; only operators see runs."
        )


class ProvisionStep(RegistryModel):
    """One agency of a run."""

    run_id = UUIDField()
    position = IntegerField()
    code = TextField()
    name = TextField()
    line = IntegerField()
    state = TextField(default="waiting")
    written = IntegerField(default=0)
    error = TextField(default="")

    class Meta:
        schema = "tenants"
        table_name = "provision_step"
        registry_reason = "The steps of a run stand for agencies that may not exist yet."
