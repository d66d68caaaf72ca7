"""boto3 clients that only ever reach the local stack."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from .settings import REGION, Stack


def client(stack: Stack, service: str) -> Any:
    """A client of the stack's own endpoint, with dummy credentials whatever the environment holds."""
    return boto3.client(
        service,
        endpoint_url=stack.endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(
            retries={"mode": "standard", "max_attempts": 5},
            s3={"addressing_style": "path"},
            proxies={},
        ),
    )
