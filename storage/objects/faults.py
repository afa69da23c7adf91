"""What to do about what an S3 store answers or boto3 raises: one sentence for each code or exception name."""

from __future__ import annotations

_CREDENTIALS = (
    "the credentials are refused; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN "
    "(or AWS_PROFILE), and that they belong to this endpoint (AWS_ENDPOINT_URL)"
)
_EXPIRED = "the credentials have expired; get new ones"
_NONE = "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_PERMISSION = (
    "these credentials have no permission; allow s3:GetObject, s3:PutObject, s3:DeleteObject and "
    "s3:AbortMultipartUpload on the objects, s3:ListBucket and s3:ListBucketMultipartUploads on the bucket"
)
_REGION = "the bucket lies in another region; set AWS_DEFAULT_REGION to it"
_CLOCK = "the clock of this machine differs too much from the store's; set it right (NTP)"
_UNREACHABLE = "the endpoint cannot be reached; check AWS_ENDPOINT_URL, the network and that the store runs"
_ENDPOINT = "the endpoint is no http or https URL; correct AWS_ENDPOINT_URL"
_REDIRECTS = (
    "the endpoint answers every request with a redirect; check that AWS_ENDPOINT_URL names the S3 port "
    "with the right scheme (https or http?), and AWS_DEFAULT_REGION"
)
_NOT_S3 = "the answer is not S3; check that AWS_ENDPOINT_URL names the S3 port of the store, not its console"
_TLS = "TLS failed; check AWS_ENDPOINT_URL (https or http?), the store's certificate and AWS_CA_BUNDLE"
_FULL = "the store is full or the quota is used up; free some space or raise the quota"
_BUSY = "the store is overloaded or failing; nothing was lost, try again later"
_PROFILE = "the AWS profile or configuration file is wrong; check AWS_PROFILE and ~/.aws/config"
_DAMAGED = "the bytes were damaged on the way; try again, then look at the network or a proxy between"
_CONFLICT = "other writers keep changing the same key; try again later"
_UNSUPPORTED = (
    "the store does not offer this operation; Pressrun needs conditional writes (If-None-Match, If-Match) "
    "and multipart uploads: update the store or choose another"
)

_BUCKET = (
    "the bucket does not exist at this endpoint; create it, or correct the store's URL or AWS_ENDPOINT_URL"
)
_REFUSED = "the credentials are wrong or have no permission for this, or (reading) the object does not exist"

REMEDIES = {
    "NoSuchBucket": _BUCKET,
    "InvalidBucketName": "this is no bucket name; correct the store's URL",
    "InvalidAccessKeyId": _CREDENTIALS,
    "SignatureDoesNotMatch": _CREDENTIALS,
    "AuthFailure": _CREDENTIALS,
    "InvalidToken": _CREDENTIALS,
    "InvalidClientTokenId": _CREDENTIALS,
    "UnrecognizedClientException": _CREDENTIALS,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "TokenRetrievalError": _EXPIRED,
    "CredentialRetrievalError": _CREDENTIALS,
    "NoCredentialsError": _NONE,
    "PartialCredentialsError": _NONE,
    "AccessDenied": _PERMISSION,
    "AllAccessDisabled": _PERMISSION,
    "AccountProblem": _PERMISSION,
    "MethodNotAllowed": _NOT_S3,
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "RequestTimeTooSkewed": _CLOCK,
    "RequestExpired": _CLOCK,
    "QuotaExceeded": _FULL,
    "InsufficientStorage": _FULL,
    "XMinioStorageFull": _FULL,
    "NotImplemented": _UNSUPPORTED,
    "BadDigest": _DAMAGED,
    "InvalidDigest": _DAMAGED,
    "XAmzContentSHA256Mismatch": _DAMAGED,
    "IncompleteBody": _DAMAGED,
    "ConditionalRequestConflict": _CONFLICT,
    "OperationAborted": _CONFLICT,
    "EndpointConnectionError": _UNREACHABLE,
    "ConnectionError": _UNREACHABLE,
    "ConnectionClosedError": _UNREACHABLE,
    "ConnectTimeoutError": _UNREACHABLE,
    "ReadTimeoutError": _UNREACHABLE,
    "HTTPClientError": _UNREACHABLE,
    "ProxyConnectionError": "the proxy cannot be reached; check HTTPS_PROXY, HTTP_PROXY and NO_PROXY",
    "SSLError": _TLS,
    "ResponseParserError": _NOT_S3,
    "ProfileNotFound": _PROFILE,
    "ConfigParseError": _PROFILE,
    "ConfigNotFound": _PROFILE,
    "EndpointProviderError": _ENDPOINT,
    "500": "the store fails, or this is not S3; check AWS_ENDPOINT_URL, then try again later",
    "RecursionError": _REDIRECTS,
    "InvalidRegionError": "the region's name is wrong; check AWS_DEFAULT_REGION",
    "InvalidConfigError": _PROFILE,
}

BY_STATUS = {
    301: _REGION,
    307: _REGION,
    400: "the store does not understand the request; check AWS_ENDPOINT_URL and AWS_DEFAULT_REGION",
    401: _CREDENTIALS,
    403: _REFUSED,
    404: _BUCKET,
    405: _NOT_S3,
    411: "the store wants Content-Length; update it, or reach it without TLS",
    412: _CONFLICT,
    501: _UNSUPPORTED,
    507: _FULL,
}


def remedy(code: str, status: int | None) -> str:
    """What to do about an error code of S3, else about its HTTP status."""
    if code in REMEDIES:
        return REMEDIES[code]
    if status is not None and status in BY_STATUS:
        return BY_STATUS[status]
    if code in ("SlowDown", "Throttling", "RequestLimitExceeded") or (status or 0) >= 500 or status == 429:
        return _BUSY
    return "see the message of the store"


def remedy_of(error: BaseException) -> str:
    """What to do about an exception, by its name or that of what it descends from."""
    names = [kind.__name__ for kind in type(error).__mro__]
    return next((REMEDIES[name] for name in names if name in REMEDIES), "see the message above")
