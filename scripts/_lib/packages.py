"""Find the folders of the product's packages and of every installed module, in the tree or not."""

import importlib.util
from importlib import metadata
from pathlib import Path

from scripts._lib.places import ROOT


def package_folders() -> dict[str, Path]:
    """Return each package's folder by the prefix of its static files: none for the kernel, a key for the rest."""
    found = {"": ROOT / "core", "tenants": ROOT / "tenants", "sso": ROOT / "sso"}
    for entry in metadata.entry_points(group="lienthong.modules"):
        # The spec of the package is enough: nothing of a module runs while its files are looked at.
        spec = importlib.util.find_spec(entry.module.rpartition(".")[0])
        if spec and spec.submodule_search_locations:
            found[entry.name] = Path(next(iter(spec.submodule_search_locations)))
    return found
