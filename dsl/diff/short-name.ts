/** Without what two ids share in front: what `like` has copied is then told alike. */
export function shortName(id: string, beside: string): string {
  const [words, others] = [id.split('.'), beside.split('.')];
  const shared = words.findIndex((word, index) => word !== others[index]);
  return shared < 0 ? id : words.slice(shared).join('.');
}
