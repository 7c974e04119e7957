#!/usr/bin/env node
// The command line: one file per command in src/commands.
import { Command, CommanderError } from 'commander';
import { scrub } from './access/scrub.js';
import { addApi } from './commands/api.js';
import { addBackup, addRestore } from './commands/backup.js';
import { addCaption } from './commands/caption.js';
import { addCluster } from './commands/cluster.js';
import { addDetect } from './commands/detect.js';
import { addDoctor } from './commands/doctor.js';
import { addEmbed } from './commands/embed.js';
import { addEvalCaptions } from './commands/evalCaptions.js';
import { addEvalHotspots } from './commands/evalHotspots.js';
import { addEvalModel } from './commands/evalModel.js';
import { addEvalRetrieval } from './commands/evalRetrieval.js';
import { addExplain } from './commands/explain.js';
import { addIngest } from './commands/ingest.js';
import { addKeys } from './commands/keys.js';
import { addModel } from './commands/model.js';
import { addOpinion } from './commands/opinion.js';
import { printable } from './commands/printable.js';
import { addReport } from './commands/report.js';
import { addScenes } from './commands/scenes.js';
import { addSimulate } from './commands/simulate.js';
import { addStart } from './commands/start.js';
import { addTrain } from './commands/train.js';
import { addWorker } from './commands/worker.js';
import { AppError, messageOf } from './errors.js';
import { VERSION } from './version.js';

/** Each adds itself to the program. Heavy imports belong inside its action: `--help` must not load onnxruntime. */
const commands: readonly ((program: Command) => void)[] = [
  addStart,
  addApi,
  addWorker,
  addDoctor,
  addIngest(async (db) => (await import('./jobs/openIngestQueue.js')).openIngestQueue(db)),
  addKeys,
  addBackup,
  addRestore,
  addCaption,
  addExplain,
  addEmbed,
  addCluster,
  addDetect,
  addOpinion,
  addReport,
  addModel,
  addScenes,
  addSimulate,
  addTrain,
  addEvalCaptions,
  addEvalHotspots,
  addEvalModel,
  addEvalRetrieval,
];

/** Runs the command line; resolves to the exit status: 0 fine, 1 failed, 2 used wrongly. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('hotlens')
    .description('Shows what the pictures on social media are saying.')
    .version(VERSION)
    .exitOverride()
    // One line under our own name, as every other error. Commands added below inherit it.
    .configureOutput({
      outputError: (text, write) => write(`hotlens: ${oneLine(text.replace(/^error: /, ''))} (--help shows how)\n`),
    });
  for (const add of commands) add(program);
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const usage = error instanceof AppError && error.code === 'CONFIG';
    process.stderr.write(`hotlens: ${oneLine(scrub(messageOf(error)))}\n`);
    return usage ? 2 : 1;
  }
}

/** What others wrote into a message can neither break the line nor steer the terminal. */
function oneLine(text: string): string {
  return printable(text.trim().replace(/\s*\n\s*/g, ' '));
}

// Whoever reads the output may stop reading: `hotlens caption pictures/ | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv);
