"""What repeats across a site's pages, kept between segments.

    profiles/<site>/<profile-id>.json.zst    create-only; its name is made from its content
    profiles/<site>/current.json             the id of the one to begin with

Every article names the profile that it was read with, so any reading can be repeated. Profiles merge like sets:
whoever loses the race for `current.json` merges with the winner and tries again, and the order does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

from articles.profile import Profile, merge, profile_id
from storage import codings, records
from storage.objects import NotFound, ObjectStore

MAX_BYTES = 4_000_000
"""A profile is a hundredth of it; what unpacks to more is none."""
_TRIES = 8


class DamagedProfile(Exception):
    """A profile does not hold what its key says; the message names the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Current:
    profile: str


def profile_key(site: str, identity: str) -> str:
    """Where a profile lies."""
    return f"profiles/{site}/{identity}.json.zst"


def get(store: ObjectStore, site: str, identity: str) -> Profile:
    """A stored profile. Raises NotFound, and DamagedProfile where its content is not what its name says."""
    key = profile_key(site, identity)
    try:
        profile = records.from_json(codings.decompress(store.get(key), MAX_BYTES), Profile)
    except (codings.BrokenCoding, codings.TooLarge, records.BadRecord) as error:
        raise DamagedProfile(f"{key}: {error}") from error
    if profile.site != site or profile_id(profile) != identity:
        raise DamagedProfile(f"{key}: its content is of another profile; remove it, it is learnt anew")
    return profile


def current(store: ObjectStore, site: str) -> Profile:
    """What is known of a site; an empty profile where nothing is, or where it is damaged: it is learnt anew."""
    return _current(store, site)[0]


def add(store: ObjectStore, learnt: Profile) -> Profile:
    """Merge into what is known of the site, store the outcome, and answer with it. Safe to repeat and to race."""
    if not learnt.pages:
        return current(store, learnt.site)
    for _ in range(_TRIES):
        known, version = _current(store, learnt.site)
        merged = merge(known, learnt)
        put(store, merged)
        if merged == known:
            break
        told = records.to_json(_Current(profile=profile_id(merged)))
        if store.replace(_pointer(learnt.site), told, version) is not None:
            break
    # A pointer that many writers fight for is only where the next one begins: what was read names its own.
    return merged


def put(store: ObjectStore, profile: Profile) -> str:
    """Store a profile, create-only; its id."""
    identity = profile_id(profile)
    store.create(profile_key(profile.site, identity), codings.compress(records.to_json(profile)))
    return identity


def _pointer(site: str) -> str:
    return f"profiles/{site}/current.json"


def _current(store: ObjectStore, site: str) -> tuple[Profile, str | None]:
    try:
        data, version = store.get_versioned(_pointer(site))
    except NotFound:
        return Profile(site=site), None
    try:
        return get(store, site, records.from_json(data, _Current).profile), version
    except (records.BadRecord, NotFound, DamagedProfile):
        return Profile(site=site), version
