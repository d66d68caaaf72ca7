"""What a release is: an archive that `sam deploy` takes as it is."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse
from stack import release, template

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    binaries = {name: folder / name for name in template.binaries()}
    for name, binary in binaries.items():
        binary.write_text(name)
    return release.pack("arm64", binaries, "{}", folder / "packed")


@pytest.fixture(scope="module")
def unpacked(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    (top,) = folder.iterdir()
    return top


def test_its_checksum_is_beside_it_as_sha256sum_reads_it(archive: Path) -> None:
    checksum = archive.with_name(f"{archive.name}.sha256").read_text()
    assert checksum == f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}\n"


def test_each_function_is_packed_as_lambda_runs_it(unpacked: Path) -> None:
    packed = _functions(yaml_parse((unpacked / "template.yaml").read_text()))
    sources = _functions(yaml_parse((ROOT / "template.yaml").read_text()))
    assert packed.keys() == sources.keys()
    for name, function in packed.items():
        binary = function["Metadata"]["BuildProperties"]["Binary"]
        with zipfile.ZipFile(unpacked / function["Properties"]["CodeUri"]) as file:
            (entry,) = file.infolist()
            assert (entry.filename, file.read(entry).decode()) == ("bootstrap", binary), name
            assert entry.external_attr >> 16 & 0o111, "Lambda has to be allowed to run it"


def test_its_template_differs_in_paths_and_the_architecture_alone(unpacked: Path) -> None:
    packed, source = (yaml_parse((folder / "template.yaml").read_text()) for folder in (unpacked, ROOT))
    assert packed["Parameters"]["Architecture"].pop("Default") == "arm64"
    del source["Parameters"]["Architecture"]["Default"]
    for function in (*_functions(packed).values(), *_functions(source).values()):
        del function["Properties"]["CodeUri"]
    assert packed == source


def test_it_has_every_file_that_the_template_includes(unpacked: Path) -> None:
    for path in template.included_files():
        assert (unpacked / path.relative_to(ROOT)).read_bytes() == path.read_bytes()


def _functions(parsed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return dict(template.resources(parsed, template.FUNCTION))
