import PipelineKit
import PipelineTesting
import Testing

@testable import WebTool

/// What becomes of HTML.
@Suite(.timeLimit(.minutes(5)))
struct HTMLTextTests {
    private func text(_ html: String) throws -> String {
        HTMLText.text(of: html, at: try WebAddress("https://example.com/docs/a.html?x=1"))
    }

    @Test(arguments: [
        ("", ""),
        ("plain", "plain"),
        ("<p>One\n  two<p>three", "One two\n\nthree"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<h1>Big</h1>small<h3> Third </h3><p>x", "# Big\n\nsmall\n\n### Third\n\nx"),
        ("<h2></h2>no heading", "no heading"),
        ("<title> A\n B </title><p>x", "Title: A B\n\nx"),
        ("<title>only", "Title: only"),
        ("<ul><li>a<li>b <b>c</b></ul>d", "- a\n- b c\n\nd"),
        ("<ol start=3><li>a</li><li>b<ul><li>c</ul></li></ol>", "3. a\n4. b\n  - c"),
        ("<li>alone", "- alone"),
        ("<dl><dt>t<dd>d</dl>", "t\n  d"),
        ("<blockquote>said</blockquote>x", "> said\n\nx"),
        ("<table><tr><th>a<th>b<tr><td>1</td><td>2</td></table>", "a | b\n1 | 2"),
        ("<p>x<img src=a alt='a &lt; b'>y<img alt=''>", "x[image: a < b]y"),
        ("<b>a</b><i>b</i> <u>c</u>", "ab c"),
    ])
    func blocksBecomeLines(html: String, expected: String) throws { #expect(try text(html) == expected) }

    @Test(arguments: [
        ("<a href=/x>t</a>", "[t](https://example.com/x)"),
        (
            "see <a href='b.html#part'> the <b>part</b> </a> there",
            "see [the part](https://example.com/docs/b.html) there"
        ),
        ("<a href=\"?y=2&amp;z=3\">q</a>", "[q](https://example.com/docs/a.html?y=2&z=3)"),
        ("<a href=../../../up/./b>u</a>", "[u](https://example.com/up/b)"),
        ("<a href=//other.example/p>o</a>", "[o](https://other.example/p)"),
        ("<a href='#here'>h</a><a>n</a>", "hn"),
        ("<a href='javascript:alert(1)'>j</a><a href='mailto:a@b'>m</a>", "jm"),
        ("<a href=/x></a>empty", "empty"),
        ("<a href=/x>one<a href=/y>two", "[one](https://example.com/x)[two](https://example.com/y)"),
        ("<h2><a href=/x>T</a></h2>", "## [T](https://example.com/x)"),
        ("<a href='http://a@b/'>creds</a>", "creds"),
    ])
    func linksAreTold(html: String, expected: String) throws { #expect(try text(html) == expected) }

    @Test(arguments: [
        ("<pre>\n  if a &lt; b:\n\n    <b>c</b>\n</pre>after", "```\n  if a < b:\n\n    c\n```\n\nafter"),
        ("x<pre><code>a\r\nb</code></pre>", "x\n\n```\na\nb\n```"),
        ("<pre>never closed", "```\nnever closed\n```"),
        ("<pre></pre>", "```\n```"),
        ("use <code>a  b</code>, or <code></code>none", "use `a b`, or none"),
        ("<code>open", "`open`"),
        ("<a href=/x><code>f()</code></a>", "[`f()`](https://example.com/x)"),
    ])
    func codeIsKept(html: String, expected: String) throws { #expect(try text(html) == expected) }

    @Test(arguments: [
        ("a<script>if (a</b>c) '</p>'</script >b", "ab"),
        ("a<style>p{}</style>b<!-- <p>no --> c<!DOCTYPE x><?php y?>d", "ab cd"),
        ("<nav>x<nav>y</nav>z</nav>a", "a"),
        ("<nav>never closed<main>a", "a"),
        ("a<svg><title>no</title><path/></svg>b<button>c</button>", "ab"),
        ("a<!-->b<!--->c<!-- x -- > y -->d", "abcd"),
        ("a<script>never closed <p>b", "a"),
    ])
    func whatNobodyReadsIsLeftOut(html: String, expected: String) throws { #expect(try text(html) == expected) }

    @Test(arguments: [
        ("&lt;a&gt; &amp;amp; &quot;&apos;", "<a> &amp; \"'"),
        ("&eacute;&Auml;&szlig;&yuml;&times;&euro;&mdash;&rarr;", "éÄßÿ×€—→"),
        ("a&nbsp;&nbsp;b&shy;c", "a b\u{AD}c"),
        ("&#233;&#xE9;&#X1F600;&#128;", "éé😀€"),
        ("&#0;&#27;&#xD800;&#99999999;&#x110000;", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("&unknown; &lt &; &#; &#x; &#-1; &amp", "&unknown; &lt &; &#; &#x; &#-1; &amp"),
        ("a < b <1 </ > <>c", "a < b <1 <>c"),
    ])
    func referencesAreCharacters(html: String, expected: String) throws { #expect(try text(html) == expected) }

    private static let scraps = [
        "<", ">", "/", "=", "\"", "'", "&", "#", ";", " ", "\n", "a", "é", "\u{0}", "<a href=", "<a href='/x'>", "</a>",
        "<pre>", "</pre>", "<ul>", "<ol start=9>", "<ol start=-99999999999>", "</ul>", "<li>", "<h1>", "</h1>", "<nav>",
        "</nav>", "<svg>", "</svg>", "<script>", "</script", "<title>", "</title>", "<!--", "-->", "<!", "<?", "&amp;",
        "&#x10FFFF;", "&#999999999999;", "<td>", "<tr>", "<code>", "</code>", "<br>", "<img alt='&lt;'>", "😀", "</",
    ]

    /// Scraps of HTML in any order: something is made of everything, and never much more than there was.
    @Test func nothingBreaksIt() throws {
        var dice = Dice(seed: 20_261_122)
        for _ in 0..<3_000 {
            let html = (0..<dice.roll(0...60)).map { _ in dice.pick(Self.scraps) }.joined()
            let text = try text(html)
            #expect(text.utf8.count <= 40 + 40 * html.utf8.count, "\(html)")
        }
    }

    /// Each 200,000 bytes that would take minutes, or the stack, if anything were read twice or nested.
    @Test(arguments: [
        "<", "<!--", "<a href=\"", "<a href='x", "&", "&#", "<ul>", "<li>", "<ul><li>x", "<pre>", "<nav>", "</nav>",
        "<script>",
        "</script", "<script></", "<h1>", "<div a=b ", "<code>", "<a href=x>y", "<b></i>", "<title>", "=", "<!DOCTYPE ",
        "<td>x", "<blockquote>",
    ])
    func timeGrowsWithLength(scrap: String) throws {
        let html = String(repeating: scrap, count: 200_000 / scrap.utf8.count)
        #expect(try text(html).utf8.count <= HTMLText.mostBytes + 10_000)
    }
}
