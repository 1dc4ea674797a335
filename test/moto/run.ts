// npm run test:moto: every playbook's scenarios through the command line, as child processes, against Python's moto.
//   node test/moto/run.ts [PLAYBOOK | PLAYBOOK/SCENARIO …]
import { loadPlaybooks, loadScenarios } from '../../functions/adapters/catalogue.ts';
import { type Account, newAccount } from './account.ts';
import { differing, forgottenSettings, missingOperations, staysAfterwards } from './lacks.ts';
import { type Check, type Piece, play } from './play.ts';
import { startMoto } from './server.ts';

/** The command line waits more than it works, so more of them run than there are cores. */
const sideBySide = 6;

const wanted = process.argv.slice(2);
const isWanted = (playbook: string, scenario: string): boolean =>
  wanted.length === 0 || wanted.includes(playbook) || wanted.includes(`${playbook}/${scenario}`);

type Unplayed = { readonly name: string; readonly needs: readonly string[] };

const piecesAndUnplayed = async (): Promise<{ pieces: readonly Piece[]; unplayed: readonly Unplayed[] }> => {
  const pieces: Piece[] = [];
  const unplayed: Unplayed[] = [];
  for (const [playbook, { containment }] of await loadPlaybooks()) {
    let respondToo = true;
    for (const [scenarioName, scenario] of Object.entries(await loadScenarios(playbook))) {
      if (!isWanted(playbook, scenarioName)) continue;
      if (scenario.needs?.length) {
        unplayed.push({ name: `${playbook}/${scenarioName}`, needs: scenario.needs });
        continue;
      }
      pieces.push({ playbook, scenarioName, scenario, evidenceOnly: containment === 'evidence', respondToo });
      respondToo = false;
    }
  }
  return { pieces, unplayed };
};

let passed = 0;
let failed = 0;
const lacking: string[] = [];

/** A check that moto can't pass is no failure, and one that it passes all the same is: the list is out of date. */
const judge = (name: string, { what, held, found }: Check): void => {
  const lack = differing[name]?.[what];
  if (lack !== undefined && !held) {
    lacking.push(`${name}: ${what}: ${lack}`);
    console.log(`lacks  ${name}: ${what} (${lack})`);
  } else if (lack !== undefined) {
    failed++;
    console.log(`FAILED ${name}: ${what}: it holds, so its line in test/moto/lacks.ts is out of date`);
  } else if (held) {
    passed++;
    console.log(`ok     ${name}: ${what}`);
  } else {
    failed++;
    console.log(`FAILED ${name}: ${what}\n       ${found}`);
  }
};

const judgeOperations = (accounts: readonly Account[]): void => {
  const unknown = accounts.flatMap(({ recorder }) => recorder.calls.filter(({ error }) => error === 'not implemented'));
  const names = new Set(unknown.map(({ name }) => name));
  for (const name of names) {
    const reason = missingOperations[name];
    if (reason !== undefined) continue;
    failed++;
    console.log(`FAILED moto does not know ${name}, and test/moto/lacks.ts does not say what follows from it`);
  }
  for (const name of Object.keys(missingOperations)) {
    if (names.has(name) || wanted.length > 0) continue;
    failed++;
    console.log(`FAILED ${name} is listed in test/moto/lacks.ts as missing, and was never missed`);
  }
};

const printLacks = (unplayed: readonly Unplayed[]): void => {
  console.log('\nOperations that moto does not know');
  for (const [name, reason] of Object.entries(missingOperations)) console.log(`  ${name}: ${reason}`);
  console.log('\nWhat moto does otherwise than AWS');
  for (const [name, { why }] of Object.entries(forgottenSettings)) console.log(`  ${name}: ${why}`);
  for (const line of lacking) console.log(`  ${line}`);
  console.log('\nScenarios that no call can arrange, played in memory only');
  for (const { name, needs } of unplayed) console.log(`  ${name}: ${needs.join(', ')}`);
  console.log('\nWhat stays in the account after a release');
  for (const { what, why } of staysAfterwards) console.log(`  ${what.source}: ${why}`);
};

const playAll = async (moto: string): Promise<void> => {
  const { pieces, unplayed } = await piecesAndUnplayed();
  const accounts: Account[] = [];
  const queue = pieces.map((piece, index) => ({ piece, number: index + 1 }));
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const account = await newAccount(moto, next.number);
      accounts.push(account);
      const name = `${next.piece.playbook}/${next.piece.scenarioName}`;
      await play(next.piece, account, (check) => judge(name, check));
      account.recorder.stop();
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, lane));
  judgeOperations(accounts);
  printLacks(unplayed);
};

const server = await startMoto();
if (!server) {
  console.error("There is no moto_server on this machine. Install it with: pip install 'moto[server]'");
  process.exit(1);
}
try {
  await playAll(server.url);
} finally {
  server.stop();
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
