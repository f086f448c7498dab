"""What Salesforce alone does: sessions, limits of a day, fields of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from outrider.integrations.crm.accounts import SalesforceAccount
from outrider.integrations.crm.base import (
    CrmNotAuthenticated,
    CrmRefused,
    CrmUnavailable,
)
from outrider.integrations.crm.salesforce import Salesforce
from tests.stand_ins.http import Answer, HttpStandIn
from tests.stand_ins.salesforce import SalesforceStandIn


class TestSalesforceAlone:
    @pytest.fixture
    async def there(self) -> AsyncIterator[tuple[SalesforceStandIn, Salesforce]]:
        stand_in = SalesforceStandIn()
        async with HttpStandIn(stand_in.respond) as server:
            stand_in.url = server.url
            account = SalesforceAccount(kind="salesforce", login_url=server.url, client_id="app", client_secret="secret",
                                        refresh_token="r", requests_per_second=1000)  # fmt: skip
            crm = Salesforce(account)
            yield stand_in, crm
            await crm.aclose()

    async def test_pages_of_a_query_are_followed(self, there: tuple[SalesforceStandIn, Salesforce]) -> None:
        stand_in, crm = there
        stand_in.page = 3
        for n in range(8):
            stand_in.add_contact(FirstName=f"P{n}")
        assert len((await crm.changed(None, ["FirstName"], 200)).contacts) == 8

    async def test_a_session_that_ended_is_renewed(self, there: tuple[SalesforceStandIn, Salesforce]) -> None:
        stand_in, crm = there
        await crm.check()
        stand_in.sessions.clear()
        assert (await crm.check()).name == "Salesforce, Acme"

    async def test_the_last_calls_of_the_day_are_left_alone(self, there: tuple[SalesforceStandIn, Salesforce]) -> None:
        stand_in, crm = there
        stand_in.usage = (14_900, 15_000)
        with pytest.raises(CrmUnavailable) as caught:
            await crm.changed(None, [], 10)
        assert caught.value.retry_after
        stand_in.usage = (1, 15_000)
        said = b'[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]'
        stand_in.answers.append(Answer(403, said))
        with pytest.raises(CrmUnavailable):
            await crm.changed(None, [], 10)

    async def test_missing_key_fields_are_named(self, there: tuple[SalesforceStandIn, Salesforce]) -> None:
        stand_in, crm = there
        stand_in.has_key_fields = False
        with pytest.raises(CrmRefused, match=r"Contact\.Outrider_Id__c, Task\.Outrider_Key__c"):
            await crm.prepare()

    async def test_a_token_goes_to_no_other_server(self, there: tuple[SalesforceStandIn, Salesforce]) -> None:
        stand_in, crm = there
        stand_in.url = "https://salesforce.com.evil.example"
        with pytest.raises(CrmNotAuthenticated):
            await crm.check()
