/**
 * Reads a Python pickle without executing anything (Python's pickletools.py describes the opcodes). It knows the
 * opcodes that torch.save writes in protocols 2 to 5 and those of Python 2; globals are names that the caller maps
 * to its own constructors. Nothing here recurses, so nesting in a file costs heap that MAX_OPCODES bounds, not stack.
 */
import { ModelError } from '../../errors.js';
import { OUT_OF_BYTES, type PickleEnvironment, PickleMachine } from './pickle-machine.js';
import { OPERATIONS, REFUSED_OPCODES } from './pickle-operations.js';
import { PickleProblem, type PickleValue } from './pickle-value.js';

const STOP = 0x2e;
/** A tensor costs about 35 opcodes: room for 28,000, where ResNet-152 has 932. Each opcode can build one container. */
export const MAX_OPCODES = 1_000_000;

export interface Unpickled {
  readonly value: PickleValue;
  /** The byte after STOP. */
  readonly end: number;
}

/**
 * The pickle that starts at byte `start`, or 'incomplete' where `bytes` end before it does. `where` names the file
 * and part in errors, whose byte offsets count from the start of `bytes`.
 */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  where: string,
  environment: PickleEnvironment,
): Unpickled | 'incomplete' {
  const machine = new PickleMachine(bytes, start, environment);
  let opcodeOffset = start;
  try {
    for (let count = 0; count < MAX_OPCODES; count++) {
      opcodeOffset = machine.position;
      const opcode = machine.take(1)[0]!;
      if (opcode === STOP) return { value: machine.finish(), end: machine.position };
      const operation = OPERATIONS.get(opcode);
      if (operation === undefined) {
        const hex = `0x${opcode.toString(16).padStart(2, '0')}`;
        const name = REFUSED_OPCODES.get(opcode);
        throw new PickleProblem(`opcode ${name ?? hex} is not one that torch.save writes for a state dict`);
      }
      operation(machine);
    }
    throw new PickleProblem(`more than ${MAX_OPCODES} opcodes`);
  } catch (error) {
    if (error === OUT_OF_BYTES) return 'incomplete';
    if (!(error instanceof PickleProblem)) throw error;
    throw new ModelError(`${where}: pickle byte ${opcodeOffset}: ${error.message}`, { cause: error });
  }
}
