import { Type } from 'typebox';
import type { Api, ApiDeps } from './api-deps.ts';
import { nextSchema, pageQuery, searchQuery } from './paging.ts';
import { problem, withProblems } from './problem.ts';
import { listMessages, type MessageRow, readMessage } from './read/messages.ts';
import { type Rendering, tryRendering } from './try-rendering.ts';

const textOrNull = Type.Union([Type.String(), Type.Null()]);
const messageFields = {
  key: Type.String(),
  template: Type.String(),
  purpose: Type.String(),
  channel: Type.String(),
  recipient: Type.String(),
  customerName: textOrNull,
  subject: Type.String(),
  state: Type.String(),
  notBefore: Type.String({ format: 'date-time' }),
  sentAt: textOrNull,
  reason: textOrNull,
  rule: Type.String(),
  toCustomer: Type.Boolean({ description: 'False for staff who are told about a customer' }),
  problem: Type.Optional(Type.String({ description: 'Why it cannot be rendered, in one line; the subject is empty' })),
};

/** The outbox, as people read it. */
export function messageRoutes(api: Api, deps: ApiDeps): void {
  const { db } = deps.engagement;
  const querystring = Type.Object({
    ...pageQuery,
    ...searchQuery,
    customerId: Type.Optional(Type.String({ maxLength: 200 })),
    runId: Type.Optional(Type.String({ maxLength: 100 })),
    state: Type.Optional(
      Type.Enum(['queued', 'attempting', 'sent', 'delivered', 'opened', 'bounced', 'failed', 'suppressed']),
    ),
  });
  const list = Type.Object({ items: Type.Array(Type.Object(messageFields)), next: nextSchema, total: Type.Integer() });
  api.get(
    '/v1/messages',
    { schema: { summary: 'Messages, latest first', querystring, response: withProblems({ 200: list }) } },
    async (request) => {
      const { items, next, total } = await listMessages(db, request.query);
      return {
        items: await Promise.all(items.map(async (message) => view(message, await tryRendering(deps, message)))),
        next,
        total,
      };
    },
  );

  const params = Type.Object({ key: Type.String({ maxLength: 1000 }) });
  const detail = Type.Object({ ...messageFields, html: Type.String(), text: Type.String() });
  api.get(
    '/v1/messages/:key',
    { schema: { summary: 'One message, rendered', params, response: withProblems({ 200: detail }) } },
    async (request) => {
      const message = await readMessage(db, request.params.key);
      if (message === undefined) throw problem('not-found', `There is no message ${request.params.key}`);
      const rendering = await tryRendering(deps, message);
      if (rendering.kind === 'broken') {
        const { template, language } = message;
        throw problem('message-unreadable', `Template ${template} in language ${language}: ${rendering.reason}`, {
          ...{ template, language, reason: rendering.reason },
        });
      }
      const { html, text } = rendering.message;
      return { ...view(message, rendering), html, text };
    },
  );
}

function view(message: MessageRow, rendering: Rendering) {
  const { key, template, purpose, channel, recipient, customerName, state, reason, rule, toCustomer } = message;
  return {
    ...{ key, template, purpose, channel, recipient, customerName, state, reason, rule, toCustomer },
    ...(rendering.kind === 'rendered'
      ? { subject: rendering.message.subject }
      : { subject: '', problem: rendering.reason }),
    notBefore: message.notBefore.toISOString(),
    sentAt: message.sentAt?.toISOString() ?? null,
  };
}
