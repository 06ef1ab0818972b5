/** `Kind: message` of what a call throws, so that a test states both whole. */
export function message(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  return 'nothing was thrown';
}

export async function rejection(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => 'nothing was thrown', String);
}
