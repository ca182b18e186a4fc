import PipelineKit
import ShellGrammar
import Testing

/// What a command line may touch is told from its words, and never too little.
struct LineReachTests {
    static let reading = [
        "ls -la src", "cat a.txt | head -5", "ls && pwd || echo no", "cat a.txt 2>/dev/null", "cat 2>&1 < a.txt",
        "grep -rn --include=*.py foo src | wc -l", "find . -name '*.py' -type f", "sed -n '1,5p' a.txt",
        "sed 's/a/b/g; /c/d' a.txt", "awk -F: '{print $1}' a.txt", "sort a.txt | uniq -c | sort -rn",
        "git status --short", "git log --oneline -5 -- src", "git diff HEAD~1 | head", "git show HEAD:a.txt",
        "git branch -a",
        "for f in src/*.py; do wc -l \"$f\"; done", "if [ -f a.txt ]; then cat a.txt; fi", "cd src && ls",
        "cat <<E\nhello $(ls)\nE", "diff <(ls) <(ls src)", "echo $(cat a.txt) \"`pwd`\"", "x=$(ls); echo \"$x\"",
        "case a in a) ls;; *) pwd;; esac", "[[ -f a.txt && $x == y ]] && ls", "timeout 5 ls", "command -v ls",
        "cat /srv/calc/a.txt", "echo $((1 + 2))", "LC_ALL=C sort a.txt", "jq -r .a a.json", "date +%s",
        "tar -tzf a.tgz",
        "set -euo pipefail; ls", "while false; do ls; done", "cat *", "ls src/{a,b}.py",
        "cat 'a b.txt' \"c d.txt\" # both",
    ]

    @Test(arguments: reading) func thisOnlyReads(line: String) { #expect(ShellLines.reach(line) == [.reads]) }

    static let outside = [
        "cat /etc/passwd", "cat ~/.ssh/id_rsa", "cat \"$HOME/.ssh/id_rsa\"", "ls ..", "cat a/../../x",
        "cat < /etc/passwd",
        "cat $x", "cat $(ls)", "cat .*/x", "cat {/etc/passwd,a.txt}", "grep --file=/etc/passwd x",
        "head -n1 -- /proc/1/environ",
        "for f in $(ls); do cat \"$f\"; done", "for f in *.txt; do cat $f; done", "x=/etc/passwd; cat \"$x\"",
        "echo /etc/*",
        "git diff /etc/passwd a.txt", "cat ${x:-/etc/passwd}",
    ]

    @Test(arguments: outside) func thisReadsWhatMayLieElsewhere(line: String) {
        #expect(ShellLines.reach(line) == [.reads, .outside])
    }

    static let more: [(String, Set<Reach>)] = [
        ("cat a.txt > b.txt", [.reads, .writes]), ("rm -rf src", [.reads, .writes]),
        ("rm -rf /", [.reads, .writes, .outside]), ("echo x > ../y", [.reads, .writes, .outside]),
        ("sed -i 's/a/b/' a.txt", [.reads, .writes]), ("ls | tee out.txt", [.reads, .writes]),
        ("git add . && git commit -m x", [.reads, .writes, .runs]),
        ("curl https://example.com", [.reads, .writes, .network]), ("git fetch", [.reads, .writes, .network]),
        ("echo x > /dev/tcp/example.com/80", [.reads, .writes, .network]), ("sleep 9 &", [.reads, .runs]),
    ]

    @Test(arguments: more) func thisDoesMore(line: String, reach: Set<Reach>) {
        #expect(ShellLines.reach(line) == reach)
    }

    /// Whatever may run is not known, or is known to do anything.
    static let anything = [
        "make test", "python3 a.py", "./x.sh", "/bin/ls", "bash -c 'ls'", "eval ls", ". a.sh", "$x a", "`echo rm` x",
        "l?",
        "{rm,x}", "ls() { rm x; }; ls", "ls(", "", "PATH=. ls", "GIT_EXTERNAL_DIFF=./x git diff", "IFS=/ ls",
        "find . -delete", "find . -exec cat {} +", "find . -name *.py", "sort -o a.txt a.txt", "sort --outp=x a.txt",
        "sort -uo x a.txt", "sed 's/a/date/e' a.txt", "sed 'w out.txt' a.txt", "awk 'BEGIN { system(\"rm x\") }'",
        "awk '{ print > \"out.txt\" }' a.txt", "rg --pre ./x foo", "git -c core.pager=x log", "git diff --ext-diff",
        "git log --outp=x", "git grep -O foo", "git branch new", "cd src && git status", "env -S 'rm x'",
        "tar xf a.tar",
        "tar tf host:a.tar", "printf -v 'a[$(rm x)]' b", "test -v 'a[$(rm x)]'", "[[ $x -eq 1 ]]", "echo $((x))",
        "echo ${!x}", "echo ${x[0]}", "echo ${x@P}", "echo ${x:=y}", "trap 'rm x' EXIT", "export X=1", "coproc ls",
        "shopt -s extglob", "x=(a b)", "date 010100002020", "cat <(python3 x)", "cat <<E\n$(make)\nE", "uniq $x",
        "uniq - out.txt", "uniq -- -a out.txt",
        "git config --list",
    ]

    @Test(arguments: anything) func ofThisNothingIsKnown(line: String) {
        let reach = ShellLines.reach(line)
        #expect(line.isEmpty || reach.isSuperset(of: [.reads, .writes, .runs, .network]))
    }

    @Test func aLineSaysWhichCommandsItHas() throws {
        let line = "FOO=1 git commit -m 'a; b' && timeout 5 rm x > /tmp/y | echo \"$(curl x)\" ; sudo make"
        let scope = LineReach.scope(of: line, argument: "command", at: ShellLines.place).scope
        let commands = try #require(scope.line).commands
        #expect(
            commands.map(\.text) == [
                "FOO=1", "git commit -m 'a; b'", "> /tmp/y", "timeout 5 rm x", "curl x", "echo \"$(curl x)\"",
                "sudo make",
            ]
        )
        #expect(commands[3].alone == "rm x")
        #expect(commands[6].alone == nil)
        #expect(commands[6].inner == ["make"])
    }

    @Test func whatAShellOrXargsStartsIsSeen() throws {
        let line = "bash -c 'cd x && rm -rf y'; ls | xargs -n 1 rm; /bin/rm z"
        let scope = LineReach.scope(of: line, argument: "command", at: ShellLines.place).scope
        let inner = try #require(scope.line).commands.flatMap(\.inner)
        #expect(inner.contains("rm -rf y"))
        #expect(inner.contains("rm"))
        #expect(inner.contains("rm z"))
    }

    @Test func withoutARepositoryGitMayBeAnybodys() {
        let place = LineReach.Place(directory: "/srv/calc", isRepository: false)
        #expect(LineReach.scope(of: "git status", argument: "command", at: place).scope.reach.contains(.runs))
    }
}
