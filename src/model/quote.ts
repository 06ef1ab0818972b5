/** A name from a file as an error message shows it: on one line, control characters escaped, long ones cut. */
export function quote(name: string): string {
  const shown = name.length > 80 ? `${name.slice(0, 80)}...` : name;
  return `'${JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"')}'`;
}
