"""Asks the routes of SCIM with scim2-tester. Arguments: the address and the key that `examples/serve.rs` prints.

Twice: once everything of the standard that the server publishes, which passes without any exception; once with our own extension.
"""

import sys
from collections import Counter

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import PatchOp, PatchOperation, Path, ScimProvider
from scim2_tester import Status, check_server

# Searching several kinds of resources at once is not supported, and said so with 501.
MAY_BE_SKIPPED = {"search_with_attributes"}
# The tester adds our extension as a whole and then each list in it once more, and compares with the second value alone: it expects that
# `add` replaces (`check_add_attribute` in https://github.com/python-scim/scim2-tester/blob/main/scim2_tester/checkers/patch_add.py).
# RFC 7644, 3.5.2.1, says: "If the target location specifies a multi-valued attribute, a new value is added to the attribute." The tester's
# own authors do it so in scim2-models, which is the judge here: of these two lists, and only when `PatchOp.patch` makes of the
# values before what we answered. Once the tester is mended, this is an error until it is taken out.
OURS = "urn:parclose:params:scim:schemas:extension:1.0:User:"
ADDED_TO = {OURS + "roles", OURS + "attributes"}
# Fewer would mean that the tester has found less to test than there is.
AT_LEAST = 100


def is_added_to(result, user) -> bool:
    data = result.data if isinstance(result.data, dict) else {}
    urn, expected, actual = data.get("urn"), data.get("expected"), data.get("modify_actual")
    if urn not in ADDED_TO or result.title != "check_add_attribute" or not isinstance(actual, list):
        return False
    path = Path[user](urn)
    before = user(user_name="before")
    path.set(before, actual[: -len(expected)])
    PatchOp[user](operations=[PatchOperation[user](op=PatchOperation.Op.add, path=path, value=expected)]).patch(before)
    return len(actual) > len(expected) and path.get(before) == actual


def of_the_standard(client: SyncSCIMClient) -> ScimProvider:
    """What the server publishes of itself, without our extension."""
    ours = OURS.rstrip(":")
    schemas = [schema for schema in client.provider.schemas if schema.id != ours]
    kinds = [kind.model_copy(deep=True) for kind in client.provider.resource_types]
    for kind in kinds:
        kind.schema_extensions = [one for one in kind.schema_extensions or [] if str(one.schema_) != ours]
    if len(schemas) + 1 != len(client.provider.schemas):
        raise SystemExit("our extension is not published")
    return ScimProvider.from_discovery(schemas, kinds, client.provider.config)


def passes(title: str, client: SyncSCIMClient, excused: set[str]) -> bool:
    """Whether nothing is wrong but adding to the lists in `excused`, and that still is."""
    results = check_server(client)
    user = client.get_resource_model("User")
    added_to = [result for result in results if excused and is_added_to(result, user)]
    bad = [
        result
        for result in results
        if result.status in (Status.ERROR, Status.CRITICAL, Status.DEVIATION)
        and result not in added_to
        or result.status is Status.SKIPPED and result.title not in MAY_BE_SKIPPED
    ]
    for result in bad:
        print(f"{result.status.name} {result.resource_type} {result.title}: {result.reason}\n    {result.data}", file=sys.stderr)
    counts = Counter(result.status.name for result in results)
    print(f"{title}: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    if {result.data["urn"] for result in added_to} != excused:
        print("The tester does not expect any more that adding replaces: take the exception out of this file.", file=sys.stderr)
        return False
    return not bad and counts["SUCCESS"] >= AT_LEAST


def main() -> int:
    url, key = sys.argv[1:]
    http = Client(base_url=url, headers={"authorization": f"Bearer {key}"}, timeout=30)
    everything = SyncSCIMClient(http)
    everything.discover()
    standard = SyncSCIMClient(http, provider=of_the_standard(everything))
    alone = passes("of the standard", standard, set())
    whole = passes("with our extension", SyncSCIMClient(http), ADDED_TO)
    return 0 if alone and whole else 1


if __name__ == "__main__":
    sys.exit(main())
