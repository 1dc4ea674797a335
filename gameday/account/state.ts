// What the account in memory remembers: plain data, so that it can be copied, compared and printed.
// It knows no service by name: each service keeps a slice of its own, declared and typed in its own file.

interface AccountState {
  /** Slices of services without Regions: IAM, the names of S3 buckets. */
  readonly global: Record<string, object>;
  /** Slices of Regional services, by Region and service. */
  readonly regions: Record<string, Record<string, object>>;
}

export interface State {
  accounts: Record<string, AccountState>;
}

export const emptyState = (): State => ({ accounts: {} });

/** The slice of one service in an account and Region (or `'global'`), made by `create` when it isn't there yet. */
export const slice = <T extends object>(
  state: State,
  account: string,
  region: string,
  service: string,
  create: () => T,
): T => {
  state.accounts[account] ??= { global: {}, regions: {} };
  const { global, regions } = state.accounts[account];
  if (region !== 'global') regions[region] ??= {};
  const services = region === 'global' ? global : (regions[region] ?? {});
  services[service] ??= create();
  return services[service] as T;
};

/** A copy of plain data, which is all that inputs and answers are made of; a stream is handed on as it is. Faster than structuredClone. */
export const copyOf = <T>(value: T): T => {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== 'object' || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    return value instanceof Date ? (new Date(value) as T) : value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)])) as T;
};

const isBare = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).every(isBare);

const withoutBare = <T extends object>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => !isBare(value)));

/** A copy to compare with others: a slice that holds nothing is left out, since a mere read may have made it. */
export const copyState = (state: State): State => {
  const accounts: State['accounts'] = {};
  for (const [id, account] of Object.entries(copyOf(state.accounts))) {
    const regions = Object.fromEntries(
      Object.entries(account.regions).map(([region, services]) => [region, withoutBare(services)]),
    );
    accounts[id] = { global: withoutBare(account.global), regions: withoutBare(regions) };
  }
  return { accounts: withoutBare(accounts) };
};
