import type { Readable } from 'node:stream';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { instantText } from '../input-faults.ts';
import { collectBatch, collectCloudEvents } from '../usage/collect-batch.ts';
import { collectStream } from '../usage/collect-stream.ts';
import { usageRecordFields } from '../usage/usage-event-json.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { collectContext } from './collect-context.ts';
import { problem, withProblems } from './problem.ts';

const mostEvents = 10_000;
const mostBytes = 8 * 1024 * 1024;
const source = Type.String({ minLength: 1, maxLength: 200 });
const batchResponse = Type.Object({
  accepted: Type.Integer(),
  duplicate: Type.Integer(),
  quarantined: Type.Array(Type.Object({ index: Type.Integer(), reason: Type.String(), detail: Type.String() })),
});

/** Usage events over HTTP: each is accepted, a duplicate, or in quarantine; none is lost. */
export function usageRoutes(api: Api, deps: ApiDeps): void {
  batchRoute(api, deps);
  cloudEventsRoute(api, deps);
  streamRoute(api, deps);
}

function batchRoute(api: Api, deps: ApiDeps): void {
  const event = Type.Object({ ...usageRecordFields, startAt: instantText }, { additionalProperties: false });
  const body = Type.Object(
    { source, events: Type.Array(event, { minItems: 1, maxItems: mostEvents }) },
    { additionalProperties: false },
  );
  api.post(
    '/v1/usage',
    {
      bodyLimit: mostBytes,
      schema: { summary: 'Take in usage events', body, response: withProblems({ 200: batchResponse }) },
    },
    async (request) => {
      const { source: from, events } = request.body;
      const outcome = await collectBatch(
        await collectContext(deps),
        from,
        events.map((one) => ({ ...one, startAt: Date.parse(one.startAt) })),
      );
      return { ...outcome, quarantined: [...outcome.quarantined] };
    },
  );
}

/** Only the source must be right for an event to be kept: what else is wrong with it is a matter of quarantine. */
function cloudEventsRoute(api: Api, deps: ApiDeps): void {
  const event = Type.Object(
    { source },
    {
      additionalProperties: true,
      description:
        'CloudEvent 1.0 of type `ratebook.usage` or `ratebook.usage.<service>`: `id` is the record’s, `time` its start, `subject` whom it served (a number with plus, `imsi:…`, `subscription:…`), `data` the other fields of a usage event',
    },
  );
  const body = Type.Array(event, {
    minItems: 1,
    maxItems: mostEvents,
    description: 'A batch; a single event may stand without brackets',
  });
  api.post(
    '/v1/usage/cloudevents',
    {
      bodyLimit: mostBytes,
      schema: {
        summary: 'Take in usage as CloudEvents 1.0, one or a batch',
        consumes: ['application/cloudevents-batch+json', 'application/cloudevents+json'],
        body,
        response: withProblems({ 200: batchResponse }),
      },
      preValidation: async (request) => {
        if (!Array.isArray(request.body)) request.body = [request.body] as typeof request.body;
      },
    },
    async (request) => {
      const outcome = await collectCloudEvents(await collectContext(deps), request.body);
      return { ...outcome, quarantined: [...outcome.quarantined] };
    },
  );
}

function streamRoute(api: Api, deps: ApiDeps): void {
  const querystring = Type.Object({ source });
  const response = Type.Object({
    file: Type.Integer({
      description: 'Number of the delivery: GET /v1/usage/quarantine?file=… lists what was refused',
    }),
    accepted: Type.Integer(),
    duplicate: Type.Integer(),
    quarantined: Type.Integer(),
  });
  api.register(async (plain) => {
    plain.addContentTypeParser('application/x-ndjson', (_, payload, done) => done(null, payload));
    const streams: Api = plain.withTypeProvider<TypeBoxTypeProvider>();
    streams.post(
      '/v1/usage/stream',
      {
        schema: {
          summary: 'Take in a stream of usage events, one a line, however long',
          consumes: ['application/x-ndjson'],
          querystring,
          response: withProblems({ 200: response }),
        },
      },
      async (request) => {
        if (!isStream(request.body)) throw problem('not-acceptable-type', 'Send the events as application/x-ndjson');
        const outcome = await collectStream(await collectContext(deps), request.query.source, request.body);
        if (outcome.kind === 'too large') throw problem('too-large', 'The stream is larger than 1 GiB');
        const { accepted, duplicate, quarantined } = outcome.counts;
        return { file: outcome.file, accepted, duplicate, quarantined };
      },
    );
  });
}

function isStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body;
}
