exports.add = (a, b) => {
  for (;;) {}
};
