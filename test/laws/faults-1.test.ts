// Law 5, first half of the cases: see faults.ts.
import { playFaults } from './faults.ts';

playFaults(0);
