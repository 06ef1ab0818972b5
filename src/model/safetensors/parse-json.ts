/**
 * JSON (RFC 8259) with the guarantees a file header needs and JSON.parse lacks: a repeated key is refused, keys stay in
 * the file's order, nesting is bounded, and no key reaches an object's prototype.
 */
export type JsonValue = null | boolean | number | string | JsonValue[] | Map<string, JsonValue>;

/** A safetensors header nests three deep. */
const MAX_DEPTH = 8;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORDS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

/** Throws a SyntaxError that says at which character what is wrong. */
export function parseJson(text: string): JsonValue {
  let at = 0;

  function fail(problem: string): never {
    throw new SyntaxError(`${problem} at character ${at}`);
  }

  function skipSpace(): void {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  }

  /** Takes the next character that is not space, if it is this one. */
  function takes(character: string): boolean {
    skipSpace();
    if (text[at] !== character) return false;
    at++;
    return true;
  }

  function expect(character: string): void {
    if (!takes(character)) fail(`'${character}' is missing`);
  }

  function value(depth: number): JsonValue {
    if (depth > MAX_DEPTH) fail(`nesting deeper than ${MAX_DEPTH}`);
    skipSpace();
    if (text[at] === '"') return string();
    if (takes('{')) return object(depth);
    if (takes('[')) return array(depth);
    const word = WORDS.find(([spelling]) => text.startsWith(spelling, at));
    if (word !== undefined) {
      at += word[0].length;
      return word[1];
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(text)?.[0] ?? fail('a value is missing');
    at += number.length;
    return Number(number);
  }

  function object(depth: number): Map<string, JsonValue> {
    const members = new Map<string, JsonValue>();
    if (takes('}')) return members;
    do {
      skipSpace();
      if (text[at] !== '"') fail('a key is missing');
      const key = string();
      if (members.has(key)) fail(`the key ${JSON.stringify(key.slice(0, 80))} is repeated`);
      expect(':');
      members.set(key, value(depth + 1));
    } while (takes(','));
    expect('}');
    return members;
  }

  function array(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    if (takes(']')) return items;
    do items.push(value(depth + 1));
    while (takes(','));
    expect(']');
    return items;
  }

  /** JSON.parse decodes the escapes of this one literal, and refuses bad ones. */
  function string(): string {
    let end = at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    try {
      const literal: string = JSON.parse(text.slice(at, end + 1));
      at = end + 1;
      return literal;
    } catch {
      return fail('a string is malformed');
    }
  }

  const parsed = value(1);
  skipSpace();
  if (at < text.length) fail('something follows the value');
  return parsed;
}
