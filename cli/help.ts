// Help: written from the table of commands, so that it can't be out of date.
import type { Command } from './command.ts';
import { paragraph, type Screen } from './screen.ts';

const columns = (screen: Screen, rows: readonly (readonly [string, string])[]): void => {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4;
  for (const [name, about] of rows) paragraph(screen, '  ', about, name.padEnd(left - 2));
};

const exits = [
  ['0', 'as wanted'],
  ['1', 'failed'],
  ['2', 'asked for in a way that is not understood'],
  ['3', 'refused, ignored, denied or expired; nothing to answer any more'],
  ['4', 'partly contained, waiting, in conflict or drifted'],
] as const;

/** Everything, on one screen. */
export const showHelp = (screen: Screen, commands: readonly Command[], version: string): void => {
  const head = (text: string) => screen.line(`\n${screen.paint('bold', text)}`);
  screen.line(
    `${screen.paint('bold', `firebreak ${version}`)}: contains incidents on AWS, and puts back what it changed`,
  );
  head('Commands');
  columns(
    screen,
    commands.map(({ usage, summary }) => [usage, summary] as const),
  );
  head('Start with');
  for (const line of ['firebreak drill', 'firebreak contain isolate-instance i-0123456789abcdef0 --dry-run'])
    screen.line(`  ${line}`);
  head('Exit codes');
  columns(screen, exits);
  head('Environment');
  columns(screen, [
    ['AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …', "the SDK's own: whose credentials, where, and at which endpoint"],
    [
      'FIREBREAK_CONFIG',
      "the rails; without it firebreak.config.ts in the folder where you are, or Firebreak's own, which is all defaults",
    ],
    [
      'FIREBREAK_LEDGER',
      "the ledger file; without it $XDG_STATE_HOME/firebreak/ledger.sqlite. The kill switch's file stands beside it",
    ],
    ['FIREBREAK_DEBUG', '1 shows where an error happened'],
    ['NO_COLOR', 'no colours'],
  ]);
  screen.line("\n'firebreak help COMMAND' shows options and examples.");
};

/** One command. */
export const showCommandHelp = (screen: Screen, { usage, summary, about, options, examples }: Command): void => {
  const head = (text: string) => screen.line(`\n${screen.paint('bold', text)}`);
  screen.line(`${screen.paint('bold', `firebreak ${usage}`)}${Object.keys(options).length > 0 ? ' [options]' : ''}`);
  paragraph(screen, '  ', summary);
  for (const text of about ?? []) {
    screen.line();
    paragraph(screen, '  ', text);
  }
  if (Object.keys(options).length > 0) {
    head('Options');
    columns(
      screen,
      Object.entries(options).map(([name, { value, about: text }]) => [`--${name}${value ? ` ${value}` : ''}`, text]),
    );
  }
  head('Examples');
  for (const example of examples) screen.line(`  ${example}`);
};
