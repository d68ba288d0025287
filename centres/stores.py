"""What the store of files raises when it does not take or give one: a disk, or S3 where used."""

from boto3.exceptions import Boto3Error  # type: ignore[import-untyped]
from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
)
from s3transfer.exceptions import RetriesExceededError  # type: ignore[import-untyped]

STORE_FAULTS: tuple[type[Exception], ...] = (
    OSError,
    BotoCoreError,
    ClientError,
    Boto3Error,
    RetriesExceededError,
)
