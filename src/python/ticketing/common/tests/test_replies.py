"""ETags: what has not changed is not sent again, and not changed unseen."""

import pytest
from flask.typing import ResponseReturnValue

from ticketing.common.core.aggregate import Aggregate
from ticketing.common.core.errors import Changed
from ticketing.common.tests.apps import app_of, errors, reply
from ticketing.common.web.operation import Operation, Who
from ticketing.common.web.routes import Routes, empty, listed, page, shown, told, versions
from ticketing.common.web.views import Versioned, View


class Thing(Versioned, frozen=True):
    name: str = ""


class Nothing(View, frozen=True):
    pass


THINGS = [Thing(id="a", version=0), Thing(id="b", version=3, name="B")]
more: list[Thing] = []

routes = Routes[None]("things", __name__)


@routes.get("/api/thing")
@Operation("A thing", answers={200: Thing}, who=Who.ANYONE)
def thing() -> ResponseReturnValue:
    return shown(THINGS[1])


@routes.get("/api/things")
def things() -> ResponseReturnValue:
    return listed([*THINGS, *more])


@routes.get("/api/first")
def first() -> ResponseReturnValue:
    return page([*THINGS[:1], *more], 1, lambda one: one, lambda one: one.id)


@routes.post("/api/thing")
def change() -> ResponseReturnValue:
    Aggregate(id="b", version=3).check_version(versions())
    return shown(THINGS[1], 201)


@routes.delete("/api/thing")
def remove() -> ResponseReturnValue:
    return empty()


@routes.get("/api/nothing")
def nothing() -> ResponseReturnValue:
    return told(Nothing())


client = app_of(routes).test_client()

CHANGED = errors(412, Changed())


def test_what_is_shown_has_its_version_as_its_tag() -> None:
    response = client.get("/api/thing")
    assert response.headers["ETag"] == '"3"'
    assert reply(response) == (200, {"id": "b", "version": 3, "name": "B"})


@pytest.mark.parametrize("tags", ['"3"', 'W/"3"', '"1", "3"', "*"])
def test_who_has_it_already_gets_it_not_again(tags: str) -> None:
    response = client.get("/api/thing", headers={"If-None-Match": tags})
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == '"3"'
    assert "Content-Type" not in response.headers


@pytest.mark.parametrize("tags", ['"2"', '"33"', "", "junk", '"', '""', "\u00e9"])
def test_who_has_another_or_says_nothing_sensible_gets_it(tags: str) -> None:
    given = {"If-None-Match": tags.encode().decode("latin-1")}
    assert client.get("/api/thing", headers=given).status_code == 200


@pytest.mark.parametrize("tags", ['"3"', '"2"', "junk"])
def test_reading_does_not_ask_which_version_may_be_changed(tags: str) -> None:
    for path in ("/api/thing", "/api/things"):
        known = client.get(path).headers["ETag"]
        for none_match, status in (("x", 200), (known, 304)):
            given = {"If-Match": tags, "If-None-Match": none_match}
            assert client.get(path, headers=given).status_code == status


def test_a_list_has_a_tag_of_its_content() -> None:
    tag = client.get("/api/things").headers["ETag"]
    assert tag.startswith('W/"')
    assert client.get("/api/things", headers={"If-None-Match": tag}).status_code == 304
    more.append(Thing(id="c", version=0))
    again = client.get("/api/things", headers={"If-None-Match": tag})
    more.clear()
    assert again.status_code == 200
    assert again.headers["ETag"] != tag


def test_a_list_has_changed_where_there_is_a_next_page_now() -> None:
    before = client.get("/api/first")
    more.append(Thing(id="c", version=0))
    after = client.get("/api/first", headers={"If-None-Match": before.headers["ETag"]})
    known = client.get("/api/first", headers={"If-None-Match": after.headers["ETag"]})
    more.clear()
    assert before.data == after.data
    assert after.status_code == 200
    assert known.status_code == 304
    assert known.headers["Link"] == after.headers["Link"]


@pytest.mark.parametrize("tags", [None, "*", " * ", '"3"', '"1","3"', '"x", "3"'])
def test_a_change_is_made_at_the_version_that_was_seen(tags: str | None) -> None:
    response = client.post("/api/thing", headers={"If-Match": tags} if tags else {})
    assert response.status_code == 201
    assert response.headers["ETag"] == '"3"'


@pytest.mark.parametrize(
    "tags",
    ['"2"', 'W/"3"', "3", "", '""', "junk", '"03"', '"-3"', '"3', f'"{"9" * 5000}"', '"\u0663"'],
)
def test_a_change_of_what_has_changed_since_or_by_a_junk_tag_is_412(tags: str) -> None:
    given = {"If-Match": tags.encode().decode("latin-1")}
    assert reply(client.post("/api/thing", headers=given)) == CHANGED


def test_a_post_is_carried_out_whatever_its_sender_has() -> None:
    assert client.post("/api/thing", headers={"If-None-Match": '"3"'}).status_code == 201


def test_an_answer_without_a_version_or_a_body_says_so() -> None:
    assert reply(client.get("/api/nothing")) == (200, {})
    removed = client.delete("/api/thing")
    assert (removed.status_code, removed.data) == (204, b"")
    assert "Content-Type" not in removed.headers


def test_an_operation_leaves_its_view_as_it_is() -> None:
    def view() -> str:
        return "seen"

    described = Operation("A view", answers={200: Nothing})(view)
    assert described is view
    assert described() == "seen"
