import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { Problem } from '../api.ts';
import { formatCount } from '../format.ts';
import { Dialog, FormActions } from '../parts/dialog.tsx';
import { nameKey, TextField } from '../parts/fields.tsx';
import { useResource } from '../parts/resource.ts';
import { ProblemNotice } from '../parts/states.tsx';
import { type FieldView, getQuarantined, type QuarantinedItem } from './quarantine-api.ts';
import { type Settled, settleAll, settleRecords } from './settle.ts';

/** Asks what a record should have said, field by field or as a line, and tries it again; the same for all with this fault, if wanted. */
export function CorrectDialog(props: {
  readonly record: QuarantinedItem;
  readonly onClose: () => void;
  readonly onSettled: (settled: Settled) => void;
}): ReactNode {
  const { record } = props;
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [line, setLine] = useState(record.raw);
  const [asLine, setAsLine] = useState(record.fields === null);
  const [forAll, setForAll] = useState(false);
  const [by, setBy] = useState(() => localStorage.getItem(nameKey) ?? '');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const changed = changedTexts(record.fields, texts);
  const isChanged = asLine ? line !== record.raw : Object.keys(changed).length > 0;
  const correct = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    localStorage.setItem(nameKey, by.trim());
    const outcome = await tryAgain(record, by.trim(), asLine ? line : changed, forAll && !asLine);
    setBusy(false);
    if ('problem' in outcome) setProblem(outcome.problem);
    else props.onSettled(outcome.settled);
  };
  return (
    <Dialog title={`Correct ${record.name}, line ${formatCount(record.line)}`} onClose={props.onClose} wide>
      <form onSubmit={correct}>
        <p>{record.detail}</p>
        {asLine ? (
          <LineField line={line} onChange={setLine} />
        ) : (
          <FieldInputs fields={record.fields ?? []} texts={texts} onChange={setTexts} />
        )}
        {record.fields && (
          <button type="button" className="text-button" onClick={() => setAsLine(!asLine)}>
            {asLine ? 'Correct single fields' : 'Correct the line as a whole'}
          </button>
        )}
        {!asLine && <SameFault record={record} chosen={forAll} onChange={setForAll} />}
        <TextField label="Your name (required)" value={by} onChange={setBy} required autoComplete="name" />
        {problem && <ProblemNotice problem={problem} />}
        <FormActions onClose={props.onClose} disabled={busy || !isChanged || by.trim() === ''}>
          {busy ? 'Trying …' : 'Correct and replay'}
        </FormActions>
      </form>
    </Dialog>
  );
}

function changedTexts(
  fields: readonly FieldView[] | null,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).filter(([name, text]) => fields?.some((field) => field.name === name && field.text !== text)),
  );
}

type Outcome = { readonly settled: Settled } | { readonly problem: Problem };

/** One record that is still refused stays in the dialog; of many, the page says how many are left. */
async function tryAgain(
  record: QuarantinedItem,
  by: string,
  correction: string | Readonly<Record<string, string>>,
  forAll: boolean,
): Promise<Outcome> {
  const { file, line, reason, detail, source } = record;
  if (forAll && typeof correction !== 'string') {
    const all = { state: 'open', reason, detail, source } as const;
    const { settled, problem } = await settleAll(
      all,
      { kind: 'replay', by, fields: correction },
      () => {},
      new AbortController().signal,
    );
    return problem ? { problem } : { settled };
  }
  const corrected = typeof correction === 'string' ? { corrected: correction } : { fields: correction };
  const answer = await settleRecords([{ file, line, ...corrected }], { kind: 'replay', by });
  if (!answer.ok) return { problem: answer.problem };
  if (answer.value.refused === 0) return { settled: answer.value };
  return {
    problem: { title: 'The record is still refused', status: 422, detail: answer.value.because ?? '' },
  };
}

function FieldInputs(props: {
  readonly fields: readonly FieldView[];
  readonly texts: Readonly<Record<string, string>>;
  readonly onChange: (texts: Readonly<Record<string, string>>) => void;
}): ReactNode {
  const { fields, texts, onChange } = props;
  const id = useId();
  // The dialog gives the focus to its first field: that should be what is to be corrected.
  const faultsFirst = fields.toSorted((a, b) => Number(b.faulty) - Number(a.faulty));
  return (
    <div className="field-inputs">
      {faultsFirst.map(({ name, text, faulty }) => (
        <div key={name} className={faulty ? 'field faulty' : 'field'}>
          <label htmlFor={`${id}-${name}`}>{faulty ? `${name}, at fault` : name}</label>
          <input
            id={`${id}-${name}`}
            value={texts[name] ?? text}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange({ ...texts, [name]: event.target.value })}
          />
        </div>
      ))}
    </div>
  );
}

function LineField({
  line,
  onChange,
}: {
  readonly line: string;
  readonly onChange: (line: string) => void;
}): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>The line as it should have been</label>
      <textarea
        id={id}
        className="raw-input"
        rows={4}
        value={line}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value.replaceAll('\n', ''))}
      />
    </div>
  );
}

/** Records of the same source that were refused with the very same words: one correction may fit them all. */
function SameFault(props: {
  readonly record: QuarantinedItem;
  readonly chosen: boolean;
  readonly onChange: (chosen: boolean) => void;
}): ReactNode {
  const { reason, detail, source } = props.record;
  const { resource } = useResource(`same fault ${source} ${reason} ${detail}`, (signal) =>
    getQuarantined({ state: 'open', reason, detail, source, limit: 1 }, signal),
  );
  const total = resource.kind === 'ready' ? (resource.value.total ?? 1) : 1;
  if (total < 2) return null;
  return (
    <label className="check">
      <input type="checkbox" checked={props.chosen} onChange={(event) => props.onChange(event.target.checked)} />
      The same in all {formatCount(total)} records of {source} that were refused for it
    </label>
  );
}
