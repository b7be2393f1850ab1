// As much of JSON Schema as docs/openapi.json uses; a keyword that it does not know is an error of the description.
const kKnown = new Set(['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'pattern', 'minLength', 'maxLength', 'minimum',
  'maximum', 'minItems', 'maxItems', 'anyOf', '$ref', 'description', 'default']);

const isOf = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isSafeInteger(value),
  array: Array.isArray,
  object: (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
  null: (value) => value === null,
};

// What is wrong with `value`, a list of sentences. `root` is where $ref looks.
export function faultsOf(value, schema, root, where = 'body') {
  for (const keyword of Object.keys(schema)) {
    if (!kKnown.has(keyword)) return [`${where}: the description says ${keyword}, which nobody checks`];
  }
  if (schema.$ref) return faultsOf(value, schema.$ref.slice(2).split('/').reduce((at, step) => at[step], root), root, where);
  if (schema.anyOf) {
    const tries = schema.anyOf.map((each) => faultsOf(value, each, root, where));
    return tries.some((faults) => faults.length === 0) ? [] : tries.flat();
  }
  const types = [schema.type].flat();
  if (schema.type && !types.some((type) => isOf[type](value))) return [`${where} is ${JSON.stringify(value)}, not ${types.join(' or ')}`];
  if (value === null) return [];
  const faults = [];
  const must = (holds, what) => holds || faults.push(`${where}: ${what}, but it is ${JSON.stringify(value)}`);
  if (schema.enum) must(schema.enum.includes(value), `one of ${schema.enum}`);
  if (schema.pattern) must(new RegExp(schema.pattern).test(value), schema.pattern);
  if (schema.minLength !== undefined) must(value.length >= schema.minLength, `at least ${schema.minLength} long`);
  if (schema.maxLength !== undefined) must(value.length <= schema.maxLength, `at most ${schema.maxLength} long`);
  if (schema.minimum !== undefined) must(value >= schema.minimum, `at least ${schema.minimum}`);
  if (schema.maximum !== undefined) must(value <= schema.maximum, `at most ${schema.maximum}`);
  if (Array.isArray(value)) value.forEach((each, i) => faults.push(...faultsOf(each, schema.items ?? {}, root, `${where}[${i}]`)));
  else if (isOf.object(value)) faults.push(...faultsOfObject(value, schema, root, where));
  return faults;
}

function faultsOfObject(value, schema, root, where) {
  const faults = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${where}.${name} is missing`);
  for (const [name, each] of Object.entries(value)) {
    const known = schema.properties?.[name];
    if (known) faults.push(...faultsOf(each, known, root, `${where}.${name}`));
    else if (schema.additionalProperties === false) faults.push(`${where}.${name} is not described`);
  }
  return faults;
}
