// Bugs planted one at a time: each must break a promise that the fault drill watches over. A drill that can't see them proves nothing.
// That the same trials break none without them is what npm run drill:faults shows.

export interface Mutant {
  readonly name: string;
  /** Of the repository. */
  readonly file: string;
  /** Each must stand in the file exactly once. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** The scenario whose trials must see it, and of which kind they are. */
  readonly seenIn: `${string}/${string}`;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'the hold is recorded after the write',
    file: 'functions/engine/take-all.ts',
    edits: [
      [
        'return { ...rest, taken: await take(engine, rest.held, incident.id, rest.change.to, await first) };',
        'await first;\n    await rest.held.setting.write(rest.held.aws, rest.held.id, rest.change.to, await rest.prepared);\n    return { ...rest, taken: await take(engine, rest.held, incident.id, rest.change.to) };',
      ],
    ],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'a retry overwrites the original',
    file: 'functions/engine/hold.ts',
    edits: [
      ['free ? value : record.original;', 'value;'],
      [
        'const isKnown = known !== undefined && same(known, wanted);',
        'const isKnown = known !== undefined && wanted === undefined;',
      ],
    ],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'only the first interface is isolated',
    file: 'playbooks/isolate-instance/playbook.ts',
    edits: [
      [
        'const own = seen.interfaces.filter(({ managedBy }) => managedBy === null);',
        'const own = seen.interfaces.filter(({ managedBy }) => managedBy === null).slice(0, 1);',
      ],
    ],
    seenIn: 'isolate-instance/two-networks',
  },
  {
    name: 'a failed write is swallowed',
    file: 'functions/engine/contain.ts',
    edits: [
      [
        "  const requests = done.requests.map(({ requestId }) => requestId);\n  if ('error' in done) {\n    const not ",
        "  const requests = done.requests.map(({ requestId }) => requestId);\n  if ('error' in done && incident.id === '') {\n    const not ",
      ],
    ],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'people are told before it is decided',
    file: 'functions/engine/close.ts',
    edits: [['await tell(engine, closed);', 'await tell(engine, incident);']],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'a release does not compare',
    file: 'functions/engine/hold.ts',
    edits: [
      [
        "  if (!ours && mode !== 'force')\n    return holdAgain(tools, held, record, version, { state: 'conflict', found: value, original });\n",
        '',
      ],
    ],
    seenIn: 'isolate-instance/two-networks',
  },
  {
    name: 'verification does not read',
    file: 'functions/engine/verify.ts',
    edits: [['if (same(value, wanted) && holds)', 'if (holds)']],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'a surplus of snapshots is not named',
    file: 'playbooks/evidence/ebs-volume-snapshots.ts',
    edits: [['...(surplus.length > 0', '...(surplus.length > 1_000']],
    seenIn: 'snapshot-volumes/failing-snapshot',
  },
  {
    name: 'a release writes nothing',
    file: 'functions/engine/hold.ts',
    edits: [['  if (!(await writeValue(tools, held, original, version))) return undefined;\n', '']],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'an execution that could not be started is forgotten',
    file: 'functions/receive.ts',
    edits: [['if (failed) throw failed.reason;', '']],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'the journal is no chain',
    file: 'functions/engine/journal.ts',
    edits: [['const previous = blocks.at(-1)?.hash ?? beginning;', 'const previous = beginning;']],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'a notice that could not be sent is dropped',
    file: 'functions/notices/send.ts',
    edits: [['await sending.deadLetter({ notice: notice.id, publication, error: whatAwsSaid(error) });', '']],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'the key points to an incident before there is one',
    file: 'functions/engine/incident.ts',
    edits: [
      [
        "    const opened = await tools.ledger.write('incidents', id, incident, 0);\n    const pointed = awaitedLater(tools.ledger.write('keys', opening.key, { generation }, version));\n",
        "    const pointed = Promise.resolve(await tools.ledger.write('keys', opening.key, { generation }, version));\n    const opened = await tools.ledger.write('incidents', id, incident, 0);\n",
      ],
    ],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'the same event opens an incident each time',
    file: 'functions/engine/recurrence.ts',
    edits: [
      [
        'if (!isOver(incident) && !hasFailed(incident) && !isLost(incident, now)) return true;',
        'if (now.getTime() > 0) return false;',
      ],
    ],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    // By itself it does no harm any more: what stands though it was put back is put back again.
    name: 'the hold is freed before the original is back, and nothing is put back again',
    file: 'functions/engine/hold.ts',
    edits: [
      ['(record.last?.by === incident ? stillStands : undefined)', 'undefined'],
      [
        '  if (!(await writeValue(tools, held, original, version))) return undefined;\n  return end(',
        '  void writeValue(tools, held, original, version).catch(() => undefined);\n  return end(',
      ],
    ],
    seenIn: 'block-public-bucket/public-policy',
  },
  {
    name: 'an isolation group that nobody uses stays behind',
    file: 'functions/engine/release.ts',
    edits: [['(await held.setting.retire?.(held.aws, held.id)) ?? []', '[]']],
    seenIn: 'isolate-instance/live-connection',
  },
];
