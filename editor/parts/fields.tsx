/** Fields of forms, each with its label. */
import { type ReactNode, useId } from 'react';

/** Who decides is remembered in the browser from form to form. */
export const nameKey = 'ratebook.decided-by';

export function TextField(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'date';
  readonly required?: boolean;
  readonly autoComplete?: string;
}): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type={props.type ?? 'text'}
        value={props.value}
        required={props.required ?? false}
        autoComplete={props.autoComplete ?? 'off'}
        maxLength={200}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </div>
  );
}
