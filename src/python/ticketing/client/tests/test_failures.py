"""When something is wrong: every failure is a page that says what to do, and nothing is leaked."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from ticketing.client.tests.scripted import CSRF, ID, Services, browser, order, signed_in, ticket

NOT_AUTHORIZED = {"errors": [{"message": "Not Authorized"}]}


@pytest.mark.parametrize(
    "path", ["/nothing", "/tickets", "/auth", "/tickets/..%2f..", "/assets/x/y"]
)
def test_what_is_not_there_is_a_friendly_404(path: str) -> None:
    reply = browser(Services()).get(path)
    assert reply.status_code == 404
    assert "There is nothing here" in reply.text


@pytest.mark.parametrize("id", [ID, "no-id", "mine", "ä", "a b", "..", "%00"])
def test_an_unknown_ticket_is_a_404_and_its_id_goes_nowhere_strange(id: str) -> None:
    services = Services()
    assert browser(services).get(f"/tickets/{id}").status_code == 404
    strange = [r.url.path for r in services.asked if "tickets" in r.url.path]
    assert strange in ([], [f"/api/tickets/{ID}"])


@pytest.mark.parametrize(
    "path", ["/sell", "/orders", f"/orders/{ID}", "/tickets/new", "/sell?cursor=x"]
)
def test_a_stranger_is_sent_to_sign_in_and_back(path: str) -> None:
    services = Services()
    for own in ("tickets/mine", "tickets/mine/sales", "orders", f"orders/{ID}"):
        services.says(f"GET /api/{own}", 401, NOT_AUTHORIZED)
    reply = browser(services).get(path)
    assert reply.status_code == 303
    assert urlsplit(reply.location).path == "/auth/signin"
    assert parse_qs(urlsplit(reply.location).query) == {"next": [path]}


def test_a_stranger_who_wanted_to_buy_is_back_at_the_ticket() -> None:
    services = Services()
    services.says("POST /api/orders", 401, NOT_AUTHORIZED)
    reply = browser(services).post(f"/tickets/{ID}/buy", data={"csrf": CSRF})
    assert reply.location == f"/auth/signin?next=%2Ftickets%2F{ID}"


def test_what_was_typed_survives_a_session_that_ended_meanwhile() -> None:
    client = browser(Services())
    typed = {"csrf": CSRF, "title": "Jazz & blues", "price": "25"}
    reply = client.post("/tickets/new", data=typed)
    [back] = parse_qs(urlsplit(reply.location).query)["next"]
    assert back == "/tickets/new?title=Jazz+%26+blues&price=25"
    form = browser(signed_in()).get(back).text
    assert 'value="Jazz &amp; blues"' in form
    assert 'value="25"' in form


def test_an_edit_that_a_session_did_not_outlive_is_said_to_be_lost() -> None:
    services = Services()
    client = browser(services)
    reply = client.post(f"/tickets/{ID}/edit", data={"csrf": CSRF, "title": "x", "price": "1"})
    assert reply.location == f"/auth/signin?next=%2Ftickets%2F{ID}%2Fedit"
    assert "do that once more" in client.get(reply.location).text


def test_what_belongs_to_another_is_said_so() -> None:
    services = signed_in()
    services.says(f"GET /api/orders/{ID}", 401, NOT_AUTHORIZED)
    reply = browser(services).get(f"/orders/{ID}")
    assert reply.status_code == 403
    assert "That is not yours" in reply.text


def test_only_the_seller_sees_the_edit_form() -> None:
    services = signed_in()
    services.says(f"GET /api/tickets/{ID}", 200, ticket())
    assert browser(services).get(f"/tickets/{ID}/edit").status_code == 403


@pytest.mark.parametrize(
    "reply",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("closed"),
        lambda _: httpx.Response(500, text="Traceback: secret"),
        lambda _: httpx.Response(503, json={"errors": [{"message": "x"}]}),
    ],
)
def test_a_silent_service_is_a_page_that_asks_for_patience(
    reply: httpx.Response | Exception,
) -> None:
    services = Services()
    services.breaks("GET /api/tickets", reply)
    answer = browser(services).get("/")
    assert answer.status_code == 503
    assert "gives no answer" in answer.text
    assert "secret" not in answer.text


def test_a_page_says_so_too_when_nobody_can_tell_who_is_there() -> None:
    services = Services()
    services.breaks("GET /api/users/currentuser", httpx.ConnectError("refused"))
    services.says("GET /api/tickets", 200, [])
    answer = browser(services).get("/")
    assert answer.status_code == 503
    assert "Sign in" not in answer.text


def test_a_kept_connection_that_was_closed_is_no_failure() -> None:
    replies = iter([httpx.RemoteProtocolError("closed"), httpx.Response(200, json=[])])

    def once_closed(_: httpx.Request) -> httpx.Response:
        match next(replies):
            case httpx.Response() as reply:
                return reply
            case Exception() as error:
                raise error
        raise AssertionError

    services = Services()
    services.breaks("GET /api/tickets", once_closed)
    assert browser(services).get("/").status_code == 200


def test_what_may_have_happened_is_not_done_again() -> None:
    services = signed_in()
    services.breaks("POST /api/orders", httpx.RemoteProtocolError("closed"))
    reply = browser(services).post(f"/tickets/{ID}/buy", data={"csrf": CSRF})
    assert reply.status_code == 503
    assert len([r for r in services.asked if r.method == "POST"]) == 1


def test_our_own_fault_is_a_500_that_leaks_nothing() -> None:
    services = Services()
    services.says("GET /api/tickets", 200, {"not": "a list"})
    answer = browser(services).get("/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "array" not in answer.text


def test_a_form_that_is_too_long_is_refused() -> None:
    reply = browser(signed_in()).post("/tickets/new", data={"csrf": CSRF, "title": "x" * 70_000})
    assert reply.status_code == 413
    assert "too long" in reply.text


TAKEN = {"errors": [{"message": "Ticket is already reserved!"}]}


def test_somebody_who_was_quicker_is_said_beside_the_ticket() -> None:
    services = signed_in()
    services.says("POST /api/orders", 400, TAKEN)
    services.says("GET /api/orders", 200, [])
    services.says(f"GET /api/tickets/{ID}", 200, ticket(orderId=ID))
    services.says(f"GET /api/orders/{ID}", 401, NOT_AUTHORIZED)
    client = browser(services)
    reply = client.post(f"/tickets/{ID}/buy", data={"csrf": CSRF})
    assert reply.location == f"/tickets/{ID}", "a page of its own, which can be reloaded"
    assert "Ticket is already reserved!" in client.get(reply.location).text
    assert "already reserved" not in client.get(reply.location).text, "it is said once"


def test_a_second_click_leads_to_the_order_of_the_first() -> None:
    """Also while the ticket has not heard of that order."""
    services = signed_in()
    services.says("POST /api/orders", 400, TAKEN)
    services.says("GET /api/orders", 200, [order()])
    services.says(f"GET /api/tickets/{ID}", 200, ticket())
    reply = browser(services).post(f"/tickets/{ID}/buy", data={"csrf": CSRF})
    assert reply.location == f"/orders/{ID}"


@pytest.mark.parametrize(
    ("path", "kind"), [("/orders", "orders"), ("/sell", "tickets/mine"), ("/", "tickets")]
)
def test_a_cursor_that_nobody_gave_is_no_fault_of_ours(path: str, kind: str) -> None:
    services = signed_in()
    wrong = {"errors": [{"message": "Cursor is not valid", "field": "cursor"}]}
    services.says(f"GET /api/{kind}", 400, wrong)
    reply = browser(services).get(f"{path}?cursor=x")
    assert reply.status_code in (303, 400)


def test_a_very_long_search_is_cut_before_it_is_asked() -> None:
    services = Services()
    services.says("GET /api/tickets", 200, [])
    assert browser(services).get("/?q=" + "[" * 30_000).status_code == 200
    assert max(len(str(request.url)) for request in services.asked) < 1000


def test_a_slow_service_is_asked_once() -> None:
    services = Services()
    services.breaks("GET /api/tickets", httpx.ReadTimeout("slow"))
    browser(services).get("/")
    assert len([r for r in services.asked if r.url.path == "/api/tickets"]) == 1
