import GateKit

/// The name pytest gives a test: `tests/test_calc.py::TestAdd::test_small[1-2]`.
enum PytestNodeID {
    /// The node id of a report's case: as ``PytestBootstrap`` wrote it down, or as far as the report tells.
    static func of(_ name: JUnitReport.Name) -> String {
        name.properties[PytestBootstrap.property] ?? guess(name.attributes)
    }

    /// The node id of a report's case that does not say its own: a file or a class that could not be collected.
    ///
    /// For `tests/test_a.py` pytest writes no classname and the name `tests.test_a`; for a class in it the classname
    /// `tests.test_a` and the name of the class. `file` has the path as it is.
    static func guess(_ attributes: [String: String]) -> String {
        let name = attributes["name"] ?? ""
        let classname = attributes["classname"] ?? ""
        guard let file = attributes["file"], !file.isEmpty else {
            return classname.isEmpty ? name : "\(classname)::\(name)"
        }
        guard !classname.isEmpty else { return file }
        let module = (file.hasSuffix(".py") ? String(file.dropLast(3)) : file).split(separator: "/")
        let classes = classname.split(separator: ".").dropFirst(
            module.joined(separator: ".").split(separator: ".").count
        )
        return ([file] + classes.map(String.init) + [name]).joined(separator: "::")
    }

    /// The ids in what the bootstrap wrote down while tests were started.
    static func started(_ ledger: [UInt8]) -> [String] {
        ledger.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
