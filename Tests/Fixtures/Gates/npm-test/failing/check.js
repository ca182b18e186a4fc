console.log("# pass 1\n# fail 1");
process.exitCode = 1;
