import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import { accountChangeRoutes } from './account-changes.ts';
import { accountRoutes } from './accounts.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { backdatedChangeRoutes } from './backdated-changes.ts';
import { billRunRoutes } from './bill-runs.ts';
import { clockRoutes } from './clock.ts';
import { correctRoutes } from './correct.ts';
import { correctionRoutes } from './corrections.ts';
import { creditRoutes } from './credit.ts';
import { creditNoteRoutes } from './credit-notes.ts';
import { answerErrorsWithProblems, answerUnreadableAddress } from './error-handler.ts';
import { evaluateRoutes } from './evaluate.ts';
import { eventRoutes } from './events.ts';
import { exceptionRoutes } from './exceptions.ts';
import { refuseForeignPages } from './foreign-pages.ts';
import { healthRoutes } from './health.ts';
import { interimInvoiceRoutes } from './interim-invoices.ts';
import { invoiceRoutes } from './invoices.ts';
import { messageRoutes } from './messages.ts';
import { payOutRoutes } from './pay-outs.ts';
import { paymentWebhookRoutes } from './payment-webhook.ts';
import { paymentRoutes } from './payments.ts';
import { problemRoutes } from './problems.ts';
import { quarantineRoutes } from './quarantine.ts';
import { reportRoutes } from './reports.ts';
import { rulesRoutes } from './rules.ts';
import { settleQuarantineRoutes } from './settle-quarantine.ts';
import { simulateRoutes } from './simulate.ts';
import { statementRoutes } from './statements.ts';
import { subscriptionChangeRoutes } from './subscription-changes.ts';
import { subscriptionImsiRoutes } from './subscription-imsi.ts';
import { surveyPageRoutes } from './survey-page.ts';
import { surveyRoutes } from './surveys.ts';
import { usageRoutes } from './usage.ts';
import { usageCorrectionRoutes } from './usage-corrections.ts';
import { voucherRoutes } from './vouchers.ts';
import { writeOffRoutes } from './write-offs.ts';

/** What a route takes in one body, unless it says otherwise. */
const bodyLimit = 1024 * 1024;

/** Every resource, in the order of the OpenAPI document. */
const resources = [
  healthRoutes,
  rulesRoutes,
  simulateRoutes,
  billRunRoutes,
  accountRoutes,
  accountChangeRoutes,
  subscriptionChangeRoutes,
  subscriptionImsiRoutes,
  backdatedChangeRoutes,
  invoiceRoutes,
  interimInvoiceRoutes,
  correctionRoutes,
  creditNoteRoutes,
  correctRoutes,
  paymentRoutes,
  statementRoutes,
  paymentWebhookRoutes,
  writeOffRoutes,
  payOutRoutes,
  reportRoutes,
  exceptionRoutes,
  eventRoutes,
  messageRoutes,
  voucherRoutes,
  creditRoutes,
  surveyRoutes,
  surveyPageRoutes,
  evaluateRoutes,
  usageRoutes,
  usageCorrectionRoutes,
  quarantineRoutes,
  settleQuarantineRoutes,
  clockRoutes,
  problemRoutes,
];

/** The HTTP server, ready to listen: all routes of `/v1`, their OpenAPI document, and the editor at `/` if it is built. */
export async function buildApp(deps: ApiDeps): Promise<Api> {
  const api = fastify({
    logger: false,
    bodyLimit,
    routerOptions: { maxParamLength: 1000 },
    requestIdHeader: false,
    // A progress stream, or a connection that a browser keeps in hand, would hold up the end of the server for ever.
    forceCloseConnections: true,
    genReqId: requestIds(deps),
    frameworkErrors: answerUnreadableAddress,
  }).withTypeProvider<TypeBoxTypeProvider>();
  api.setValidatorCompiler(TypeBoxValidatorCompiler);
  // Schemas of answers document and type; what is sent is what the route returned, with nothing dropped on the way.
  api.setSerializerCompiler(() => (data) => JSON.stringify(data));
  // Text is a type that any web page may send to any address without asking.
  api.removeContentTypeParser('text/plain');
  answerErrorsWithProblems(api, deps);
  refuseForeignPages(api, deps.allowedHosts ?? []);
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Ratebook',
        version: deps.version,
        description:
          'Rules-driven billing. Errors are problem details (RFC 9457); lists are read page by page with `after`.',
      },
    },
  });
  if (deps.editorFolder !== undefined) await api.register(fastifyStatic, { root: deps.editorFolder });
  // What an answer is, its type says: no browser shall make a page of something that is none.
  api.addHook('onSend', async (_, reply) => void reply.header('x-content-type-options', 'nosniff'));
  for (const register of resources) register(api, deps);
  api.get('/v1/openapi.json', { schema: { hide: true } }, async () => api.swagger());
  return api;
}

/** Unlike a bare counter, an id from another run of the server does not turn up in the log again. */
function requestIds(deps: ApiDeps): () => string {
  const run = Buffer.from(deps.engagement.randomBytes(4)).toString('hex');
  let count = 0;
  return () => `${run}-${++count}`;
}
