import DrawingKit
import PipelineKit
import Testing

/// Drawings as Mermaid has them.
struct FlowchartTests {
    @Test func aFlowchartHasEveryNeedAndTheWayBack() throws {
        let chart = Drawing(try Pipeline(json: DrawnPipeline.full)).mermaid.joined(separator: "\n")
        let drawn = #"""
            flowchart TD
                n1["plan<br>model: anthropic/claude-sonnet-4-6, else openai/gpt-5.2<br>hands on: tasks"]
                n2["work<br>model: openai/gpt-5.2<br>each: #36;#123;steps.plan.tasks#125;<br>until: pytest<br>retry: 2 times, after 30s"]
                n3{{"lint<br>gate: ruff<br>on_failure: ignore"}}
                n4[["notes<br>pipeline: notes<br>if: not steps.plan.empty"]]
                n5[/"review<br>question: Ship #36;#123;steps.work.summary#125;#63;"/]
                n6{{"the goal<br>pytest and #40;ruff or not pyright#41;<br>judged when no step has failed"}}
                n7(["the end<br>achieved when the goal holds<br>else again, up to 4 passes"])
                n1 --> n2
                n1 --> n3
                n1 --> n4
                n2 --> n5
                n3 --> n5
                n4 --> n6
                n5 --> n6
                n6 --> n7
                n7 -. "again, up to 4 passes" .-> n1
            """#
        #expect(chart == drawn)
    }

    /// A question is a person's own text; what means something to Mermaid, Markdown or a browser is written by its number.
    @Test func whatAFileSaysIsNoPartOfTheFlowchart() throws {
        let question = #""]; click n1 "javascript:x" <b>`'&#123;(a)[b]{c}|%%\#u{1b}[2J"#
        let steps: JSONValue = [
            "name": "p", "steps": [["id": "end", "human": .string(question)]], "limits": ["iterations": 1],
        ]
        let chart = Drawing(try Pipeline(json: steps)).mermaid
        let box = """
            question: #34;#93;#59; click n1 #34;javascript:x#34; #60;b#62;#96;#39;#38;#35;123#59;#40;a#41;#91;b#93;#123;c\
            #125;#124;#37;#37;#27;#91;2J
            """
        #expect(
            chart == [
                "flowchart TD", "    n1[/\"end<br>\(box)\"/]",
                "    n2([\"the end<br>achieved when no step has failed<br>else not achieved\"])", "    n1 --> n2",
            ]
        )
    }
}
