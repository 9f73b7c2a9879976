/** Railroad diagrams of the grammar, drawn from the parser itself. */
import type { ISerializedGast, Rule } from 'chevrotain';
import { serializeGrammar } from 'chevrotain';
import { type Part, railroad } from './railroad.ts';

const { Diagram, Sequence, Choice, OneOrMore, Terminal, NonTerminal, Skip } = railroad;
// What is narrower begins where it is reached.
Diagram.INTERNAL_ALIGNMENT = 'left';

/** Rules that only choose among others. */
const choices: readonly string[] = ['head', 'clauses', 'clause'];

/**
 * One picture for each sentence and clause, and for each part of them that stands in several places or in itself; other parts are
 * drawn where they stand.
 */
export function drawGrammar(grammar: Readonly<Record<string, Rule>>): ReadonlyMap<string, string> {
  const rules = new Map(serializeGrammar(Object.values(grammar)).map((rule) => [nameOf(rule), rule]));
  const shown = [...rules.keys()].filter((name) => isShown(name, rules));
  return new Map(shown.map((name) => [spoken(name), picture(rules.get(name), new Set(shown), rules)]));
}

type Rules = ReadonlyMap<string, ISerializedGast>;

function isShown(name: string, rules: Rules): boolean {
  const rule = rules.get(name);
  if (!rule || choices.includes(name)) return false;
  const users = [...rules].flatMap(([user, { definition }]) => usesOf(definition ?? [], name).map(() => user));
  if (users.some((user) => choices.includes(user))) return true;
  return !isOneWord(rule) && (users.length !== 1 || users[0] === name);
}

function usesOf(parts: readonly ISerializedGast[], name: string): readonly ISerializedGast[] {
  return parts.flatMap((part) => [
    ...(part.type === 'NonTerminal' && nameOf(part) === name ? [part] : []),
    ...usesOf(part.definition ?? [], name),
  ]);
}

/** A rule of one token is known by the token. */
function isOneWord({ definition }: ISerializedGast): boolean {
  return definition?.length === 1 && definition[0]?.type === 'Terminal';
}

function picture(rule: ISerializedGast | undefined, shown: ReadonlySet<string>, rules: Rules): string {
  const diagram = Diagram(sequence(rule?.definition ?? [], shown, rules)).format();
  const name = spoken(nameOf(rule));
  return diagram
    .toString()
    .replace('<svg class="railroad-diagram"', '<svg xmlns="http://www.w3.org/2000/svg" role="img"')
    .replace(
      />\n/,
      `>\n<title>${name}</title>\n<style>${style}</style>\n<rect class="page" width="100%" height="100%"/>\n`,
    );
}

const style = `
path { fill: none; stroke: #57606a; stroke-width: 2 }
rect { fill: #ddf4ff; stroke: #54aeff; stroke-width: 1.5 }
rect[rx] { fill: #dafbe1; stroke: #4ac26b }
rect.page { fill: #ffffff; stroke: none }
text { fill: #1f2328; font: 600 13px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; text-anchor: middle }
@media (prefers-color-scheme: dark) {
path { stroke: #8b949e }
rect { fill: #0c2d6b; stroke: #388bfd }
rect[rx] { fill: #033a16; stroke: #2ea043 }
rect.page { fill: #0d1117 }
text { fill: #e6edf3 }
}
`;

function sequence(parts: readonly ISerializedGast[], shown: ReadonlySet<string>, rules: Rules): Part {
  const drawn = parts.map((part) => draw(part, shown, rules));
  const [only] = drawn;
  return only && drawn.length === 1 ? only : drawn.length === 0 ? Skip() : Sequence(...drawn);
}

function draw(part: ISerializedGast, shown: ReadonlySet<string>, rules: Rules): Part {
  const inside = () => sequence(part.definition ?? [], shown, rules);
  switch (part.type) {
    case 'Terminal':
      return token(part);
    case 'NonTerminal':
      return reference(nameOf(part), shown, rules);
    case 'Option':
      return Choice(1, Skip(), inside());
    case 'Repetition':
      return Choice(1, Skip(), OneOrMore(inside()));
    case 'RepetitionMandatory':
      return OneOrMore(inside());
    case 'RepetitionWithSeparator':
      return Choice(1, Skip(), OneOrMore(inside(), separator(part)));
    case 'RepetitionMandatoryWithSeparator':
      return OneOrMore(inside(), separator(part));
    case 'Alternation':
      return choice((part.definition ?? []).map((one) => draw(one, shown, rules)));
    default:
      return inside();
  }
}

function choice(parts: readonly Part[]): Part {
  const [only] = parts;
  return only && parts.length === 1 ? only : Choice(0, ...parts);
}

function reference(name: string, shown: ReadonlySet<string>, rules: Rules): Part {
  if (shown.has(name)) return NonTerminal(spoken(name));
  return sequence(rules.get(name)?.definition ?? [], shown, rules);
}

function separator(part: ISerializedGast): Part {
  return token((part as { readonly separator?: ISerializedGast }).separator ?? part);
}

/** A word as it is written, or what stands there: `a name`, `a number`. */
function token(part: ISerializedGast): Part {
  const label = (part as { readonly label?: string }).label ?? '';
  const literals = [...label.matchAll(/`([^`]+)`/g)].map(([, literal = '']) => Terminal(literal));
  return literals.length === 0 ? NonTerminal(label.replace(/^an? /, '')) : choice(literals);
}

function nameOf(rule: ISerializedGast | undefined): string {
  return (rule as { readonly name?: string } | undefined)?.name ?? '';
}

/** `forPlans` is read as `for plans`. */
function spoken(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
