import { expect, it } from 'vitest';
import { inOrder } from '../../src/write/in-order.js';

/** Tasks that end when told to. */
function tasks(count: number) {
  const started: number[] = [];
  const ends: ((value: number) => void)[] = [];
  const fails: ((error: Error) => void)[] = [];
  const start = (index: number) => () => {
    started.push(index);
    return new Promise<number>((resolve, reject) => {
      ends[index] = resolve;
      fails[index] = reject;
    });
  };
  return { started, ends, fails, start, count };
}

/** Lets everything that is ready go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('accepts in the order of pushing, however the tasks end', async () => {
  const { ends, start } = tasks(3);
  const accepted: number[] = [];
  const queue = inOrder(3);
  const accept = async (value: number) => {
    accepted.push(value);
  };
  for (const index of [0, 1, 2]) await queue.push(start(index), accept);
  ends[2]!(22);
  ends[1]!(11);
  await settle();
  expect(accepted).toEqual([]);
  ends[0]!(0);
  await queue.finish();
  expect(accepted).toEqual([0, 11, 22]);
});

it('starts no more tasks than its capacity', async () => {
  const { started, ends, start } = tasks(3);
  const queue = inOrder(2);
  const pushing = (async () => {
    for (const index of [0, 1, 2]) await queue.push(start(index), async () => {});
  })();
  await settle();
  expect(started).toEqual([0, 1]);
  ends[0]!(0);
  await settle();
  expect(started).toEqual([0, 1, 2]);
  ends[1]!(1);
  ends[2]!(2);
  await pushing;
  await queue.finish();
});

it('throws the error of a task or of an acceptance, and accepts nothing after it', async () => {
  const { ends, fails, start } = tasks(3);
  const accepted: number[] = [];
  const queue = inOrder(3);
  const accept = async (value: number) => {
    accepted.push(value);
  };
  for (const index of [0, 1, 2]) await queue.push(start(index), accept);
  ends[0]!(0);
  fails[1]!(new Error('no space'));
  ends[2]!(2);
  await expect(queue.finish()).rejects.toThrow(new Error('no space'));
  expect(accepted).toEqual([0]);

  const refusing = inOrder(1);
  await refusing.push(
    async () => 1,
    async () => {
      throw new Error('refused');
    },
  );
  await expect(refusing.finish()).rejects.toThrow(new Error('refused'));
});
