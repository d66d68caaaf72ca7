"""What another implementation of AWS refuses of the template is compared with what is known."""

from __future__ import annotations

import pytest
from emulators.refusals import Known, Refusal, differences, known

KNOWN = {"MailConfigurationSet": Known(says="not supported", reason="It has no SESv2.")}
TYPE = "AWS::SES::ConfigurationSet"
REFUSED = Refusal("MailConfigurationSet", TYPE, f"Resource type {TYPE} is not supported")


def test_what_is_known_is_no_difference() -> None:
    assert list(differences([REFUSED], KNOWN)) == []


@pytest.mark.parametrize(
    ("refusal", "problem"),
    [
        (
            Refusal("Bucket", "AWS::S3::Bucket", "no such property"),
            "Bucket (AWS::S3::Bucket) is refused: no such property",
        ),
        (
            Refusal("MailConfigurationSet", TYPE, "the name is taken"),
            "MailConfigurationSet (AWS::SES::ConfigurationSet) is refused: the name is taken",
        ),
    ],
)
def test_another_resource_and_another_reason_are_differences(refusal: Refusal, problem: str) -> None:
    assert problem in list(differences([REFUSED, refusal], KNOWN))


def test_a_refusal_that_does_not_come_any_more_is_one() -> None:
    [problem] = differences([], KNOWN)
    assert problem.startswith("MailConfigurationSet is no longer refused")


def test_each_known_refusal_has_a_reason() -> None:
    assert known()
    for name, entry in known().items():
        assert entry.says and entry.reason.endswith("."), name
