/** Renders the templates of messages before anybody is sent one: a wrong template is a fault of the rules. */
import { posix } from 'node:path';
import { Eta, EtaRuntimeError } from 'eta';
import type { Compilation } from '../../dsl/compile.ts';
import { type Diagnostic, inReadingOrder, placer } from '../../dsl/diagnostic.ts';
import type { RuleSource } from '../../dsl/source.ts';
import { rendererOf } from '../delivery/render-message.ts';
import { whyUnmade } from '../delivery/why-unmade.ts';
import { sampleCompany, sampleData } from './sample-message.ts';

/** The compilation with what is wrong with templates; with faults among it there is no rule set. `source` is what was compiled. */
export function withTemplateFaults(compilation: Compilation, source: RuleSource): Compilation {
  const faults = templateFaults(source);
  if (faults.length === 0) return compilation;
  const { tests, diagnostics } = compilation;
  return { tests, diagnostics: inReadingOrder([...diagnostics, ...faults]) };
}

/** Every template is rendered with all that a message can have, as the bill of a cycle and in mid-cycle. */
function templateFaults({ files }: RuleSource): readonly Diagnostic[] {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const renderer = rendererOf(etaOf(texts), sampleCompany, 'https://bills.example');
  const place = placer(
    (file) => texts.get(file) ?? '',
    () => [],
  );
  const faults: Diagnostic[] = [];
  for (const path of texts.keys()) {
    const [, template, language, channel] = templatePath.exec(path) ?? [];
    if (template === undefined || language === undefined || channel === undefined) continue;
    for (const data of sampleData)
      try {
        renderer.render({ template, language, channel, data });
      } catch (error) {
        const fault = place(reportOf(error as Error, path, texts));
        if (fault) faults.push(fault);
      }
  }
  return faults;
}

const templatePath = /^messages\/([^/]+)\/([a-z]{2})\.([a-z]+)\.eta$/;

function etaOf(texts: ReadonlyMap<string, string>): Eta {
  const eta = new Eta({ cache: true, autoTrim: false, defaultExtension: '', debug: true });
  eta.resolvePath = (template, options) =>
    template.startsWith('/')
      ? `messages${template}`
      : posix.join(posix.dirname(options?.filepath ?? 'messages/template'), template);
  eta.readFile = (path) => {
    const text = texts.get(path);
    if (text === undefined) throw new Error(`there is no template ${path}`);
    return text;
  };
  return eta;
}

/** What Eta says of a fault, at the line that it names: that of the innermost template, which others include. */
function reportOf(error: Error, path: string, texts: ReadonlyMap<string, string>) {
  let [file, line, said] = [path, Number(/ at line (\d+) /.exec(error.message)?.[1] ?? 1), error];
  while (said instanceof EtaRuntimeError && said.cause instanceof Error) {
    const [, place = file, number = line] = /^(.+):(\d+)$/m.exec(said.message) ?? [];
    [file, line, said] = [place, Number(number), said.cause];
  }
  const before = (texts.get(file) ?? '').split('\n').slice(0, line);
  const end = before.join('\n').length;
  return {
    anchor: { file, names: [], start: 0, line: 0 },
    code: 'broken-message' as const,
    at: { start: end - (before.at(-1)?.length ?? 0), end },
    message: `the template cannot be rendered: ${whyUnmade(said)}`,
    help: 'write what a message has, such as it.customer.name, and test with if what not every message has',
  };
}
