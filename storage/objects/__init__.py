"""Object stores: an S3 bucket or a folder behind one protocol. boto3 lives in `s3.py` and nowhere else.

    open_store("archive")               a folder
    open_store("s3://bucket/prefix")    any S3-compatible bucket; credentials and endpoint as boto3 finds them

Keys are paths with `/` between their parts (`commits/000000000001.json`). Objects are whole or not there;
`create` has one winner; `list` is in key order. Every failure is a `StoreError` that says what to do.
"""

from storage.objects.checks import preflight, probe
from storage.objects.opening import open_store, open_to_read, storage_options, table_url
from storage.objects.protocol import BadKey, Creates, NotFound, ObjectStore, StoreError
from storage.objects.system import is_of_the_machine, sentence, try_work_folder

__all__ = [
    "BadKey",
    "Creates",
    "NotFound",
    "ObjectStore",
    "StoreError",
    "is_of_the_machine",
    "open_store",
    "open_to_read",
    "preflight",
    "probe",
    "sentence",
    "storage_options",
    "table_url",
    "try_work_folder",
]
