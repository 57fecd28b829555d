"""The buyer's side of 3-D Secure: not Stripe's API, but what a bank's page would report.

The intent's client secret is all that is asked, as in the buyer's browser.
"""

import json

from flask import Blueprint, Response

from ticketing.stripe_fake import intents, views
from ticketing.stripe_fake.exchange import form_fields, reply, works
from ticketing.stripe_fake.params import parse

buyer = Blueprint("buyer", __name__, url_prefix="/test")


@buyer.post("/payment_intents/<intent_id>/authenticate")
def authenticate(intent_id: str) -> Response:
    params = parse(form_fields())
    with works().store.transaction() as book:
        intent = intents.authenticate(book, intent_id, params, int(works().clock()))
        body = json.dumps(views.intent(intent))
    return reply(200, body)
