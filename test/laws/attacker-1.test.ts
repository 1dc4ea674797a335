// Law 11, the first half of all scenarios.
import { playAttacks } from './attacker.ts';

playAttacks(0);
