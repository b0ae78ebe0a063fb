"""Builds the package with maturin, after the library that it links was fetched."""

import pathlib
import subprocess

import maturin
from maturin import *  # noqa: F403  (all hooks that are not named below)


def _set_up():
    root = pathlib.Path(__file__).resolve().parents[2]
    subprocess.run([root / "scripts" / "setup"], check=True)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    _set_up()
    return maturin.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    _set_up()
    return maturin.build_editable(wheel_directory, config_settings, metadata_directory)
