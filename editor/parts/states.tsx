/** What stands where data would be: while it loads, when it failed, when there is none. */
import type { ReactNode } from 'react';
import type { Problem } from '../api.ts';
import type { Resource } from './resource.ts';

/** Shows a resource's value, or the state it is in. */
export function Loaded<T>(props: {
  readonly resource: Resource<T>;
  readonly what: string;
  readonly onRetry?: () => void;
  readonly children: (value: T) => ReactNode;
}): ReactNode {
  const { resource, what } = props;
  if (resource.kind === 'loading') return <Loading what={what} />;
  if (resource.kind === 'failed')
    return <ProblemNotice problem={resource.problem} {...(props.onRetry && { onRetry: props.onRetry })} />;
  return props.children(resource.value);
}

export function Loading({ what }: { readonly what: string }): ReactNode {
  return (
    <div className="state loading" role="status">
      <span className="spinner" aria-hidden="true" />
      <p>Loading {what} …</p>
    </div>
  );
}

/** A problem as title, detail and what the reader can do about it. */
export function ProblemNotice(props: {
  readonly problem: Problem;
  readonly onRetry?: () => void;
  readonly children?: ReactNode;
}): ReactNode {
  const { problem } = props;
  return (
    <div className="notice bad" role="alert">
      <p className="notice-title">{problem.title}</p>
      {problem.detail && problem.detail !== problem.title && <p>{problem.detail}</p>}
      <p className="what-to-do">{problem.remedy ?? whatToDo(problem.status)}</p>
      <div className="actions">
        {props.children}
        {props.onRetry && (
          <button type="button" className="button" onClick={props.onRetry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

export function Empty(props: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="state empty">
      <p className="empty-title">{props.title}</p>
      {props.children && <div>{props.children}</div>}
    </div>
  );
}

/** One sentence of advice per class of HTTP status; 0 is no answer at all. */
export function whatToDo(status: number): string {
  if (status === 0) return 'Check that the Ratebook server is running and that you are connected, then try again.';
  if (status === 404) return 'It may have been renamed or never existed. Go back to the list and look it up there.';
  if (status === 409) return 'Somebody else changed it meanwhile. Load it again and repeat what you wanted to do.';
  if (status === 503) return 'The server is starting or its database is away. Wait a moment and try again.';
  if (status < 500) return 'Correct what is described above and try again.';
  return 'This is a fault of the server, not yours. Its log says more; nothing was half saved.';
}
