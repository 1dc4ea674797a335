// Checks a value against the SDK's own schema of it. The SDK drops parameters that it doesn't know without a word, and a model
// could answer what AWS never would; neither gets past this.
import { NormalizedSchema } from '@smithy/core/schema';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The first so many members of a structure are the required ones; the schema says how many. */
const required = (schema: NormalizedSchema): readonly string[] => {
  const raw = schema.getSchema() as unknown as readonly unknown[];
  return (raw[4] as readonly string[]).slice(0, typeof raw[6] === 'number' ? raw[6] : 0);
};

const scalarProblems = (schema: NormalizedSchema, value: unknown, path: string): readonly string[] => {
  const expected = schema.isStringSchema()
    ? 'string'
    : schema.isBooleanSchema()
      ? 'boolean'
      : schema.isNumericSchema()
        ? 'number'
        : undefined;
  if (schema.isTimestampSchema()) return value instanceof Date ? [] : [`${path} must be a Date`];
  return expected && typeof value !== expected ? [`${path} must be a ${expected}`] : [];
};

const problems = (schema: NormalizedSchema, value: unknown, path: string, asInput: boolean): readonly string[] => {
  if (value === undefined || value === null || schema.isStreaming() || schema.isUnitSchema()) return [];
  if (schema.isStructSchema()) {
    if (!isRecord(value)) return [`${path} must be an object`];
    const members = schema.getMemberSchemas();
    const missing = asInput ? required(schema).filter((name) => value[name] === undefined) : [];
    return [
      ...missing.map((name) => `${path}.${name} is missing`),
      ...Object.entries(value).flatMap(([name, item]) => {
        const member = members[name];
        if (!member) return item === undefined || name === '$metadata' ? [] : [`${path}.${name} is unknown`];
        return problems(member, item, `${path}.${name}`, asInput);
      }),
    ];
  }
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [`${path} must be a list`];
    const member = schema.getValueSchema();
    return value.flatMap((item, index) => problems(member, item, `${path}[${index}]`, asInput));
  }
  if (schema.isMapSchema()) {
    if (!isRecord(value)) return [`${path} must be a map`];
    const member = schema.getValueSchema();
    return Object.entries(value).flatMap(([key, item]) => problems(member, item, `${path}.${key}`, asInput));
  }
  return scalarProblems(schema, value, path);
};

/** The schema of an operation as the SDK keeps it: kind, namespace, name, traits, input, output. */
export type OperationSchema = readonly [9, string, string, unknown, unknown, unknown];

const schemaOf = (raw: unknown): NormalizedSchema =>
  NormalizedSchema.of(raw as Parameters<typeof NormalizedSchema.of>[0]);

export const inputProblems = (operation: OperationSchema, input: unknown): readonly string[] =>
  problems(schemaOf(operation[4]), input, operation[2], true);

export const outputProblems = (operation: OperationSchema, output: unknown): readonly string[] =>
  problems(schemaOf(operation[5]), output, `${operation[2]} → `, false);

/** Whether the SDK sends a token with the operation by which AWS knows a repeated call. */
export const hasIdempotencyToken = (operation: OperationSchema): boolean => {
  const input = schemaOf(operation[4]);
  return (
    input.isStructSchema() && Object.values(input.getMemberSchemas()).some((member) => member.isIdempotencyToken())
  );
};
