import GateKit
public import PipelineKit
import WorkspaceKit

/// A piece of work that leaves files behind.
public struct ResearchPhase: Fields {
    @Field("What it is called.") var name: String
    @Field("Patterns of the files that it leaves, relative to the workspace.") var files: [String]
    @Field("How many of them there must be.") var count: Int = 1
    @Field("How long each must be, at least.") var bytes: ByteCount = ByteCount(bytes: 1)
    @Field("Headings that each must have, in Markdown; upper and lower case are one.") var sections: [String] = []
    @Field("Words that they must hold together; upper and lower case are one.") var words: [String] = []
    @Field("Members that each must have, of files in JSON.") var members: [String] = []
    public init() {}

    init(
        _ name: String,
        _ files: [String],
        count: Int = 1,
        bytes: Int = 1,
        sections: [String] = [],
        members: [String] = []
    ) {
        self.name = name
        self.files = files
        self.count = count
        self.bytes = ByteCount(bytes: bytes)
        self.sections = sections
        self.members = members
    }
}

/// The phases of a piece of research.
public struct ResearchSettings: Fields {
    @Field("What the research is about; every phase's files must hold these words together.") var topic: [String] = []
    @Field("The phases; the gate's own when left out.") var phases: [ResearchPhase] = []
    public init() {}
}
