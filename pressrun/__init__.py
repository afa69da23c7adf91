"""Pressrun's door for Python: read an archive with nothing but its bucket or folder.

import pressrun

archive = pressrun.open("s3://bucket/prefix")
for article in archive.articles(site="latinpost", after=datetime(2026, 11, 1, tzinfo=UTC)):
    print(article.published_at, article.title)
"""

from storage.reader import Archive, StoredArticle, open_archive

__all__ = ["Archive", "StoredArticle", "open"]


def open(url: str = "archive") -> Archive:
    """Open the archive in a folder or at `s3://bucket/prefix`; credentials and endpoint are boto3's own.

    Raises StoreError where there is no such store, or no way in.
    """
    return open_archive(url)
