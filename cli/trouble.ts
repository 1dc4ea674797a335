// What goes wrong, in one sentence with its remedy. Nobody at the command line is to read a stack.
import { whatAwsSaid } from '../functions/engine/engine.ts';

/** 1: it could not be done. 2: it was asked for in a way that can't be understood. 3: it is refused. */
export type TroubleExit = 1 | 2 | 3;

export type Trouble = { readonly error: string; readonly remedy: string; readonly exit: TroubleExit };

/** An error that is a sentence for a person already. */
export const trouble = (error: string, remedy: string, exit: TroubleExit = 2): Error & Trouble =>
  Object.assign(new Error(error), { name: 'Trouble', error, remedy, exit });

const isTrouble = (error: unknown): error is Error & Trouble => error instanceof Error && error.name === 'Trouble';

type Known = {
  readonly when: RegExp;
  readonly says: (said: string) => string;
  readonly remedy: string;
};

const signIn = "Sign in with 'aws sso login' or 'aws configure', or set AWS_PROFILE, and run it again.";

/** By the error's name or code, as the SDK and Node give it. The first that fits counts. */
const known: readonly Known[] = [
  {
    when: /^(ExpiredToken|ExpiredTokenException|RequestExpired|ExpiredCredentials)$/,
    says: () => 'The AWS credentials have expired.',
    remedy: signIn,
  },
  {
    when: /^(CredentialsProviderError|TokenProviderError|ProviderError)$/,
    says: (said) => `No usable AWS credentials were found: ${said}`,
    remedy: signIn,
  },
  {
    when: /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure|IncompleteSignature)$/,
    says: (said) => `AWS does not accept these credentials: ${said}`,
    remedy: `Check AWS_ACCESS_KEY_ID and AWS_PROFILE, and that the account has the Region switched on. ${signIn}`,
  },
  {
    when: /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|Forbidden|AuthorizationError)$/,
    says: (said) => `AWS refused: ${said}`,
    remedy: "Use credentials with the permissions that 'firebreak playbooks' lists.",
  },
  {
    when: /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|TimeoutError|ERR_INVALID_URL)$/,
    says: (said) => `AWS could not be reached: ${said}`,
    remedy: 'Check the network, that the Region exists (--region), and AWS_ENDPOINT_URL if it is set.',
  },
  {
    when: /^(Throttling|ThrottlingException|RequestLimitExceeded|TooManyRequestsException|SlowDown)$/,
    says: (said) => `AWS is throttling this account: ${said}`,
    remedy: 'Run it again in a minute; what is done already is not done twice.',
  },
  {
    when: /^ERR_SQLITE_ERROR$/,
    says: (said) => `The ledger can't be used: ${said}.`,
    remedy: 'Check the file that FIREBREAK_LEDGER names, its folder and its owner; or name another one.',
  },
];

/** With a full stop, where there is none yet. */
export const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

/** Any error, as a sentence and a remedy. */
export const inWords = (error: unknown): Trouble => {
  if (isTrouble(error)) return { error: error.error, remedy: error.remedy, exit: error.exit };
  const { name = '', code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  if (name === 'Unanswerable')
    return { error: sentence(message), remedy: "'firebreak incidents' shows which wait.", exit: 3 };
  if (name === 'FourEyes')
    return {
      error: sentence(message),
      remedy: 'Nothing was done. Whoever does it needs this ledger (FIREBREAK_LEDGER) and credentials of his own.',
      exit: 3,
    };
  const said = whatAwsSaid(message ? error : new Error(String(code || name)));
  const found = known.find(({ when }) => when.test(code) || when.test(name));
  if (found) return { error: sentence(found.says(said)), remedy: found.remedy, exit: 1 };
  const remedy =
    "Nothing that is on record is lost: 'firebreak incidents' shows it. FIREBREAK_DEBUG=1 shows where it happened.";
  return { error: sentence(said), remedy, exit: 1 };
};

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, right] of b.split('').entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (left === right ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
};

/** 'Did you mean …? ', where one of the names is near enough to what was typed. */
export const didYouMean = (typed: string, names: readonly string[], show = (name: string) => name): string => {
  const [nearest] = names
    .map((name) => ({ name, far: name.startsWith(typed) ? 1 : distance(typed, name) }))
    .toSorted((a, b) => a.far - b.far);
  return nearest && nearest.far <= Math.max(2, Math.floor(typed.length / 3))
    ? `Did you mean ${show(nearest.name)}? `
    : '';
};
