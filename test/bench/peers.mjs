// The same rules for other engines: a decision table of zen-engine, expressions of cel-js. The first row that fits is the answer.

/** `names` gives each fact the name that it has in `given`. */
export async function zenVariant(rules, names, given) {
  const { ZenEngine } = await import('@gorules/zen-engine');
  const inputs = [...names].map(([fact, name]) => ({ id: name, name, type: 'expression', field: name, fact }));
  const rows = rules.map(({ conditions }, index) => ({
    _id: `row ${index}`,
    row: `${index}`,
    ...Object.fromEntries(inputs.map(({ id, fact }) => [id, cellOf(conditions, fact)])),
  }));
  const node = (id, type, content) => ({ id, name: id, type, position: { x: 0, y: 0 }, ...(content && { content }) });
  const table = {
    hitPolicy: 'first',
    inputs: inputs.map(({ fact: _, ...input }) => input),
    outputs: [{ id: 'row', name: 'row', type: 'expression', field: 'row' }],
    rules: rows,
  };
  const decision = new ZenEngine().createDecision({
    nodes: [node('request', 'inputNode'), node('prices', 'decisionTableNode', table), node('response', 'outputNode')],
    edges: [
      { id: 'in', sourceId: 'request', targetId: 'prices', type: 'edge' },
      { id: 'out', sourceId: 'prices', targetId: 'response', type: 'edge' },
    ],
  });
  const decide = async (one) => (await decision.evaluate(one)).result.row;
  return {
    name: 'zen-engine, decision table',
    decide,
    async pass() {
      let sum = 0;
      for (const one of given) sum += await decide(one);
      return sum;
    },
  };
}

/** Two ways to say it: an expression for each rule, or one for all. */
export async function celVariants(rules, names, given) {
  const { Environment } = await import('@marcbachmann/cel-js');
  const environment = [...names.values()].reduce(
    (all, name) => all.registerVariable(name, typeof given[0][name] === 'boolean' ? 'bool' : 'string'),
    new Environment(),
  );
  const texts = rules.map(({ conditions }) => expressionOf(conditions, names));
  const single = texts.map((text) => environment.parse(text));
  const whole = environment.parse(
    texts.reduceRight((rest, text, index) => (rest === '' ? `${index}` : `${text} ? ${index} : ${rest}`), ''),
  );
  const passOver = (decide) => () => {
    let sum = 0;
    for (const one of given) sum += decide(one);
    return sum;
  };
  const first = (one) => single.findIndex((fits) => fits(one));
  const nested = (one) => Number(whole(one));
  return [
    { name: 'cel-js, an expression for each rule', decide: first, pass: passOver(first) },
    { name: 'cel-js, one expression', decide: nested, pass: passOver(nested) },
  ];
}

function expressionOf(condition, names) {
  if (condition.all) return condition.all.map((one) => expressionOf(one, names)).join(' && ');
  const name = names.get(condition.fact);
  return condition.operator === 'in'
    ? `${name} in ${JSON.stringify(condition.value)}`
    : `${name} == ${JSON.stringify(condition.value)}`;
}

/** Empty for a column that the row does not ask. */
function cellOf({ all }, fact) {
  const condition = all.find((one) => one.fact === fact && fact !== 'always');
  if (!condition) return '';
  return [condition.value]
    .flat()
    .map((value) => JSON.stringify(value))
    .join(', ');
}
