import OutboxTelemetry
import Testing

@Suite struct TraceContextTests {
    private static let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("A valid header is read and written unchanged")
    func roundTrip() throws {
        let trace = try #require(TraceContext(traceparent: Self.header, tracestate: "a=1, b@c=2 ,"))
        #expect(trace.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(trace.spanID.description == "00f067aa0ba902b7")
        #expect(trace.isSampled)
        #expect(trace.traceparent == Self.header)
        #expect(trace.tracestate == "a=1,b@c=2")
    }

    @Test(
        "Headers that are not valid are refused",
        arguments: [
            "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01extra",
            "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47é-00f067aa0ba902b7-01",
        ])
    func refused(header: String) {
        #expect(TraceContext(traceparent: header) == nil)
    }

    @Test("A later version is read as far as it is known, and only known flags are passed on")
    func laterVersion() throws {
        let trace = try #require(
            TraceContext(traceparent: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff-more"))
        #expect(trace.traceparent == Self.header)
        #expect(
            TraceContext(traceparent: "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")?.isSampled == false)
    }

    @Test(
        "A trace state that is not valid is dropped, and the rest stays",
        arguments: [
            "", " , ", "a", "=1", "A=1", "a=", "a=1,a=2", "a=1=2", "a=é", "1a=1", "a@b@c=1", "@b=1", "a@=1", "a=\u{7}",
            "a b=1", (0..<33).map { "k\($0)=1" }.joined(separator: ","), String(repeating: "a", count: 257) + "=1",
            "a=" + String(repeating: "x", count: 257),
        ])
    func badState(state: String) throws {
        let trace = try #require(TraceContext(traceparent: Self.header, tracestate: state))
        #expect(trace.tracestate == nil)
    }

    @Test("A trace state that is too long loses large members, then the oldest")
    func longState() throws {
        let large = "large=" + String(repeating: "x", count: 200)
        let small = (0..<30).map { "k\($0)=" + String(repeating: "y", count: 20) }
        let state = ([large] + small).joined(separator: ",")
        let kept = try #require(TraceContext(traceparent: Self.header, tracestate: state)?.tracestate)
        #expect(kept.utf8.count <= 512)
        #expect(!kept.contains("large"))
        #expect(kept.hasPrefix(small[0]))
        #expect(state.contains(kept))
    }

    @Test("A child has the same trace and a new span; traces differ")
    func child() {
        let trace = TraceContext.generate()
        let child = trace.child()
        #expect(child.traceID == trace.traceID)
        #expect(child.spanID != trace.spanID)
        #expect(child.flags == 1)
        #expect(TraceContext.generate(isSampled: false).flags == 0)
        #expect(TraceContext.generate().traceID != trace.traceID)
        #expect(TraceContext(traceparent: trace.traceparent) == trace)
    }

    @Test("The current trace belongs to the task and its children")
    func current() async {
        let trace = TraceContext.generate()
        #expect(TraceContext.current == nil)
        await TraceContext.$current.withValue(trace) {
            async let inner = TraceContext.current
            #expect(await inner == trace)
        }
        #expect(TraceContext.current == nil)
    }
}
