import PanelAPI
import Testing

@testable import Node

@Suite struct SampleBufferTests {
    static func sample(_ number: Int) -> MetricSample {
        MetricSample(at: Double(number), seconds: 30, values: ["ldavg-1": 1])
    }

    static func times(_ batch: SampleBuffer.Batch) -> [Int] { batch.samples.map { Int($0.at) } }

    @Test func `samples stay until they are confirmed, the oldest first`() {
        let buffer = SampleBuffer(limit: 10)
        for number in 1...5 { buffer.add(Self.sample(number)) }
        let first = buffer.oldest(3)
        #expect(Self.times(first) == [1, 2, 3] && first.isPart && first.lost == 0)
        // Not confirmed: the same again.
        #expect(buffer.oldest(3) == first)
        buffer.confirm(first)
        let rest = buffer.oldest(3)
        #expect(Self.times(rest) == [4, 5] && !rest.isPart)
        buffer.confirm(rest)
        #expect(buffer.count == 0 && buffer.oldest(3).samples.isEmpty)
    }

    @Test func `the oldest are let go and counted until that was told`() {
        let buffer = SampleBuffer(limit: 3)
        for number in 1...7 { buffer.add(Self.sample(number)) }
        let batch = buffer.oldest()
        #expect(Self.times(batch) == [5, 6, 7] && batch.lost == 4)
        buffer.confirm(batch)
        buffer.add(Self.sample(8))
        #expect(buffer.oldest().lost == 0 && Self.times(buffer.oldest()) == [8])
    }

    @Test func `what is let go on its way has arrived, and is not counted as lost`() {
        let buffer = SampleBuffer(limit: 3)
        for number in 1...4 { buffer.add(Self.sample(number)) }
        let batch = buffer.oldest(2)
        #expect(Self.times(batch) == [2, 3] && batch.lost == 1)
        // The answer takes its time: 2, 3 and 4 go.
        for number in 5...7 { buffer.add(Self.sample(number)) }
        buffer.confirm(batch)
        let next = buffer.oldest()
        #expect(Self.times(next) == [5, 6, 7])
        #expect(next.lost == 1, "of these only 4 never arrived")
    }

    @Test func `a day without a panel takes a bounded room`() {
        let buffer = SampleBuffer()
        for number in 0..<3000 { buffer.add(Self.sample(number)) }
        #expect(buffer.count == SampleBuffer.maximumSamples)
        var arrived: [Int] = []
        while buffer.count > 0 {
            let batch = buffer.oldest()
            #expect(batch.samples.count <= Heartbeat.maximumSamples)
            arrived += Self.times(batch)
            buffer.confirm(batch)
        }
        #expect(arrived == Array((3000 - SampleBuffer.maximumSamples)..<3000))
    }
}
