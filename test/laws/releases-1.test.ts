// The release law, first half of the accounts: see releases.ts.
import { playReleases } from './releases.ts';

playReleases(0);
