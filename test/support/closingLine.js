// Jest reporter: names every skipped test and closes with one plain line of counts, which .ci/run reads.
import path from 'node:path';

/** A suite that could not even be loaded has no tests to count: it counts as one failure. */
export default class ClosingLine {
  onRunComplete(_contexts, results) {
    const lines = results.testResults.flatMap((suite) =>
      suite.testResults
        .filter((test) => test.status === 'pending' || test.status === 'todo')
        .map((test) => `skipped: ${path.relative(process.cwd(), suite.testFilePath)}: ${test.fullName}`),
    );
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    lines.push(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
    // On stderr, where Jest's own summary goes: the two stay in order.
    process.stderr.write(`${lines.join('\n')}\n`);
  }
}
