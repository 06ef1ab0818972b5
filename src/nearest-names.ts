/**
 * The `count` names with the fewest single-character edits (Levenshtein 1966) from `wanted`, nearest first, case ignored. Only the first 64
 * characters of `wanted` count, since it comes from the user.
 */
export function nearestNames(wanted: string, names: readonly string[], count = 3): string[] {
  const target = wanted.slice(0, 64).toLowerCase();
  return names
    .map((name) => ({ name, edits: editDistance(name.toLowerCase(), target) }))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, count)
    .map(({ name }) => name);
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = previous[j]! + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(replaced, previous[j + 1]! + 1, row[j]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}
