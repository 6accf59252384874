import Testing

@testable import ImageBuild

@Suite struct ImageErrorTests {
    @Test func `an error is its one line`() {
        #expect("\(ImageError("no recipe at 'x'"))" == "no recipe at 'x'")
    }
}
