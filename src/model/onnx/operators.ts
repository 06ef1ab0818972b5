/** Refuses, before anything runs, a network with operators or versions that ONNX Runtime does not have. */
import { ModelError } from '../../errors.js';
import { quote } from '../quote.js';
import type { OnnxFile } from './onnx-file.js';
import { NEWEST_IR, NEWEST_OPSET, OPERATORS } from './operator-tables.js';

/** ONNX Runtime's oldest (https://onnxruntime.ai/docs/reference/compatibility.html). */
const OLDEST_OPSET = 7;
const NAMED = 5;

/** Throws a ModelError that names the operators and says how often each occurs. */
export function checkOperators({ name, irVersion, opsets, operators, functions }: OnnxFile): void {
  if (irVersion > NEWEST_IR) {
    throw new ModelError(
      `${name}: IR version ${irVersion} is newer than ${NEWEST_IR}, the newest that ONNX Runtime reads here; export it with an older onnx package`,
    );
  }
  const opset = opsets.get('');
  if (opset !== undefined && !(opset >= OLDEST_OPSET && opset <= NEWEST_OPSET)) {
    throw new ModelError(
      `${name}: opset ${opset} is outside ${OLDEST_OPSET} to ${NEWEST_OPSET}, which ONNX Runtime has here; export it with opset_version=17`,
    );
  }
  const unknown = [...operators].filter(([operator]) => !isKnown(operator, functions));
  if (unknown.length === 0) return;
  const named = unknown
    .sort(([, a], [, b]) => b - a)
    .slice(0, NAMED)
    .map(([operator, count]) => `${quote(operator)} x ${count}`);
  throw new ModelError(
    `${name}: ONNX Runtime has no operator ${named.join(', ')}${unknown.length > NAMED ? `, and ${unknown.length - NAMED} more` : ''}; ` +
      'export the network with operators of ONNX alone',
  );
}

function isKnown(operator: string, functions: ReadonlySet<string>): boolean {
  const dot = operator.lastIndexOf('.');
  const domain = operator.slice(0, Math.max(dot, 0));
  const op = operator.slice(dot + 1);
  return functions.has(`${domain}.${op}`) || (OPERATORS.get(domain)?.has(op) ?? false);
}
