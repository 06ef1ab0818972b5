import { expect, it } from 'vitest';
import { openProgress } from '../../src/cli/progress.js';

/** The line that a terminal of so many columns shows at a quarter of 4,800 maps. */
function lineAt(title: string, columns: number | undefined, isTTY = true): string {
  let text = '';
  let now = 0;
  const output = {
    isTTY,
    ...(columns === undefined ? {} : { columns }),
    write: (part: string) => {
      text += part;
    },
  };
  const progress = openProgress(output, title, () => now);
  progress.update(1199, 4800);
  expect(text).toBe('');
  now = 1000;
  progress.update(1200, 4800);
  return text.replace('\r\x1b[2K', '');
}

const BAR = '██████░░░░░░░░░░░░░░░░░░';
const LONG = '/home/somebody/pictures/2024/holiday/beach/photo.jpg';

it('shows image, bar, percentage and count after a second', () => {
  expect(lineAt('photo.jpg', 80)).toBe(`photo.jpg  ${BAR}  25 %  1,200 of 4,800 maps`);
  expect(lineAt('photo.jpg', undefined)).toBe(lineAt('photo.jpg', 80));
});

it('a long path loses its start', () => {
  expect(lineAt(LONG, 80)).toBe(`…4/holiday/beach/photo.jpg  ${BAR}  25 %  1,200 of 4,800 maps`);
});

it('a narrow terminal loses the bar, then the path, and never has a full line', () => {
  expect(lineAt(LONG, 60)).toBe('…s/2024/holiday/beach/photo.jpg   25 %  1,200 of 4,800 maps');
  expect(lineAt(LONG, 40)).toBe('…/photo.jpg   25 %  1,200 of 4,800 maps');
  expect(lineAt(LONG, 30)).toBe(' 25 %  1,200 of 4,800 maps');
  expect(lineAt(LONG, 8)).toBe(' 25 %  ');
});

it('what is no terminal gets whole lines', () => {
  expect(lineAt(LONG, 20, false)).toBe(`${LONG}  ${BAR}  25 %  1,200 of 4,800 maps\n`);
});
