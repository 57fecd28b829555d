"""What the document says of answers: statuses, sentences, headers and where they lead."""

from typing import Any

import pytest

from ticketing.common.tests.documented import ALL, MADE, ONE


def sentences(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The messages of a failure, with their fields."""
    examples = answer["content"]["application/json"]["examples"].values()
    errors = [error for example in examples for error in example["value"]["errors"]]
    return [(error["message"], error.get("field")) for error in errors]


def codes(answer: dict[str, Any]) -> list[str]:
    """What the document says that the errors of a failure may be."""
    schema = answer["content"]["application/json"]["schema"]
    found: list[str] = schema["properties"]["errors"]["items"]["properties"]["code"]["enum"]
    return found


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        (ALL["get"], ["200", "304", "400", "431", "500"]),
        (ALL["post"], ["201", "400", "401", "409", "413", "422", "429", "431", "500"]),
        (ONE["get"], ["200", "304", "401", "404", "431", "500"]),
        (ONE["delete"], ["204", "401", "404", "409", "412", "413", "431", "500", "503"]),
    ],
)
def test_an_operation_names_every_status_that_it_can_answer(
    operation: dict[str, Any], statuses: list[str]
) -> None:
    assert list(operation["responses"]) == statuses


def test_a_refusal_is_shown_with_its_field() -> None:
    assert sentences(ALL["post"]["responses"]["400"]) == [
        ("Name is required", "name"),
        ("Content-Type must be application/json", None),
        ("Malformed JSON", None),
        ("The body must be a JSON object", None),
        ("Idempotency-Key must be 1 to 255 printable ASCII characters", None),
        ("No more than 3000", None),
        ("Not that", "name"),
    ]
    assert sentences(ALL["get"]["responses"]["400"]) == [
        ("Limit must be between 1 and 200", "limit"),
        ("Cursor is not valid", "cursor"),
        ("Sort must be newest or oldest", "sort"),
        ("Limit must be given once", "limit"),
    ]


def test_an_answer_names_the_codes_that_it_may_hold() -> None:
    answers = {**ALL["post"]["responses"], **MADE["components"]["responses"]}
    assert codes(answers["400"]) == [
        "bad_key",
        "invalid",
        "malformed_json",
        "no",
        "not_an_object",
        "not_json",
        "not_that",
    ]
    assert codes(answers["Conflict"]) == ["conflict", "still_running"]


def test_a_route_has_sentences_of_its_own_in_place_of_those_of_all() -> None:
    answers = ONE["delete"]["responses"]
    assert sentences(answers["409"]) == [("Somebody else was first, try again", None)]
    assert sentences(answers["503"]) == [("Later", None), ("Not today", None)]
    assert ALL["post"]["responses"]["409"] == {"$ref": "#/components/responses/Conflict"}


def test_an_answer_names_its_headers() -> None:
    headers = {
        (method, status): set(answer["headers"])
        for path in (ALL, ONE)
        for method, one in path.items()
        for status, answer in one["responses"].items()
        if status < "400"
    }
    assert headers["post", "201"] == {"X-Request-ID", "ETag", "Idempotent-Replayed", "Set-Cookie"}
    assert headers["delete", "204"] == {"X-Request-ID"}
    assert {"ETag", "Link"} <= set(ALL["get"]["responses"]["304"]["headers"])
    assert "content" not in MADE["components"]["responses"]["HeadersTooLong"]
    limit = MADE["components"]["responses"]["TooManyRequests"]
    assert "Retry-After" in limit["headers"]


def test_what_was_made_leads_to_what_can_be_done_with_it() -> None:
    links = ALL["post"]["responses"]["201"]["links"]
    assert set(links) == {"thingsGet", "thingsRemove"}
    assert links["thingsGet"]["parameters"] == {"thingId": "$response.body#/id"}
