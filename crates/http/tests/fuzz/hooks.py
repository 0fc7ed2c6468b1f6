"""What schemathesis can't know: good requests for each operation, and whom the callers must not switch off."""

import json
import os

import schemathesis

with open(os.environ["FUZZ_KNOWN"], encoding="utf-8") as file:
    KNOWN = json.load(file)
# Ids of the callers, of their keys and of their sessions. The fuzzer uses ids that answers show, and would end its own run with these.
SPARED = set(KNOWN["spared"])


@schemathesis.hook
def before_add_examples(context, examples):
    operation = context.operation
    for good in KNOWN["good"].get(f"{operation.method.upper()} {operation.path}", []):
        examples.append(operation.Case(**good, **({"media_type": "application/json"} if "body" in good else {})))


@schemathesis.hook
def before_call(context, case, kwargs):
    for name, value in (case.path_parameters or {}).items():
        if value in SPARED:
            case.path_parameters[name] = KNOWN["victim"]
    # Nobody here has a second factor: all would stand at the door for the rest of the run.
    if case.path == "/api/v1/settings" and isinstance(case.body, dict) and isinstance(case.body.get("settings"), dict):
        if case.body["settings"].get("second_factor_required") is True:
            case.body["settings"]["second_factor_required"] = False
