/** Statistics and colour indices of the values that the caller puts into `values`, at most CHUNK at a time. */

export const CHUNK: u32 = 16384;
/** f32 or f64; vectors reach beyond the last one. */
export const values: usize = memory.data(8 * CHUNK + 64);
/** u8 or u16. */
export const indices: usize = memory.data(2 * CHUNK + 64);

/** What `scan` found; NaN and infinities make the sum one of them, and the rest of it meaningless. */
export let minimum: f32 = 0;
export let maximum: f32 = 0;
export let sum: f64 = 0;
export let zeros: u32 = 0;

/** Looks at the first `count` f32 values, at least one. */
export function scan(count: u32): void {
  let least = v128.load_splat<u32>(values);
  let greatest = least;
  let sumA = f64x2.splat(0);
  let sumB = f64x2.splat(0);
  let equals = i32x4.splat(0);
  const end = values + 4 * count;
  let at = values;
  for (; at + 16 <= end; at += 16) {
    const four = v128.load(at);
    least = f32x4.pmin(least, four);
    greatest = f32x4.pmax(greatest, four);
    equals = i32x4.sub(equals, f32x4.eq(four, f32x4.splat(0)));
    sumA = f64x2.add(sumA, f64x2.promote_low_f32x4(four));
    sumB = f64x2.add(sumB, f64x2.promote_low_f32x4(upperHalf(four)));
  }
  minimum = min(
    min(f32x4.extract_lane(least, 0), f32x4.extract_lane(least, 1)),
    min(f32x4.extract_lane(least, 2), f32x4.extract_lane(least, 3)),
  );
  maximum = max(
    max(f32x4.extract_lane(greatest, 0), f32x4.extract_lane(greatest, 1)),
    max(f32x4.extract_lane(greatest, 2), f32x4.extract_lane(greatest, 3)),
  );
  sum = total(f64x2.add(sumA, sumB));
  zeros =
    i32x4.extract_lane(equals, 0) +
    i32x4.extract_lane(equals, 1) +
    i32x4.extract_lane(equals, 2) +
    i32x4.extract_lane(equals, 3);
  for (; at < end; at += 4) {
    const value = load<f32>(at);
    minimum = min(minimum, value);
    maximum = max(maximum, value);
    zeros += (value === 0) as u32;
    sum += value;
  }
}

/** The sum of the squared distances of the first `count` f32 values from `mean`. */
export function squaresAbout(mean: f64, count: u32): f64 {
  const means = f64x2.splat(mean);
  let sumA = f64x2.splat(0);
  let sumB = f64x2.splat(0);
  const end = values + 4 * count;
  let at = values;
  for (; at + 16 <= end; at += 16) {
    const four = v128.load(at);
    const a = f64x2.sub(f64x2.promote_low_f32x4(four), means);
    const b = f64x2.sub(f64x2.promote_low_f32x4(upperHalf(four)), means);
    sumA = f64x2.add(sumA, f64x2.mul(a, a));
    sumB = f64x2.add(sumB, f64x2.mul(b, b));
  }
  let squares = total(f64x2.add(sumA, sumB));
  for (; at < end; at += 4) {
    const distance = (load<f32>(at) as f64) - mean;
    squares += distance * distance;
  }
  return squares;
}

/**
 * Sets the u16 index, or where `isByte` u8, of each of the first `count` values, f64 where `isDouble`, else f32: floor((value - lo) /
 * span * entries), from 0 to entries - 1, and `nanIndex` for NaN. Returns whether there was one.
 */
export function setIndices(
  count: u32,
  isDouble: bool,
  isByte: bool,
  lo: f64,
  span: f64,
  entries: u32,
  nanIndex: u32,
): bool {
  const los = f64x2.splat(lo);
  const spans = f64x2.splat(span);
  const scales = f64x2.splat(entries);
  const lasts = i32x4.splat(entries - 1);
  const valueBytes: usize = isDouble ? 8 : 4;
  // Vectors are full to their end, with values that are no NaN.
  memory.fill(values + (count as usize) * valueBytes, 0, 64);
  let ordered = i64x2.splat(-1);
  let at = values;
  let target = indices;
  for (let n: u32 = 0; n < count; n += 8, at += 8 * valueBytes) {
    let a: v128, b: v128, c: v128, d: v128;
    if (isDouble) {
      a = v128.load(at);
      b = v128.load(at, 16);
      c = v128.load(at, 32);
      d = v128.load(at, 48);
    } else {
      const first = v128.load(at);
      const second = v128.load(at, 16);
      a = f64x2.promote_low_f32x4(first);
      b = f64x2.promote_low_f32x4(upperHalf(first));
      c = f64x2.promote_low_f32x4(second);
      d = f64x2.promote_low_f32x4(upperHalf(second));
    }
    ordered = v128.and(ordered, v128.and(v128.and(isOrdered(a), isOrdered(b)), v128.and(isOrdered(c), isOrdered(d))));
    const low = i64x2.shuffle(place(a, los, spans, scales), place(b, los, spans, scales), 0, 2);
    const high = i64x2.shuffle(place(c, los, spans, scales), place(d, los, spans, scales), 0, 2);
    const eight = i16x8.narrow_i32x4_s(clamp(low, lasts), clamp(high, lasts));
    if (isByte) v128.store64_lane(target, i8x16.narrow_i16x8_u(eight, eight), 0);
    else v128.store(target, eight);
    target += isByte ? 8 : 16;
  }
  if (i64x2.all_true(ordered)) return false;
  for (let n: u32 = 0; n < count; n++) {
    const value = isDouble ? load<f64>(values + 8 * n) : (load<f32>(values + 4 * n) as f64);
    if (!Number.isNaN(value)) continue;
    if (isByte) store<u8>(indices + n, nanIndex as u8);
    else store<u16>(indices + 2 * n, nanIndex as u16);
  }
  return true;
}

function isOrdered(two: v128): v128 {
  return f64x2.eq(two, two);
}

/** Two places as i32; beyond the range of an i32 its ends, 0 for NaN. */
function place(two: v128, los: v128, spans: v128, scales: v128): v128 {
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(f64x2.div(f64x2.sub(two, los), spans), scales));
}

function clamp(four: v128, lasts: v128): v128 {
  return i32x4.min_s(i32x4.max_s(four, i32x4.splat(0)), lasts);
}

function upperHalf(four: v128): v128 {
  return i64x2.shuffle(four, four, 1, 1);
}

function total(two: v128): f64 {
  return f64x2.extract_lane(two, 0) + f64x2.extract_lane(two, 1);
}
