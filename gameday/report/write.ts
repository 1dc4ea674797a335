// Writes a drill's report: report.json for programs, report.html for people.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workflowDefinition } from '../../functions/adapters/workflow.ts';
import type { DrillReport } from './drill-report.ts';
import { page } from './page.ts';

export type Written = { readonly json: string; readonly html: string };

/** Writes both files into the directory, which is made when it is not there, and answers their paths. */
export const writeReport = async (directory: string, report: DrillReport): Promise<Written> => {
  const [respond, release] = await Promise.all([workflowDefinition('respond'), workflowDefinition('release')]);
  const written = { json: join(directory, 'report.json'), html: join(directory, 'report.html') };
  await mkdir(directory, { recursive: true });
  await writeFile(written.json, `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(written.html, page(report, { respond, release }));
  return written;
};
