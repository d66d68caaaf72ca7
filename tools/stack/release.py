"""`make release`: the functions compiled for Lambda, and a template that deploys them as they are."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import tomlkit

from . import build, cargo_lambda, page, template
from .cargo_tools import installed
from .settings import LOCAL, ROOT, TEMPLATE, Failure
from .steps import Steps, console

RELEASE = LOCAL / "release"
ARCHITECTURES = {"arm64": "--arm64", "x86_64": "--x86-64"}
# What whoever deploys a release needs besides the template.
DOCUMENTS = ("CHANGELOG.md", "LICENSE", "README.md", "samconfig.toml")
SBOM = "sbom.cdx.json"

CODE_URI = re.compile(r"^( +CodeUri: functions/)([a-z-]+)$", re.MULTILINE)
ARCHITECTURE = re.compile(r"^(  Architecture:\n(?:    .*\n)*?    Default: )\w+$", re.MULTILINE)


def release(architecture: str, steps: Steps) -> Path:
    """Makes the release of an architecture. Returns its archive, beside which its checksum is."""
    with steps.step("page", "Building the Back Office page"):
        page.build()
    with steps.step("compile", f"Compiling the functions for Lambda on {architecture}"):
        binaries = _compile(architecture)
    with steps.step("pack", "Packing them with the template"):
        return pack(architecture, binaries, _sbom(), RELEASE)


def pack(architecture: str, binaries: Mapping[str, Path], sbom: str, target: Path) -> Path:
    """Packs compiled functions, by name, with what deploys them and what they are made of. Returns the archive."""
    name = f"payout-exports-{_version()}-{architecture}"
    folder = target / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "functions").mkdir(parents=True)
    for function, binary in binaries.items():
        build.zip_binary(binary, folder / "functions" / f"{function}.zip")
    for path in template.included_files():
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    for document in DOCUMENTS:
        shutil.copyfile(ROOT / document, folder / document)
    (folder / "template.yaml").write_text(packed_template(TEMPLATE.read_text(), architecture))
    (folder / SBOM).write_text(sbom)
    archive = target / f"{name}.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(folder, name)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_name(f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n")
    return archive


def packed_template(text: str, architecture: str) -> str:
    """The template with the packed functions in place of their sources, and the architecture that they are for."""
    text, functions = CODE_URI.subn(r"\1\2.zip", text)
    text, defaults = ARCHITECTURE.subn(rf"\g<1>{architecture}", text)
    if functions != len(template.binaries()) or defaults != 1:
        raise Failure("template.yaml has a function or a parameter in a form that a release does not know.")
    return text


def show(archive: Path) -> None:
    console.print(f"{archive}\n{archive}.sha256", soft_wrap=True)


def _compile(architecture: str) -> dict[str, Path]:
    """Compiles for Lambda's system, whose C library is older than most machines'. Returns each function's binary."""
    packages = (argument for binary in template.binaries() for argument in ("--package", binary))
    command = ["lambda", "build", "--release", "--locked", ARCHITECTURES[architecture], *packages]
    program = str(cargo_lambda.command())
    if subprocess.run([program, *command], cwd=ROOT, env=cargo_lambda.environment()).returncode:
        raise Failure("cargo lambda build failed: see the compiler's messages above.")
    return {name: ROOT / "target" / "lambda" / name / "bootstrap" for name in template.binaries()}


def _sbom() -> str:
    """What the release is made of, as CycloneDX's JSON."""
    command = [str(installed("cargo-sbom")), "--output-format", "cyclone_dx_json_1_6"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode:
        raise Failure(f"The software bill of materials could not be made:\n{result.stderr}")
    return result.stdout


def _version() -> str:
    return str(tomlkit.parse((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"])
