/** The part of node's process that the command line uses. */
export interface Terminal {
  readonly argv: readonly string[];
  readonly stdout: Output;
  readonly stderr: Output;
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}
