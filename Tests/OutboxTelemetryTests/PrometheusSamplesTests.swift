import Testing

@testable import OutboxTelemetry

@Suite("Samples in Prometheus' text")
struct PrometheusSamplesTests {
    private static let text = """
        # HELP jobs_total Jobs, up to 5
        # TYPE jobs_total counter
        jobs_total{kind="a b"} 3
        jobs_seconds_bucket{le="+Inf"} 2.5e1

        not a sample
        idle 0
        """

    @Test("are found by series, labels and all; comments and what is no sample are passed over")
    func samples() {
        let samples = PrometheusSamples(Self.text)
        #expect(samples.all.map(\.series) == [#"jobs_total{kind="a b"}"#, #"jobs_seconds_bucket{le="+Inf"}"#, "idle"])
        #expect(samples[#"jobs_total{kind="a b"}"#] == 3)
        #expect(samples[#"jobs_seconds_bucket{le="+Inf"}"#] == 25)
        #expect(samples["unknown"] == 0)
    }
}
