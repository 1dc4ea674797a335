// The release law, second half of the accounts: see releases.ts.
import { playReleases } from './releases.ts';

playReleases(1);
