"""The payments service: takes the money for orders through Stripe, and gives it back."""

from collections.abc import Mapping

from pymongo.database import Database

from ticketing.common.core.clock import Clock, utc_now
from ticketing.common.core.settings import read
from ticketing.common.runtime.run import commands
from ticketing.common.runtime.service import Chore, Service
from ticketing.common.storage.mongo import Document, connect, new_id
from ticketing.common.web.limits import Often
from ticketing.common.web.settings import ServiceSettings
from ticketing.payments import handlers, routes
from ticketing.payments.processor import CardProcessor
from ticketing.payments.reconciler import Reconciler
from ticketing.payments.repository import INDEXES, OrderReplica, PaymentRepository, WebhookLog
from ticketing.payments.service import Payments
from ticketing.payments.webhooks import Webhooks


class PaymentsSettings(ServiceSettings, frozen=True, kw_only=True, rename="upper"):
    """`stripe_api_base` is set only where a stand-in takes Stripe's place; without
    `stripe_webhook_secret` no webhook is taken, and the sweep settles everything.
    """

    stripe_key: str
    stripe_api_base: str = ""
    stripe_webhook_secret: str = ""
    payments_per_user: Often = "30/minute"


def build(
    env: Mapping[str, str],
    database: Database[Document] | None = None,
    clock: Clock = utc_now,
    processor: CardProcessor | None = None,
) -> Service[Payments]:
    settings = read(PaymentsSettings, env)
    database = connect(settings.mongo_uri) if database is None else database
    store, orders = PaymentRepository(database["payments"]), OrderReplica(database["orders"])
    processor = processor or CardProcessor(settings.stripe_key, settings.stripe_api_base)
    heard = WebhookLog(database["webhooks"])
    payments = Payments(
        store,
        orders,
        processor,
        Reconciler(store, orders, processor, heard, clock),
        Webhooks(settings.stripe_webhook_secret),
        new_id=new_id,
        clock=clock,
    )
    return Service(
        name="payments",
        settings=settings,
        env=env,
        database=database,
        use_cases=payments,
        stores=[store],
        replicas=[orders],
        indexes=INDEXES,
        routes=routes.payments,
        events=handlers.events,
        chores=[Chore(run=payments.settle_doubts, every=1.0)],
    )


if __name__ == "__main__":
    commands(build, "web", "worker")()
