"""Commands on agencies: each is one transaction with its audit entry and its facts."""

from tenants.services.agencies import (
    create_agency,
    remove_logo,
    resume_agency,
    revise_agency,
    set_logo,
    suspend_agency,
    update_profile,
    withdraw_revision,
)
from tenants.services.common import Authority
from tenants.services.modules import (
    DisablePlan,
    EnablePlan,
    disable_module,
    enable_module,
    plan_disable,
    plan_enable,
    set_grant,
    set_grants,
    stopped_by,
)
from tenants.services.passwords import issue_password, remove_second_factor
from tenants.services.people import (
    change_mail,
    disable_person,
    register_person,
    restore_person,
    set_operator,
    set_preferences,
)
from tenants.services.posts import change_post, end_post, grant_post
from tenants.services.roles import change_role, create_role, delete_role
from tenants.services.units import change_unit, close_unit, create_unit

__all__ = [
    "Authority", "DisablePlan", "EnablePlan", "change_mail", "change_post", "change_role", "change_unit",
    "close_unit", "create_agency", "create_role", "create_unit", "delete_role", "disable_module", "disable_person",
    "enable_module", "end_post", "grant_post", "issue_password", "plan_disable", "plan_enable", "register_person",
    "remove_logo", "remove_second_factor", "restore_person",
    "resume_agency", "revise_agency", "set_grant", "set_grants", "set_logo", "set_operator", "set_preferences", "stopped_by", "suspend_agency",
    "update_profile", "withdraw_revision",
]  # fmt: skip
