export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts the test cases of a JUnit report as `bun test --reporter=junit` writes it. */
export function countTests(xml: string): Count {
  const count: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const [testcase] of xml.matchAll(/<testcase\b[^>]*?(?:\/>|>[\s\S]*?<\/testcase>)/g)) {
    if (/<(?:failure|error)\b/.test(testcase)) count.failed++;
    else if (/<skipped\b/.test(testcase)) count.skipped++;
    else count.passed++;
  }
  return count;
}
