// What follows from the family of an instance type.

const xenFamilies = new Set([
  't1',
  't2',
  'm1',
  'm2',
  'm3',
  'm4',
  'c1',
  'c3',
  'c4',
  'r3',
  'r4',
  'i2',
  'i3',
  'd2',
  'x1',
  'x1e',
]);

export const familyOf = (type: string): string => type.split('.')[0] ?? '';

export const isNitro = (type: string): boolean => !xenFamilies.has(familyOf(type));

/** The sixth generation of Nitro remembers idle flows for less long than all others. */
const sixthGeneration = new Set([
  'm8a',
  'm8i',
  'm8i-flex',
  'c8a',
  'c8i',
  'c8i-flex',
  'c8gn',
  'r8a',
  'r8i',
  'r8i-flex',
  'r8gn',
]);

/** How long an idle established TCP flow is remembered when nobody sets anything. */
export const tcpEstablishedSeconds = (type: string | undefined): number =>
  type !== undefined && sixthGeneration.has(familyOf(type)) ? 350 : 432_000;

export const architecture = (type: string): 'arm64' | 'x86_64' =>
  /^[a-z]+\d+g/.test(familyOf(type)) ? 'arm64' : 'x86_64';
