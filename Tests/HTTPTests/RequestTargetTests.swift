import HTTPKit
import Testing

/// What a request line names is decoded once, and refused when it can be read in two ways.
struct RequestTargetTests {
    @Test func aPathAndAQueryAreDecoded() throws {
        let target = try RequestTarget("/a%20b/c%2Fd/?x=1+2&y=%C3%A4&z&x=3")
        #expect(target.path == "/a%20b/c%2Fd/")
        #expect(target.segments == ["a b", "c/d", ""])
        #expect(target.query.map { "\($0.name)=\($0.value)" } == ["x=1 2", "y=ä", "z=", "x=3"])
    }

    @Test func aPlusInAPathIsAPlus() throws { #expect(try RequestTarget("/a+b").segments == ["a+b"]) }

    @Test(arguments: [
        ("runs", "The target 'runs' does not begin with '/'."),
        ("*", "The target '*' does not begin with '/'."),
        ("/a/../b", "The path '/a/../b' is encoded wrongly, or has a '.' or '..' in it."),
        ("/a/%2e%2E/b", "The path '/a/%2e%2E/b' is encoded wrongly, or has a '.' or '..' in it."),
        ("/%zz", "The path '/%zz' is encoded wrongly, or has a '.' or '..' in it."),
        ("/%f", "The path '/%f' is encoded wrongly, or has a '.' or '..' in it."),
        ("/%ff", "The path '/%ff' is encoded wrongly, or has a '.' or '..' in it."),
        ("/%00", "The path '/%00' is encoded wrongly, or has a '.' or '..' in it."),
        ("/?a=%", "Parameter 'a' of the query is encoded wrongly."),
        ("/?%=a", "Parameter '%' of the query is encoded wrongly."),
        ("/../a?ticket=secret", "The path '/../a' is encoded wrongly, or has a '.' or '..' in it."),
        ("http://a/b?ticket=secret", "The target 'http://a/b' does not begin with '/'."),
    ])
    func whatCanBeReadInTwoWaysIsRefused(text: String, message: String) {
        let error = #expect(throws: HTTPError.self) { try RequestTarget(text) }
        #expect(error == HTTPError(.badRequest, message))
    }
}
