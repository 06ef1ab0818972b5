/**
 * The errors a user can meet. Each message says where, what was expected, what was found and what to do.
 * `kind` is the stable tag to switch on; the command line turns it into its exit code.
 */
export type ErrorKind = 'usage' | 'input' | 'model' | 'output';

/** Not the classes' own, which a bundler shortens. */
const NAMES = { usage: 'UsageError', input: 'InputError', model: 'ModelError', output: 'OutputError' } as const;

export class FeaturescopeError extends Error {
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = NAMES[kind];
    this.kind = kind;
  }
}

/** A wrong option, value or combination. */
export class UsageError extends FeaturescopeError {
  constructor(message: string, options?: ErrorOptions) {
    super('usage', message, options);
  }
}

/** An image that cannot be found, read, decoded or fed to the network. */
export class InputError extends FeaturescopeError {
  constructor(message: string, options?: ErrorOptions) {
    super('input', message, options);
  }
}

/** A model or weights file that cannot be found, read, matched or run. */
export class ModelError extends FeaturescopeError {
  constructor(message: string, options?: ErrorOptions) {
    super('model', message, options);
  }
}

/** A result that cannot be written. */
export class OutputError extends FeaturescopeError {
  constructor(message: string, options?: ErrorOptions) {
    super('output', message, options);
  }
}
