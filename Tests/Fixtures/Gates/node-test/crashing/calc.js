exports.add = (a, b) => {
  process.abort();
};
