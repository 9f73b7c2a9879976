/** Arguments of a command that cannot be used, told apart from faults that were found: the exit code is 2 and not 1. */
export function unusable(message: string): Error {
  return Object.assign(new Error(message), { exitCode: 2 });
}

/** What the process ends with for an error that reached the top. */
export function exitCodeOf(error: unknown): number {
  const known = typeof error === 'object' && error !== null && 'exitCode' in error ? error.exitCode : undefined;
  return typeof known === 'number' ? known : 1;
}
