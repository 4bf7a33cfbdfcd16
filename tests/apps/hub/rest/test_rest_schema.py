"""Whatever a program sends, the answer is one that the OpenAPI document tells of, and never a fault."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from apps.hub.rest.declared import Operation
from apps.hub.rest.openapi import document
from apps.hub.rest.routes import OPERATIONS
from tests.apps.hub.rest.rest_hub import RestHub

MOST = 400 if os.environ.get("TWIN_ENDURANCE") == "1" else 8
SCHEMA = schemathesis.openapi.from_dict(document(OPERATIONS, version="1"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
@given(data=st.data())
@settings(max_examples=MOST, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(rest: RestHub, operation: Operation, data: st.DataObject) -> None:
    described = SCHEMA[operation.path][operation.method]
    some = bool(operation.parameters.model_fields) or operation.body is not None
    mode = data.draw(st.sampled_from(MODES if some else MODES[:1]))
    case: Any = data.draw(described.as_strategy(generation_mode=mode))
    assume(
        len(case.formatted_path) + 12 * len(repr(case.query)) < 8000
    )  # the web server itself refuses a line of more than 8,190 bytes
    answer = case.call(base_url=f"http://{rest.host}:{rest.port}/api/v1")
    away = answer.status_code == 503 and answer.json()["code"] == "live-away"  # no live service runs here
    large = answer.status_code == 413  # refused before anything of it is read
    case.validate_response(answer, checks=CHECKS[1:] if away else CHECKS[:-1] if large else CHECKS)
