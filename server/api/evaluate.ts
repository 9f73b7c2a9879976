import { Type } from 'typebox';
import { decideWithLibrary } from '../../engine/decide/library.ts';
import { applyPolicy } from '../../engine/decide/policy.ts';
import type { LoadedRuleSet, LoadedSet } from '../../engine/load.ts';
import type { Facts } from '../../engine/rule-set.ts';
import { factFaults, withKnown } from '../engagement/complete-facts.ts';
import type { Api, ApiDeps } from './api-deps.ts';
import { accountCycleSchema, isInputError } from './cycle-json.ts';
import { previewCycle } from './preview.ts';
import { invalidBody, problem, withProblems } from './problem.ts';

const cycleBodyLimit = 64 * 1024 * 1024;

/** The rules in force, asked directly: facts in, outcomes out; one account's cycle in, its bill out. */
export function evaluateRoutes(api: Api, deps: ApiDeps): void {
  const factValue = Type.Union([
    Type.Number(),
    Type.String({ maxLength: 10_000 }),
    Type.Boolean(),
    Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 1000 }),
  ]);
  const body = Type.Object(
    {
      set: Type.String({ maxLength: 200, description: 'Id of a decision set, e.g. notify:order overdue' }),
      facts: Type.Record(Type.String(), factValue, {
        description: 'By fact name, in base units; an optional fact may be left out',
      }),
    },
    { additionalProperties: false },
  );
  const response = Type.Object({
    ruleSet: Type.String(),
    matches: Type.Array(Type.String()),
    verdict: Type.Enum(['fired', 'conflict', 'none']),
    outcomes: Type.Array(Type.Object({ rule: Type.String(), outcome: Type.Unknown() })),
    why: Type.Unknown({ description: 'Every rule of the set with its conditions, the actual values and the results' }),
  });
  api.post(
    '/v1/evaluate',
    { schema: { summary: 'Decide one set of rules on given facts', body, response: withProblems({ 200: response }) } },
    async (request) => {
      const rules = inForce(deps);
      const set = rules.sets.get(request.body.set);
      if (set === undefined) {
        const known = [...rules.sets.keys()].sort().slice(0, 50);
        throw problem('not-found', `The rules in force have no decision set “${request.body.set}”`, { sets: known });
      }
      const decision = await decideWithLibrary(
        rules.document,
        set.set,
        completeFacts(rules, set, request.body.facts),
        rules.derive,
      );
      const verdict = applyPolicy(set.set, decision.matches);
      return {
        ruleSet: rules.document.hash,
        matches: [...decision.matches],
        verdict: verdict.kind,
        outcomes: verdict.rules.map((rule) => ({ rule: rule.name, outcome: rule.event.params.outcome })),
        why: decision.why,
      };
    },
  );

  api.post(
    '/v1/cycles/evaluate',
    {
      bodyLimit: cycleBodyLimit,
      // The check is readAccountCycle's, so that the command line and the API say the same about the same file.
      validatorCompiler: () => () => true,
      schema: {
        summary: 'Bill one account’s cycle; the bytes that `ratebook bill --json` prints',
        body: accountCycleSchema,
        produces: ['application/json'],
      },
    },
    async (request, reply) => {
      const rules = inForce(deps);
      return reply.type('application/json; charset=utf-8').send(preview(request.body, rules));
    },
  );
}

function inForce(deps: ApiDeps): LoadedRuleSet {
  const rules = deps.released.inForce();
  if (rules === undefined) throw problem('no-rules-in-force', 'There are no rules to decide by');
  return rules;
}

function preview(json: unknown, rules: LoadedRuleSet): string {
  try {
    return previewCycle(json, rules);
  } catch (error) {
    if (isInputError(error)) throw invalidBody(error.faults);
    throw error;
  }
}

/** Adds what follows from the given facts; one that the set needs and that is missing or of another type is named. */
function completeFacts({ document }: LoadedRuleSet, set: LoadedSet, given: Facts): Facts {
  const facts = withKnown({ always: true, ...given }, document.facts);
  const faults = factFaults(set, facts, new Map(document.facts.map((fact) => [fact.name, fact])));
  if (faults.length > 0) throw invalidBody(faults.map(({ fact, detail }) => ({ pointer: `#/facts/${fact}`, detail })));
  return facts;
}
