const { test } = require("node:test");
const assert = require("node:assert");
const { add } = require("../calc.js");

test("adds", () => assert.strictEqual(add(1, 2), 3));
test("nothing", () => assert.strictEqual(add(0, 0), 0));
