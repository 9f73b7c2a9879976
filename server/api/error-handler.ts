import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isOutage } from '../database/outage.ts';
import { faultsOf, type SchemaFault } from '../input-faults.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { refuseUnknownParameters } from './known-requests.ts';
import { inWords, isProblem, type ProblemName, problem, problems, problemType } from './problem.ts';

/** Makes every error a problem document. What is inside Ratebook goes to the log and never into an answer. */
export function answerErrorsWithProblems(api: Api, deps: ApiDeps): void {
  api.setErrorHandler((error: FastifyError, request, reply) => {
    const found = problemOf(error);
    if (found.problem === 'internal-error' || found.problem === 'database-away') deps.log(request.id, error);
    return send(request, reply, found.problem, found.message, found.more);
  });
  const methodsOf = refuseUnknownParameters(api);
  api.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0];
    const allowed = methodsOf(request.url);
    if (allowed.length === 0) return send(request, reply, 'unknown-path', `${request.method} ${path} is not known`, {});
    reply.header('allow', allowed.join(', '));
    return send(request, reply, 'method-not-allowed', `${path} takes ${allowed.join(', ')}, not ${request.method}`, {});
  });
}

/** Fastify refuses some addresses before any route or handler of errors hears of them. */
export function answerUnreadableAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const found =
    error.code === 'FST_ERR_BAD_URL'
      ? problem('bad-request', 'The address is no text: what stands after a “%” must be UTF-8 in hexadecimal digits')
      : problemOf(error);
  send(request, reply, found.problem, found.message, found.more);
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  name: ProblemName,
  detail: string,
  more: Readonly<Record<string, unknown>>,
): FastifyReply {
  const { status, title, remedy } = problems[name];
  if (typeof more.retryAfter === 'number') reply.header('retry-after', more.retryAfter);
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send({
      type: problemType(name),
      title,
      status,
      detail,
      instance: `urn:ratebook:request:${request.id}`,
      remedy,
      ...more,
    });
}

function problemOf(error: FastifyError) {
  if (isProblem(error)) return error;
  if (error.validation !== undefined) return validationProblem(error);
  if (isOutage(error)) return problem('database-away', 'The database does not answer');
  if (isUnstorable(error))
    return problem('bad-request', 'The request holds a character or a number that the books cannot keep');
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return problem('too-large', 'The body is larger than this address takes');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problem('not-acceptable-type', 'The Content-Type is none that this address takes');
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return problem('malformed-json', error.message);
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return problem('bad-request', error.message);
  return problem('internal-error', 'The request failed; it is safe to send it again');
}

function validationProblem(error: FastifyError) {
  const faults = faultsOf((error.validation ?? []) as readonly SchemaFault[]);
  const name = error.validationContext === 'body' ? 'invalid-body' : 'invalid-parameter';
  return problem(name, inWords(faults), { errors: faults });
}

/** NUL characters and numbers or dates out of range pass every schema and fail in the database (SQLSTATE). */
function isUnstorable(error: FastifyError): boolean {
  return ['22021', '22P05', '22003', '22008'].includes(error.code ?? '');
}
