/** For work that is awaited further down: until then its failure must not end the process, which has other work under way. */
export const awaitedLater = <T>(work: Promise<T>): Promise<T> => {
  work.catch(() => undefined);
  return work;
};
