/**
 * Ends the process in good order when it is told to stop (Ctrl-C, SIGTERM) while it works: `action` leaves nothing
 * running. What was not finished is finished by the next start. The result takes the watch off.
 */
export function onInterrupt(action: () => Promise<void>): () => void {
  const stop = (signal: NodeJS.Signals) => {
    unwatch();
    console.error('\nStopped; the next start goes on from here.');
    const end = () => process.exit(signal === 'SIGINT' ? 130 : 143);
    action().then(end, end);
  };
  const unwatch = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return unwatch;
}
