"""A bucket as object store, for AWS and for the many stores that speak S3 less well. The only user of boto3.

Beyond what boto3 does by itself: every object carries its SHA-256 as metadata and is checked against it when
read whole; short bodies and 409 ConditionalRequestConflict are tried again; a 412 for one's own write (it
took effect, its answer was lost, it was sent again) is settled by reading back; ETags go out quoted or bare,
whichever the store takes.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import random
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storage.objects.faults import remedy, remedy_of
from storage.objects.protocol import TEMPORARY, NotFound, StoreError, check_key, check_prefix, key_fault

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, GetObjectOutputTypeDef

    Parts = list[CompletedPartTypeDef]

PART_BYTES = 16 << 20
"""Files above this size go up in parts of it."""

MAX_PARTS = 9_000
"""S3 allows 10,000: above this many, parts grow."""

CHUNK_BYTES = 1 << 20
CONNECTIONS = 32
CONFLICT_ATTEMPTS = 8
DIGEST = "sha256"
"""Name of the metadata that holds an object's SHA-256."""

ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
LOST = frozenset({"PreconditionFailed"}) | ABSENT
CONFLICT = frozenset({"ConditionalRequestConflict", "OperationAborted"})
UNSUPPORTED = frozenset({"NotImplemented"})
BEYOND_END = frozenset({"InvalidRange", "416"})


