// Reads a unified diff into files, hunks and lines. Pure.

/// `[{path, kind, added, removed, hunks: [{header, lines: [{mark, old, new, text}]}]}]`; `mark` is ` `, `+`, `-`, `\`.
export function parseDiff(text) {
  const files = [];
  let file, hunk, old = 0, fresh = 0, left = { old: 0, new: 0 };
  for (const line of text.split("\n")) {
    if (hunk && (left.old > 0 || left.new > 0 || line.startsWith("\\"))) {
      const mark = line[0] ?? " ";
      const entry = { mark, text: line.slice(1), old: null, new: null };
      if (mark !== "+" && mark !== "\\") { entry.old = old++; left.old--; }
      if (mark !== "-" && mark !== "\\") { entry.new = fresh++; left.new--; }
      if (mark === "+") file.added++;
      if (mark === "-") file.removed++;
      hunk.lines.push(entry);
      continue;
    }
    if (line.startsWith("diff --git ")) {
      file = { path: pathOf(line), kind: "modified", added: 0, removed: 0, hunks: [] };
      hunk = undefined;
      files.push(file);
    } else if (line.startsWith("@@") && file) {
      const numbers = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (!numbers) continue;
      old = Number(numbers[1]);
      fresh = Number(numbers[3]);
      left = { old: Number(numbers[2] ?? 1), new: Number(numbers[4] ?? 1) };
      hunk = { header: line, lines: [] };
      file.hunks.push(hunk);
    } else if (file) header(file, line);
  }
  return files;
}

function header(file, line) {
  if (line.startsWith("new file")) file.kind = "added";
  else if (line.startsWith("deleted file")) file.kind = "deleted";
  else if (line.startsWith("rename to ")) Object.assign(file, { kind: "renamed", path: line.slice(10) });
  else if (line.startsWith("Binary files") || line === "GIT binary patch") file.binary = true;
  else if (/^\+\+\+ b\//.test(line)) file.path = line.slice(6);
}

const pathOf = (line) => / b\/(.*)$/.exec(line)?.[1] ?? line.slice(11);
