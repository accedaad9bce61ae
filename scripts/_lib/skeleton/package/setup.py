"""Build the module `skeleton` for Liên Thông; it registers itself by its entry point."""

from setuptools import find_packages, setup

setup(
    name="lienthong-skeleton",
    version="0.1",
    description="MODULE TITLE",
    python_requires=">=3.11",
    packages=find_packages(include=["lienthong_skeleton", "lienthong_skeleton.*"]),
    package_data={"": ["templates/**/*", "static/**/*", "locale/**/*", "migrations/*.py"]},
    install_requires=["lienthong"],
    entry_points={"lienthong.modules": ["skeleton = lienthong_skeleton.plugin"]},
    zip_safe=False,
)
