import { Type } from 'typebox';
import { answerSurvey, type OpenedSurvey, openSurvey } from '../survey/answer-survey.ts';
import type { Api, ApiDeps } from './api-deps.ts';

const longestText = 2000;
const security = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

/** The page that a customer answers a survey on: HTML for people, behind a signed link, and no part of `/v1`. */
export function surveyPageRoutes(api: Api, deps: ApiDeps): void {
  const params = Type.Object({ token: Type.String({ maxLength: 300 }) });
  api.register(async (pages) => {
    // The one place where a form comes from a page: whoever sends it must hold the link.
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 64 * 1024 },
      (_, body, done) => done(null, new URLSearchParams(String(body))),
    );
    pages.addHook('onSend', async (_, reply) => void reply.headers(security).type('text/html; charset=utf-8'));
    pages.get<{ Params: { token: string } }>(
      '/survey/:token',
      { schema: { params, hide: true } },
      async (request, reply) => {
        const { now } = await deps.clock.read();
        return show(reply, await openSurvey(deps.engagement.db, request.params.token, now));
      },
    );
    pages.post<{ Params: { token: string } }>(
      '/survey/:token',
      { schema: { params, hide: true } },
      async (request, reply) => {
        const { now } = await deps.clock.read();
        const { token } = request.params;
        const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
        const text = (field: string) => (form.get(field) ?? '').slice(0, longestText).trim();
        const answer = { reason: text('reason'), comment: text('comment'), kept: text('kept') };
        const survey = await openSurvey(deps.engagement.db, token, now);
        if (survey.kind !== 'open') return show(reply, survey);
        if (!reasonsOf(survey.message).includes(answer.reason)) {
          const { comment, kept } = answer;
          return reply
            .code(422)
            .send(await deps.surveyPages.render({ ...survey, state: 'open', fault: true, comment, kept }));
        }
        const before = await answerSurvey(deps.engagement, token, answer, now);
        return show(reply, before.kind === 'open' ? { ...before, kind: 'answered' } : before);
      },
    );
  });

  async function show(reply: { code: (status: number) => { send: (page: string) => unknown } }, survey: OpenedSurvey) {
    if (survey.kind === 'unknown') return reply.code(404).send(deps.surveyPages.renderUnknown());
    const page = await deps.surveyPages.render({ ...survey, state: survey.kind });
    return reply.code(survey.kind === 'over' ? 410 : 200).send(page);
  }

  function reasonsOf(message: string): readonly string[] {
    return deps.engagement.rules()?.document.messages.find(({ name }) => name === message)?.survey?.reasons ?? [];
  }
}
