console.log("# pass 1\n# fail 1");
