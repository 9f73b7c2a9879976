import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { Problem } from '../api.ts';
import { formatCount } from '../format.ts';
import { Dialog } from '../parts/dialog.tsx';
import { nameKey, TextField } from '../parts/fields.tsx';
import { ProblemNotice } from '../parts/states.tsx';
import type { QuarantinedItem, QuarantineSelection } from './quarantine-api.ts';
import {
  type Deed,
  nothingSettled,
  type Settled,
  type SettledAll,
  sayOutcome,
  settleAll,
  settleRecords,
} from './settle.ts';

/** What is to be settled: one record, or all of a selection that wait. */
export interface Matter {
  readonly kind: Deed['kind'];
  readonly of: QuarantinedItem | QuarantineSelection;
  readonly count: number;
  /** What they are called: `MSC1.csv, line 5`, `unknown service`. */
  readonly name: string;
}

/** Asks who tries records again as they came, or gives them up and why; says how far it is. */
export function SettleDialog(props: {
  readonly matter: Matter;
  readonly onClose: () => void;
  readonly onSettled: (settled: Settled) => void;
}): ReactNode {
  const { matter } = props;
  const [why, setWhy] = useState('');
  const [by, setBy] = useState(() => localStorage.getItem(nameKey) ?? '');
  const [progress, setProgress] = useState<Settled>();
  const [problem, setProblem] = useState<Problem>();
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const drop = matter.kind === 'drop';
  const isReady = by.trim() !== '' && (!drop || why.trim() !== '');
  const settle = async (event: FormEvent) => {
    event.preventDefault();
    abort.current = new AbortController();
    setProgress(nothingSettled);
    setProblem(undefined);
    localStorage.setItem(nameKey, by.trim());
    const deed: Deed = drop ? { kind: 'drop', by: by.trim(), why: why.trim() } : { kind: 'replay', by: by.trim() };
    const done = await carryOut(matter, deed, setProgress, abort.current.signal);
    setProgress(undefined);
    if (done.problem) setProblem(done.problem);
    else props.onSettled(done.settled);
  };
  return (
    <Dialog title={`${drop ? 'Drop' : 'Replay'} ${matter.name}`} onClose={props.onClose}>
      <form onSubmit={settle}>
        <p>{consequence(matter)}</p>
        {drop && <TextField label="Why they are not billed (required)" value={why} onChange={setWhy} required />}
        <TextField label="Your name (required)" value={by} onChange={setBy} required autoComplete="name" />
        {progress && <p role="status">{`${sayTried(progress)} of ${formatCount(matter.count)} …`}</p>}
        {problem && <ProblemNotice problem={problem} />}
        <div className="actions end">
          <button type="button" className="button" onClick={props.onClose}>
            {progress ? 'Stop' : 'Cancel'}
          </button>
          <button
            type="submit"
            className={drop ? 'button danger' : 'button strong'}
            disabled={progress !== undefined || !isReady}
          >
            {buttonText(matter)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

async function carryOut(
  { of }: Matter,
  deed: Deed,
  onProgress: (settled: Settled) => void,
  signal: AbortSignal,
): Promise<SettledAll> {
  if (!('line' in of)) return settleAll(of, deed, onProgress, signal);
  const answer = await settleRecords([{ file: of.file, line: of.line }], deed);
  if (!answer.ok) return { settled: nothingSettled, problem: answer.problem };
  if (answer.value.refused === 0) return { settled: answer.value };
  const problem = { title: 'The record is still refused', status: 422, detail: sayOutcome(answer.value) };
  return { settled: answer.value, problem };
}

function sayTried({ accepted, duplicate, dropped, refused }: Settled): string {
  return formatCount(accepted + duplicate + dropped + refused);
}

function consequence({ kind, count }: Matter): string {
  if (kind === 'drop')
    return count === 1
      ? 'It is never billed. It stays in the books as it came, with your name and reason.'
      : `All ${formatCount(count)} are never billed. They stay in the books as they came, with your name and reason.`;
  return count === 1
    ? 'It is tried again as it came. If what was wrong has been mended, it is accepted; a bill run that was over before takes it as late.'
    : `All ${formatCount(count)} are tried again as they came. Those that are accepted count for the next bill run, as late if their cycle is billed; the others go on waiting.`;
}

function buttonText({ kind, count }: Matter): string {
  const word = kind === 'drop' ? 'Drop' : 'Replay';
  return count === 1 ? word : `${word} all ${formatCount(count)}`;
}
