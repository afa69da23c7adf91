"""Make the bucket of an S3 server that is set up with Pressrun: `python -m storage.objects.bucket NAME`."""

from __future__ import annotations

import sys

from storage.objects.opening import ATTEMPTS
from storage.objects.protocol import StoreError
from storage.objects.s3 import make_bucket


def main() -> int:
    """Make it unless it is there; 1: that failed, 2: the request was wrong."""
    if len(sys.argv) != 2:
        print("usage: python -m storage.objects.bucket NAME", file=sys.stderr)
        return 2
    try:
        made = make_bucket(sys.argv[1], attempts=ATTEMPTS)
    except StoreError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"s3://{sys.argv[1]} {'is made' if made else 'is there'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
