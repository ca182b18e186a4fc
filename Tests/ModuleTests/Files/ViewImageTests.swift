import FilesTool
import Foundation
import PipelineKit
import PipelineTesting
import Testing

/// Which files are shown as images, and what is said of the others.
struct ViewImageTests {
    private func view(_ path: String, _ bytes: [UInt8], at name: String? = nil) async throws -> ToolOutput {
        try await withTemporaryWorkspace { workspace in
            try Data(bytes).write(to: URL(filePath: "\(workspace.path)/\(name ?? path)"))
            try Data("secret".utf8).write(to: URL(filePath: "\(workspace.path)/../secret.png"))
            try FileManager.default.createSymbolicLink(
                atPath: "\(workspace.path)/link",
                withDestinationPath: "../secret.png"
            )
            let tool = try ViewImageTool(settings: NoFields())
            return try await tool.call(.init(json: ["path": .string(path)]), in: ToolContext(workspace: workspace))
        }
    }

    @Test func keepsTheToolsPromises() async throws {
        let gif = String(decoding: SampleImages.gif(2, 3), as: UTF8.self)
        try await expectConformance(of: ViewImageTool.self, arguments: ["path": "a.gif"], files: ["a.gif": gif])
    }

    /// Bytes of a file, made when they are needed: an argument of a test is printed whole.
    struct Sample: Sendable {
        let bytes: @Sendable () -> [UInt8]

        init(_ bytes: @escaping @Sendable @autoclosure () -> [UInt8]) { self.bytes = bytes }
    }

    /// By what stands in them, whatever they are called.
    @Test(arguments: [
        ("a.png", Sample(SampleImages.png(1, 8_000)), "image/png, 1 x 8000, 64 bytes"),
        ("a.png", Sample(SampleImages.png(count: 5_000_000)), "image/png, 640 x 480, 5000000 bytes"),
        ("a.jpg", Sample(SampleImages.jpeg(20, 10)), "image/jpeg, 20 x 10, 22 bytes"),
        ("a", Sample(SampleImages.gif(2, 3)), "image/gif, 2 x 3, 13 bytes"),
        ("text.txt", Sample(SampleImages.webp(2, 3)), "image/webp, 2 x 3, 30 bytes"),
    ])
    func anImageIsShown(path: String, sample: Sample, words: String) async throws {
        let bytes = sample.bytes()
        let output = try await view(path, bytes)
        let isSame = output == ToolOutput("'\(path)' is an image.", images: [try #require(Image(bytes))])
        #expect(isSame)
        #expect(output.images.map(\.words) == [words])
    }

    @Test(arguments: [
        (
            "a.svg", Sample(Array("<?xml version='1.0'?>\n<!-- é -->\n<svg xmlns='http://www.w3.org/2000/svg'/>".utf8)),
            "'a.svg' is an SVG image, which is text. Read it with file_read."
        ),
        ("a.png", Sample(Array("no image".utf8)), "'a.png' is text and no image. Read it with file_read."),
        ("a.png", Sample([]), "'a.png' is empty."),
        (
            "a.bmp", Sample(Array("BM".utf8) + [0xFF, 0, 0, 0]),
            "'a.bmp' is no PNG, JPEG, GIF or WebP image, and no other is shown. Convert it to one of these first."
        ),
        (
            "a.png", Sample([0x89, 0x50, 0x4E, 0x47]),
            "'a.png' is no PNG, JPEG, GIF or WebP image, and no other is shown. Convert it to one of these first."
        ),
        (
            "a.png", Sample(SampleImages.png(8_001, 1)),
            "The image 'a.png' has 8001 x 1 pixels, and at most 8000 of a side are shown."
        ),
        (
            "a.png", Sample(SampleImages.png(count: 5_000_001)),
            "The image 'a.png' has 5000001 bytes, and at most 5000000 are shown."
        ),
        (
            "a.png", Sample(SampleImages.png(count: 10_000_001)),
            "'a.png' has 10000001 bytes; at most 10000000 can be read at once."
        ),
        ("b.png", Sample(SampleImages.png()), "There is no file 'b.png'. Did you mean 'a.png'?"),
        ("link", Sample(SampleImages.png()), "'link' leaves the workspace."),
    ])
    func whatIsNoneIsToldWithWhatToDo(path: String, sample: Sample, message: String) async throws {
        let name = ["b.png", "link"].contains(path) ? "a.png" : path
        let failure = await #expect(throws: Failure.self) { _ = try await view(path, sample.bytes(), at: name) }
        #expect(failure?.message == message)
    }
}
