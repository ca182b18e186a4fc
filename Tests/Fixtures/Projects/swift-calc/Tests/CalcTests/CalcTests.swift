import Calc
import Testing
import XCTest

@Test func adds() { #expect(add(1, 2) == 3) }

final class CalcTests: XCTestCase {
    func testNothing() { XCTAssertEqual(add(0, 0), 0) }
}
