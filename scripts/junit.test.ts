import { expect, test } from "bun:test";
import { countTests } from "./junit.ts";

test("passed, failed and skipped cases are told apart", () => {
  const xml = `<testsuites><testsuite name="a">
    <testcase name="one &gt; two" classname="a" time="0" file="a" />
    <testcase name="three" classname="a"><failure type="AssertionError" /></testcase>
    <testcase name="four"><skipped /></testcase>
    <testcase name="five"><error message="x"/></testcase>
  </testsuite></testsuites>`;
  expect(countTests(xml)).toEqual({ passed: 1, failed: 2, skipped: 1 });
});

test("an empty report has no tests", () => {
  expect(countTests("")).toEqual({ passed: 0, failed: 0, skipped: 0 });
});
