// Law 11, the second half of all scenarios.
import { playAttacks } from './attacker.ts';

playAttacks(1);
