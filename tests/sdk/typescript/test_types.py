"""Types: what is right compiles as strictly as can be, and each thing that is wrong does not."""

import pytest

from tests.sdk.node import Project

CLIENT = "import { Vinr } from '@vinr/sdk';\nconst vinr = new Vinr({ secretKey: process.env.VINR_SECRET_KEY });\n"

RIGHT = """\
import { type Event, type EventStream, type LoyaltyAccount, type NewAccount, type Page } from '@vinr/sdk';
import { type PointsTransaction, VinrError } from '@vinr/sdk';

const enrolment: NewAccount = { program: 'prog_default', metadata: { aB: 'c' } };
const member: LoyaltyAccount = await vinr.loyalty.accounts.create(enrolment, { idempotencyKey: 'k', timeout: 5 });
const nothing: undefined = undefined;
await vinr.loyalty.accounts.create({ program: 'prog_default', customer: nothing });
await vinr.loyalty.accounts.update(member.id, { metadata: { gone: null } });
const page: Page<PointsTransaction> = await vinr.loyalty.transactions.list({
  account: member.id,
  createdAt: { gte: new Date() },
});
const first: PointsTransaction | undefined = page.data[0];
const promise: Promise<Page<LoyaltyAccount>> = vinr.loyalty.accounts.list();
for await (const each of vinr.loyalty.accounts.list({ starting_after: 'loy_1', limit: 5 })) each.lifetime_points.toFixed();
await vinr.loyalty.transactions.create({ account: 'loy_1', amount: 5, expiresAt: '2030-01-01T00:00:00Z' });
await vinr.loyalty.transactions.create({ account: 'loy_1', amount: 5, expires_at: new Date(), allow_negative: true });
await vinr.loyalty.earningRules.create({
  program: 'prog_default',
  trigger: 'payment.completed',
  award: { type: 'per_currency', rates: { EUR: 1, GBP: '1.2' } },
  conditions: [{ fact: 'event.amount', op: 'gte', value: 1000 }],
  multipliers: [{ when: { tier: 'gold' }, factor: 2 }],
});
await vinr.events.create({ id: 'e', type: 'cart.left', createdAt: new Date(), data: { object: { anyThing: [{ atAll: 1 }] } } });
const event: Event = await Vinr.webhooks.constructEvent('{}', { 'webhook-id': ['a'] }, 'whsec_');
if (event.data.object?.object === 'points_transaction') event.data.object.amount.toFixed();
const stream: EventStream<Event> = vinr.events.stream({ types: ['loyalty.points.*'], lastEventId: undefined });
for await (const { type, data } of stream) if (data.object?.object === 'points_transaction') data.object.amount.toFixed(), type;
const place: string | undefined = stream.lastEventId;
stream.close();
const controller = { aborted: false, addEventListener() {}, removeEventListener() {} };
await vinr.loyalty.accounts.close(member.id, { signal: controller, headers: { 'X-Request-Id': 'r' } });
vinr.events.stream({ account: 'loy_1', last_event_id: place }, { signal: controller, timeout: 5, maxRetries: 9 });
const isKnown = (error: unknown) => error instanceof VinrError && error.code === 'insufficient_points';
const program = typeof member.program === 'string' ? member.program : member.program.id;
new Vinr({ fetch: async () => ({ status: 200, headers: { get: () => null }, text: async () => '{}' }) });
"""
WRONG = {
    "an unknown parameter": "await vinr.loyalty.accounts.create({ program: 'prog_default', programme: 'x' });",
    "a missing parameter": "await vinr.loyalty.accounts.create({ customer: 'cust_1' });",
    "no parameters where some are needed": "await vinr.loyalty.transactions.list();",
    "a wrong type": "await vinr.loyalty.transactions.create({ account: 'loy_1', amount: '5' });",
    "a word that is no choice": "await vinr.loyalty.accounts.list({ status: 'open' });",
    "metadata that is not text": "await vinr.loyalty.accounts.create({ program: 'p', metadata: { a: 1 } });",
    "no id": "await vinr.loyalty.accounts.retrieve();",
    "an id that is none": "await vinr.loyalty.accounts.retrieve(5);",
    "options in place of parameters": "await vinr.loyalty.accounts.create({ program: 'p', timeout: 5 });",
    "an unknown option": "await vinr.loyalty.accounts.close('loy_1', { retries: 5 });",
    "an unknown method": "await vinr.loyalty.accounts.remove('loy_1');",
    "camelCase in an answer": "(await vinr.loyalty.accounts.retrieve('loy_1')).lifetimePoints;",
    "a word that no answer has": "if ((await vinr.loyalty.transactions.retrieve('p')).type === 'spend') console.log();",
    "an award without its type": "await vinr.loyalty.earningRules.create({ program: 'p', trigger: 't', award: { points: 5 } });",
    "types in one text": "vinr.events.stream({ types: 'loyalty.points.*' });",
    "a place that is set": "vinr.events.stream().lastEventId = 'evb_1';",
    "an idempotency key for a stream": "vinr.events.stream({}, { idempotencyKey: 'k' });",
    "a stream that is awaited": "(await vinr.events.stream()).data;",
    "an unknown client option": "new Vinr({ apiKey: 'sk_test' });",
    "a key in an answer that may be missing": "(await vinr.loyalty.accounts.list()).data[0].id;",
}


def test_right_and_wrong(project: Project) -> None:
    wrong = "\n".join(f"// {why}\n// @ts-expect-error\n{line}" for why, line in WRONG.items())
    project.compile(right=CLIENT + RIGHT, wrong=CLIENT + wrong)


def test_the_compiler_is_listened_to(project: Project) -> None:
    with pytest.raises(AssertionError, match="programme"):
        project.compile(wrong=CLIENT + WRONG["an unknown parameter"])
