"""What `payout-exports cost` says, and whether the benchmark says the same."""

from __future__ import annotations

import json
import subprocess

import pytest
import tomlkit
from bench import cost
from samcli.yamlhelper import yaml_parse
from support.command import FOLDER, ROOT
from support.template import written_out

WATCHING = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::Dashboard")
BILL = ("cost", "--rows", "1000000", "--exports-a-day", "1")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FOLDER / "payout-exports", *arguments], env={}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("compression", "of_files"), [("none", ""), ("gzip", "gzip_")])
def test_the_benchmark_and_the_command_reckon_alike(compression: str, of_files: str) -> None:
    measured = tomlkit.parse(cost.FIGURES.read_text()).unwrap()["measured"]
    rows_per_second, bytes_per_row = (
        measured[f"{of_files}{name}"] for name in ("network_rows_per_second", "file_bytes_per_row")
    )
    found = cost.per_million_rows(rows_per_second, bytes_per_row, memory_mb=1769)
    services = json.loads(run(*BILL, "--compression", compression, "--output", "json").stdout)["services"]
    for service, amount in found["services"].items():
        # Thirty exports a month; the benchmark rounds to a millionth of a dollar.
        assert services[service]["exports"] == pytest.approx(30 * amount, abs=30e-6), service


def test_the_bill_adds_up() -> None:
    bill = json.loads(run(*BILL, "--new-records-a-day", "1000", "--output", "json").stdout)
    for column in ("idle", "exports", "ledger", "all"):
        assert bill[column] == pytest.approx(sum(service[column] for service in bill["services"].values())), column
    assert bill["all"] == pytest.approx(bill["idle"] + bill["exports"] + bill["ledger"])
    assert bill["ledger"] > 0


def test_a_person_is_told_what_an_idle_stack_costs() -> None:
    unused = ("cost", "--rows", "1000", "--exports-a-day", "0")
    told = run(*unused).stdout
    assert "A stack that nobody uses costs $13.38 a month" in told
    assert "Alarms and the dashboard are on" in told
    unwatched = run(*unused, "--alarms", "off", "--gradual-deployment", "off").stdout
    assert "A stack that nobody uses costs $2.78 a month" in unwatched
    assert "looked up from 2026-11-21 to 2026-11-26" in told
    assert "0 exports a day of 1,000 rows" in told


def test_prices_of_other_regions_are_not_made_up() -> None:
    result = run(*BILL, "--region", "eu-central-1")
    assert result.returncode == 1
    assert "no prices of eu-central-1 are known here, only those of us-east-1" in result.stderr


def test_what_watches_a_stack_is_that_of_the_template() -> None:
    idle = tomlkit.parse(cost.FIGURES.read_text()).unwrap()["idle"]
    resources = list(written_out(yaml_parse((ROOT / "template.yaml").read_text())))
    count = {type_name: [one for one in resources if one["Type"] == type_name] for type_name in WATCHING}
    alarms: dict[bool, int] = {True: 0, False: 0}
    for alarm in count["AWS::CloudWatch::Alarm"]:
        metrics = [one for one in alarm["Properties"].get("Metrics", ()) if "MetricStat" in one]
        alarms[alarm["Condition"] == "HasGradualDeployment"] += len(metrics) or 1
    assert alarms == {False: idle["alarm_metrics"], True: idle["deployment_alarms"]}
    assert len(count["AWS::CloudWatch::CompositeAlarm"]) == idle["composite_alarms"]
    assert len(count["AWS::CloudWatch::Dashboard"]) == idle["dashboards"]


def test_the_queues_that_wait_are_those_of_the_template() -> None:
    resources = yaml_parse((ROOT / "template.yaml").read_text())["Resources"].values()
    functions = (resource for resource in resources if isinstance(resource, dict) and "Properties" in resource)
    events = [event for function in functions for event in function["Properties"].get("Events", {}).values()]
    waiting = tomlkit.parse(cost.FIGURES.read_text()).unwrap()["idle"]["queues_with_functions"]
    assert sum(event["Type"] == "SQS" for event in events) == waiting
