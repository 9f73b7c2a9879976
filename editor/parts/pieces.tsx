/** The small pieces every page is made of. */
import { type ReactNode, useEffect, useId, useState } from 'react';
import { formatMoney } from '../format.ts';
import { hrefOf } from '../route.ts';

export function PageHead(props: {
  readonly title: string;
  readonly intro?: ReactNode;
  readonly children?: ReactNode;
}): ReactNode {
  useEffect(() => {
    document.title = `${props.title} · Ratebook`;
  }, [props.title]);
  return (
    <div className="page-head">
      <div>
        <h1>{props.title}</h1>
        {props.intro && <p className="intro">{props.intro}</p>}
      </div>
      {props.children && <div className="actions">{props.children}</div>}
    </div>
  );
}

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'live';

/** A state in a word; the tone only repeats what the word says. */
export function Tag({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }): ReactNode {
  return <span className={`tag ${tone}`}>{children}</span>;
}

/** Nought is quiet, so that in a table one sees where there is something. */
export function Money({ amount, currency }: { readonly amount: string; readonly currency: string }): ReactNode {
  return <span className={Number(amount) === 0 ? 'nowrap quiet' : 'nowrap'}>{formatMoney(amount, currency)}</span>;
}

/** A figure that says one thing: label, value, and a line of explanation. */
export function Figure(props: {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly tone?: Tone;
}): ReactNode {
  return (
    <div className={`figure ${props.tone ?? 'plain'}`}>
      <dt>{props.label}</dt>
      <dd className="figure-value">{props.value}</dd>
      {props.note && <dd className="figure-note">{props.note}</dd>}
    </div>
  );
}

/** The place in the rules that something comes from; leads to the editor. */
export function RuleLink({
  file,
  line,
  children,
}: {
  readonly file: string;
  readonly line: number;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <a className="rule-link" href={hrefOf({ page: 'rules', file, line })} title={`Open ${file} at line ${line}`}>
      {children ?? `${file}:${line}`}
    </a>
  );
}

/** A search field that reports what was typed once typing pauses. */
export function SearchField(props: {
  readonly label: string;
  readonly placeholder: string;
  readonly onSearch: (text: string) => void;
}): ReactNode {
  const id = useId();
  const [text, setText] = useState('');
  const { onSearch } = props;
  useEffect(() => {
    const timer = setTimeout(() => onSearch(text.trim()), 200);
    return () => clearTimeout(timer);
  }, [text, onSearch]);
  return (
    <div className="field search">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type="search"
        value={text}
        placeholder={props.placeholder}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}

export function SelectField<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
}): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        value={props.value}
        onChange={(event) => {
          const chosen = props.options.find((option) => option.value === event.target.value);
          if (chosen) props.onChange(chosen.value);
        }}
      >
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Words and names of code (`usage-spike`, `direct_debit`) as words. */
export function inWords(code: string): string {
  const text = code.replaceAll(/[-_]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
