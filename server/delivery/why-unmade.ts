/** Why a message could not be made, in one line: the first that says something. Where the rules folder lies on this machine is nobody's business. */
export function whyUnmade({ message }: Error): string {
  const [first = 'The template cannot be rendered', second] = message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const said = /^Bad template syntax$/.test(first) && second !== undefined ? `${first}: ${second}` : first;
  return said.replaceAll(/\/\S*\/(?=messages\/)/g, '');
}
