"""Agencies: registry, units, people and posts, roles, module switches, provisioning."""
