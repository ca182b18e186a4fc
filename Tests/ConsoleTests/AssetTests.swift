import Foundation
import Testing

@testable import ConsoleContract

/// The files in the program are the files in the folder, and lead nowhere else.
struct AssetTests {
    @Test func theProgramHoldsEveryFileAsItStands() throws {
        let files = ConsoleFile.all()
        #expect(files.map(\.path).sorted() == (try Assets.paths()))
        for file in files { #expect(file.bytes == (try Assets.bytes(file.path)), "\(file.path) differs.") }
    }

    @Test func everyFileHasTheTypeOfItsEnding() {
        let types = [
            "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
            "js": "text/javascript; charset=utf-8",
        ]
        for file in ConsoleFile.all() {
            #expect(file.type == types[String(file.path.split(separator: ".").last ?? "")], "\(file.path)")
        }
    }

    @Test func thePageNamesOnlyFilesThatAreThere() throws {
        let paths = Set(try Assets.paths())
        let named = try Assets.text("index.html").matches(of: /(?:href|src)="\/assets\/([^"]+)"/).map { String($0.1) }
        #expect(named.contains("js/main.js"))
        for name in named { #expect(paths.contains(name), "index.html names '\(name)', which is not there.") }
    }

    @Test func everyModuleImportsOnlyFilesThatAreThere() throws {
        let paths = try Assets.paths()
        var imports = 0
        for path in paths where path.hasSuffix(".js") {
            let folder = URL(filePath: "/\(path)").deletingLastPathComponent()
            for name in try Assets.text(path).matches(of: /from "(\.[^"]+)"/) {
                imports += 1
                let other = folder.appending(path: String(name.1)).standardized.path.dropFirst()
                #expect(paths.contains(String(other)), "\(path) imports '\(name.1)', which is not there.")
            }
        }
        #expect(imports > 20)
    }

    /// The namespace of SVG is a name, not an address that anything is loaded from.
    @Test func nothingNamesAnotherHost() throws {
        for path in try Assets.paths() {
            let text = try Assets.text(path).replacing("http://www.w3.org/2000/svg", with: "")
            let found = text.matches(of: /(?:https?:|wss?:)?\/\/[a-zA-Z0-9-]+\.[a-zA-Z]/).map { String($0.0) }
            #expect(found == [], "\(path) names another host.")
        }
    }

    /// What runs say is shown as text; markup made from it would be somebody else's program in this page.
    @Test func noModuleMakesMarkupFromText() throws {
        let marks = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "setHTML", "document.write", "eval(", "new Function",
            "srcdoc",
        ]
        for path in try Assets.paths() where path.hasSuffix(".js") {
            let text = try Assets.text(path)
            for mark in marks { #expect(!text.contains(mark), "\(path) uses \(mark).") }
        }
    }

    @Test func modulesAreSmall() throws {
        for path in try Assets.paths() where path.hasSuffix(".js") {
            let lines = try Assets.text(path).split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 200, "\(path) has \(lines) lines; 200 are the most.")
        }
    }
}