class S3Store:
    """Objects in one bucket below one prefix. boto3 finds credentials, region and endpoint."""

    def __init__(self, bucket: str, prefix: str, *, attempts: int) -> None:
        self.url = f"s3://{bucket}/{prefix}".rstrip("/")
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._client = _client(self.url, attempts)
        self.swaps = True
        self._attempts = attempts
        self._bare_etags = False
        """Whether this store was seen to want ETags without quotes in If-Match (radosgw does)."""

    def get(self, key: str) -> bytes:
        """The whole object, checked against its digest; raises NotFound."""
        return self._read(key)[0]

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset` on; raises NotFound."""
        if offset < 0 or length < 0:
            raise ValueError(f"negative range of {key!r}: offset {offset}, length {length}")
        wanted = f"bytes={offset}-{offset + max(length, 1) - 1}"
        try:
            data, answer = self._read(key, byte_range=wanted)
        except _BeyondEnd:
            return b""
        if answer["ResponseMetadata"]["HTTPStatusCode"] != 206:  # the store sent all of it
            return data[offset : offset + length]
        return data[:length]

    def get_versioned(self, key: str) -> tuple[bytes, str]:
        """The whole object and its ETag without quotes; raises NotFound."""
        data, answer = self._read(key)
        return data, _bare(answer["ETag"])

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, over whatever is there."""
        name = self._name(key)
        with self._explained(f"cannot write {key!r}"):
            self._client.put_object(
                Bucket=self._bucket, Key=name, Body=data, ContentMD5=_md5(data), Metadata=_digest(data)
            )

    def put_file(self, key: str, path: Path) -> None:
        """Store the bytes of a local file under `key`, over whatever is there; above PART_BYTES in parts."""
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            if size <= PART_BYTES:
                self.put(key, file.read())
                return
            digest = hashlib.file_digest(file, DIGEST).hexdigest()
            file.seek(0)
            with self._explained(f"cannot write {key!r} in parts"):
                self._put_parts(self._name(key), file, max(PART_BYTES, size // MAX_PARTS + 1), digest)

    def fetch_file(self, key: str, path: Path) -> None:
        """Copy an object to a local file, which appears whole or not at all; raises NotFound."""
        partial = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
        try:
            for _ in _attempts(self._attempts):
                with partial.open("wb") as file, self._reading(key):
                    complaint = self._stream(key, file)
                if complaint is None:
                    partial.replace(path)
                    return
            raise StoreError(f"{self.url}: cannot read {key!r}: {complaint}, {self._attempts} times")
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error}: free or choose another work folder") from error
        finally:
            partial.unlink(missing_ok=True)

    def create(self, key: str, data: bytes) -> bool:
        """Store `data` under a free key; True: the key holds exactly `data`, False: something else."""
        for _ in _attempts(CONFLICT_ATTEMPTS):
            if self._put_if(key, data, none_match="*") is not None:
                return True
            with contextlib.suppress(NotFound):  # deleted between our try and our look: try again
                return self.get(key) == data
        raise StoreError(
            f"{self.url}: cannot create {key!r}: the store says that it exists, yet holds no such object"
        )

    def replace(self, key: str, data: bytes, version: str | None) -> str | None:
        """Store `data` if the object still has this ETag (None: is still absent); the new ETag or None."""
        if version is None:
            return self._replace_nothing(key, data)
        for bare in (self._bare_etags, not self._bare_etags):
            try:
                written = self._put_if(key, data, match=version if bare else f'"{version}"')
            except _NoSwaps:
                self.swaps = False
                return self._look_then_put(key, data, version)
            if written is not None:
                self._bare_etags = bare
                return written
            try:
                current, found = self.get_versioned(key)
            except NotFound:
                return None
            if current == data:
                return found
            if found != version:
                return None
            # Nobody was faster, yet the store says no: it may want the other form of the ETag.
        raise StoreError(
            f"{self.url}: cannot swap {key!r}: the store refuses If-Match with the ETag it gave itself"
        )

    def _look_then_put(self, key: str, data: bytes, version: str) -> str | None:
        """A swap for stores without If-Match: good for one writer, which is what `probe` allows them."""
        try:
            found = self.get_versioned(key)[1]
        except NotFound:
            return None
        if found != version:
            return None
        self.put(key, data)
        return self.get_versioned(key)[1]

    def _replace_nothing(self, key: str, data: bytes) -> str | None:
        if (written := self._put_if(key, data, none_match="*")) is not None:
            return written
        with contextlib.suppress(NotFound):
            current, found = self.get_versioned(key)
            return found if current == data else None
        return None

    def size(self, key: str) -> int | None:
        """Bytes of the object; None: there is none."""
        try:
            with self._reading(key):
                return self._client.head_object(Bucket=self._bucket, Key=self._name(key))["ContentLength"]
        except NotFound:
            return None
        except StoreError as error:
            if isinstance(error.__cause__, ClientError) and _code(error.__cause__).isdecimal():
                return self._why_no_size(key, error)
            raise

    def _why_no_size(self, key: str, error: StoreError) -> int | None:
        """What a refusal of HEAD, which has no body to say so, is about; None: no object. Raises StoreError."""
        try:
            self.get_range(key, 0, 1)
        except NotFound:
            return None
        raise error

    def list(self, prefix: str, after: str = "") -> Iterator[tuple[str, int]]:
        """(key, bytes) of every object whose key begins with `prefix` and is beyond `after`, in key order."""
        wanted, last = self._prefix + check_prefix(prefix), ""
        start = {"StartAfter": self._prefix + after} if after else {}
        with self._explained(f"cannot list {prefix!r}"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket,
                Prefix=wanted,
                **start,  # type: ignore[arg-type]
            )
            for page in pages:
                for entry in page.get("Contents", ()):
                    key = entry["Key"].removeprefix(self._prefix)
                    if key_fault(key) is not None:  # another tool's: folder markers and the like
                        continue
                    if key <= after:  # not every store knows StartAfter
                        continue
                    if key <= last:
                        raise StoreError(
                            f"{self.url}: the store lists {key!r} after {last!r}; Pressrun needs listings in "
                            "key order, which general-purpose S3 buckets give (directory buckets do not)"
                        )
                    last = key
                    yield key, entry["Size"]

    def delete(self, key: str) -> None:
        """Remove the object; a key that holds none is no error."""
        with contextlib.suppress(NotFound), self._reading(key, "delete"):
            self._client.delete_object(Bucket=self._bucket, Key=self._name(key))

    def sweep(self, older_than_seconds: float = 86_400) -> int:
        """Abort multipart uploads that killed writers left; how many there were."""
        oldest, aborted = datetime.now(UTC) - timedelta(seconds=older_than_seconds), 0
        with self._explained("cannot sweep"):
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            )
            for upload in [upload for page in pages for upload in page.get("Uploads", ())]:
                if upload["Initiated"] < oldest:
                    self._abort(upload["Key"], upload["UploadId"])
                    aborted += 1
        return aborted

    def _name(self, key: str) -> str:
        return check_key(self._prefix + check_key(key))

    def _read(self, key: str, byte_range: str | None = None) -> tuple[bytes, GetObjectOutputTypeDef]:
        complaint = ""
        for _ in _attempts(self._attempts):
            with self._reading(key):
                answer = self._open(key, byte_range)
                try:
                    data = answer["Body"].read()
                except BotoCoreError as error:  # boto3 tries requests again, never bodies
                    complaint = f"the answer broke off ({error})"
                    continue
            whole = answer["ResponseMetadata"]["HTTPStatusCode"] != 206
            stated = answer["Metadata"].get(DIGEST) if whole else None
            if len(data) != answer["ContentLength"]:
                complaint = f"{len(data)} of {answer['ContentLength']} bytes came"
            elif stated is not None and hashlib.sha256(data).hexdigest() != stated:
                complaint = f"its bytes do not have the SHA-256 {stated} that they were stored with"
            else:
                return data, answer
        raise StoreError(f"{self.url}: cannot read {key!r}: {complaint}, {self._attempts} times")

    def _open(self, key: str, byte_range: str | None = None) -> GetObjectOutputTypeDef:
        if byte_range is None:
            return self._client.get_object(Bucket=self._bucket, Key=self._name(key))
        return self._client.get_object(Bucket=self._bucket, Key=self._name(key), Range=byte_range)

    def _stream(self, key: str, file: BinaryIO) -> str | None:
        """Write the object into `file`; what is wrong with what came, None: nothing."""
        answer = self._open(key)
        digest, length = hashlib.sha256(), 0
        try:
            for chunk in answer["Body"].iter_chunks(CHUNK_BYTES):
                digest.update(chunk)
                length += len(chunk)
                file.write(chunk)
        except BotoCoreError as error:
            return f"the answer broke off ({error})"
        if length != answer["ContentLength"]:
            return f"{length} of {answer['ContentLength']} bytes came"
        stated = answer["Metadata"].get(DIGEST)
        if stated is not None and digest.hexdigest() != stated:
            return f"its bytes do not have the SHA-256 {stated} that they were stored with"
        return None

    def _put_if(self, key: str, data: bytes, *, match: str = "", none_match: str = "") -> str | None:
        """Put under a condition: the bare ETag of what was written, None when the condition does not hold."""
        name = self._name(key)
        condition = {"IfMatch": match} if match else {"IfNoneMatch": none_match}
        doing = f"cannot write {key!r} under a condition"
        conflict = StoreError(doing)
        for _ in _attempts(CONFLICT_ATTEMPTS):
            try:
                with self._explained(doing, leave=LOST | CONFLICT | UNSUPPORTED):
                    answer = self._client.put_object(
                        Bucket=self._bucket,
                        Key=name,
                        Body=data,
                        ContentMD5=_md5(data),
                        Metadata=_digest(data),
                        **condition,  # type: ignore[arg-type]
                    )
            except ClientError as error:
                if _code(error) in LOST:
                    return None
                if _code(error) in UNSUPPORTED and match:
                    raise _NoSwaps from error
                if _code(error) in UNSUPPORTED:
                    raise self._fault(doing, error) from error
                conflict = self._fault(
                    doing, error
                )  # another conditional write is under way; boto3 leaves this to us
            else:
                return _bare(answer["ETag"])
        raise conflict

    def _put_parts(self, name: str, file: BinaryIO, part_bytes: int, digest: str) -> None:
        upload = self._client.create_multipart_upload(
            Bucket=self._bucket, Key=name, Metadata={DIGEST: digest}
        )["UploadId"]
        parts: Parts = []
        try:
            while data := file.read(part_bytes):
                number = len(parts) + 1
                answer = self._client.upload_part(
                    Bucket=self._bucket,
                    Key=name,
                    UploadId=upload,
                    PartNumber=number,
                    Body=data,
                    ContentMD5=_md5(data),
                )
                parts.append({"ETag": answer["ETag"], "PartNumber": number})
            self._complete(name, upload, parts, digest)
        except BaseException:
            with contextlib.suppress(ClientError, BotoCoreError):
                self._abort(name, upload)
            raise

    def _complete(self, name: str, upload: str, parts: Parts, digest: str) -> None:
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=name, UploadId=upload, MultipartUpload={"Parts": parts}
            )
        except ClientError as error:
            # The first try took effect, its answer was lost, and boto3's second try finds no upload.
            if _code(error) != "NoSuchUpload":
                raise
            if self._client.head_object(Bucket=self._bucket, Key=name)["Metadata"].get(DIGEST) != digest:
                raise

    def _abort(self, name: str, upload: str) -> None:
        self._client.abort_multipart_upload(Bucket=self._bucket, Key=name, UploadId=upload)

    @contextlib.contextmanager
    def _reading(self, key: str, verb: str = "read") -> Iterator[None]:
        try:
            with self._explained(f"cannot {verb} {key!r}", leave=ABSENT | BEYOND_END):
                yield
        except ClientError as error:
            if _code(error) in BEYOND_END:
                raise _BeyondEnd from error
            raise NotFound(f"{self.url}: there is no object {key!r}") from error

    @contextlib.contextmanager
    def _explained(self, doing: str, leave: frozenset[str] = frozenset()) -> Iterator[None]:
        """Turn what boto3 raises into a StoreError with cause and remedy; codes in `leave` pass."""
        try:
            yield
        except ClientError as error:
            if _code(error) in leave:
                raise
            raise self._fault(doing, error) from error
        except (BotoCoreError, RecursionError) as error:  # boto3 follows endless redirects by recursion
            raise self._fault(doing, error) from error

    def _fault(self, doing: str, error: BaseException) -> StoreError:
        said, advice = str(error), remedy_of(error)
        if isinstance(error, ClientError):
            code, status = _code(error), _status(error)
            said = f"HTTP {status} {code} {error.response['Error'].get('Message') or ''}".strip()
            advice = remedy(code, status)
        return StoreError(f"{self.url} at {self._client.meta.endpoint_url}: {doing}: {said}: {advice}")


class _NoSwaps(Exception):
    """The store does not know If-Match."""


class _BeyondEnd(Exception):
    """A range that begins after the object's end."""


def delta_options(url: str) -> dict[str, str]:
    """Options for delta-rs' own S3 client: endpoint, region and credentials as boto3 finds them now."""
    client = _client(url, attempts=1)
    session = _session()
    endpoint = client.meta.endpoint_url
    region = session.region_name or client.meta.region_name
    options = {
        "AWS_REGION": region if region and not region.startswith("aws-") else "us-east-1",
        "AWS_CONDITIONAL_PUT": "etag",
    }
    if not endpoint.endswith(".amazonaws.com"):
        options["AWS_ENDPOINT_URL"] = endpoint
        options["AWS_ALLOW_HTTP"] = str(endpoint.startswith("http://")).lower()
    try:
        found = session.get_credentials()
        credentials = found.get_frozen_credentials() if found is not None else None
    except BotoCoreError as error:
        raise StoreError(f"{url}: {error}: {remedy_of(error)}") from error
    if credentials is None or not credentials.access_key or not credentials.secret_key:
        raise StoreError(f"{url}: {remedy('NoCredentialsError', None)}")
    options["AWS_ACCESS_KEY_ID"] = credentials.access_key
    options["AWS_SECRET_ACCESS_KEY"] = credentials.secret_key
    if credentials.token:
        options["AWS_SESSION_TOKEN"] = credentials.token
    return options


def _client(url: str, attempts: int) -> S3Client:
    # Content-MD5 in place of boto3's newer checksums: many stores refuse those (botocore issue 3352).
    config = Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
        connect_timeout=10,
        read_timeout=60,
        tcp_keepalive=True,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    try:
        return _session().client("s3", config=config)
    except (BotoCoreError, ValueError) as error:  # ValueError: an endpoint that is no URL
        known = (
            remedy(type(error).__name__, None)
            if isinstance(error, BotoCoreError)
            else "check AWS_ENDPOINT_URL"
        )
        raise StoreError(f"{url}: boto3 cannot be set up: {error}: {known}") from error


def make_bucket(name: str, *, attempts: int) -> bool:
    """Make a bucket of its own server (AWS wants to be told more); False: it is there. Raises StoreError."""
    url = f"s3://{name}"
    client = _client(url, attempts)
    try:
        if any(bucket["Name"] == name for bucket in client.list_buckets()["Buckets"]):
            return False
        client.create_bucket(Bucket=name)
    except (BotoCoreError, ClientError) as error:
        raise StoreError(
            f"{url} at {client.meta.endpoint_url}: cannot make it: {error}: {remedy_of(error)}"
        ) from error
    return True


def _session() -> boto3.Session:
    session = botocore.session.Session()
    session.register_component("data_loader", _api_models())
    return boto3.Session(botocore_session=session)


@functools.cache
def _api_models() -> botocore.loaders.Loader:
    """Parsed once a process: otherwise every client costs 0.1 s."""
    return botocore.loaders.create_loader()


def _attempts(most: int) -> Iterator[int]:
    """0, 1, 2 ..., each after a longer wait than the one before (0.1 s doubling to 5 s, with jitter)."""
    for attempt in range(most):
        if attempt:
            time.sleep(random.uniform(0.5, 1) * min(5.0, 0.1 * 2 ** (attempt - 1)))  # noqa: S311
        yield attempt


def _code(error: ClientError) -> str:
    if _status(error) == 412:
        return "PreconditionFailed"
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: ClientError) -> int | None:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")


def _bare(etag: str) -> str:
    return etag.removeprefix('"').removesuffix('"')


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _digest(data: bytes) -> dict[str, str]:
    return {DIGEST: hashlib.sha256(data).hexdigest()}
