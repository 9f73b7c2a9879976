import { Type } from 'typebox';
import { acceptEvents, type IncomingEvent } from '../engagement/business-events.ts';
import { acceptedEvents, businessEventOf } from '../engagement/event-types.ts';
import { faultsOf, type InputFault, instantText, type SchemaFault } from '../input-faults.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { nextSchema, pageQuery } from './paging.ts';
import { invalidBody, inWords, problem, withProblems } from './problem.ts';
import { listEvents } from './read/events.ts';

const mostEvents = 500;

/** CloudEvents 1.0, structured mode; extension attributes are allowed and ignored. */
const cloudEvent = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Type.String({ minLength: 1, maxLength: 200 }),
    source: Type.String({ minLength: 1, maxLength: 200 }),
    type: Type.Enum(acceptedEvents.map((event) => event.type)),
    time: Type.Optional(instantText),
    subject: Type.Optional(Type.String({ maxLength: 200 })),
    datacontenttype: Type.Optional(Type.String({ pattern: '^application/json' })),
    data: Type.Object({}, { additionalProperties: true, description: 'As GET /v1/events/types says for its type' }),
  },
  { additionalProperties: true },
);

/** Business events in; what they led to out. */
export function eventRoutes(api: Api, deps: ApiDeps): void {
  const types = Type.Object({
    items: Type.Array(
      Type.Object({ type: Type.String(), doc: Type.String(), data: Type.Unknown({ description: 'JSON Schema' }) }),
    ),
  });
  api.get(
    '/v1/events/types',
    {
      schema: {
        summary: 'Types of business events with the schema of their data',
        response: withProblems({ 200: types }),
      },
    },
    async () => ({ items: [...acceptedEvents] }),
  );
  acceptEventsRoute(api, deps);
  listEventsRoute(api, deps);
}

function acceptEventsRoute(api: Api, deps: ApiDeps): void {
  for (const type of ['application/cloudevents+json', 'application/cloudevents-batch+json']) {
    api.addContentTypeParser(type, { parseAs: 'string' }, api.getDefaultJsonParser('error', 'error'));
  }

  const single = new WeakSet<object>();
  const body = Type.Array(cloudEvent, {
    minItems: 1,
    maxItems: mostEvents,
    description: 'A batch; a single event may stand without brackets',
  });
  const accepted = Type.Object({ accepted: Type.Integer(), duplicate: Type.Integer() });
  api.post(
    '/v1/events',
    {
      schema: {
        summary: 'Take in business events (CloudEvents 1.0), all or none',
        body,
        response: withProblems({ 202: accepted }),
      },
      preValidation: async (request) => {
        if (Array.isArray(request.body)) return;
        single.add(request);
        request.body = [request.body] as typeof request.body;
      },
      // So that a fault in a single event is told of the event, not of the batch that was made of it.
      attachValidation: true,
    },
    async (request, reply) => {
      const told = (faults: readonly InputFault[]) => (single.has(request) ? faults.map(withoutBatch) : faults);
      if (request.validationError !== undefined) {
        const found = (request.validationError.validation ?? []) as readonly SchemaFault[];
        throw invalidBody(told(faultsOf(found)));
      }
      const { now } = await deps.clock.read();
      const events = request.body.map((event): IncomingEvent => {
        const name = businessEventOf(event.type);
        if (name === undefined) throw new Error(`The schema let the event type ${event.type} pass`);
        const at = event.time === undefined ? now : Date.parse(event.time);
        return {
          source: event.source,
          id: event.id,
          name,
          at,
          data: event.data,
          ...(event.subject !== undefined && { subject: event.subject }),
        };
      });
      const result = await acceptEvents(deps.engagement, events, now);
      if ('faults' in result) {
        const faults = told(result.faults);
        throw result.kind === 'refused'
          ? invalidBody(faults)
          : problem('missing-fact', inWords(faults), { errors: faults });
      }
      if (result.kind === 'no rules')
        throw problem('no-rules-in-force', 'Nothing could be decided on the events; none was stored');
      return reply.code(202).send({ accepted: result.accepted, duplicate: result.duplicate });
    },
  );
}

function withoutBatch(fault: InputFault): InputFault {
  return { ...fault, pointer: fault.pointer.replace(/^#\/0(?=\/|$)/, '#') };
}

function listEventsRoute(api: Api, deps: ApiDeps): void {
  const querystring = Type.Object(pageQuery);
  const item = Type.Object({
    source: Type.String(),
    id: Type.String(),
    type: Type.String(),
    subject: Type.Union([Type.String(), Type.Null()]),
    time: Type.String({ format: 'date-time' }),
    data: Type.Unknown(),
    outcome: Type.Unknown({ description: 'Rules that fired, their messages and vouchers, and why' }),
  });
  const list = Type.Object({ items: Type.Array(item), next: nextSchema });
  api.get(
    '/v1/events',
    {
      schema: {
        summary: 'Business events with their outcome, latest first',
        querystring,
        response: withProblems({ 200: list }),
      },
    },
    async (request) => listEvents(deps.engagement.db, request.query),
  );
}
